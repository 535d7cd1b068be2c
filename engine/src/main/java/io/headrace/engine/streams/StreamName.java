/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.engine.streams;

/**
 * A stream within its scope. Ordered by scope, then stream.
 */
public record StreamName(String scope, String stream) implements Comparable<StreamName> {

    /** Prefix of the stream that holds the watermarks of another stream of the scope. */
    public static final String MARK_PREFIX = "_MARK";

    /** Prefix of the stream that holds the state of a reader group. */
    public static final String READER_GROUP_PREFIX = "_RG";

    /** The stream of watermarks of this stream. */
    public StreamName mark() {
        return new StreamName(scope, MARK_PREFIX + stream);
    }

    public boolean isMark() {
        return stream.startsWith(MARK_PREFIX);
    }

    /** The stream that holds the state of a reader group. */
    public static StreamName ofReaderGroup(String scope, String group) {
        return new StreamName(scope, READER_GROUP_PREFIX + group);
    }

    /** Whether users see it as theirs: only such streams have tags. */
    public boolean isUserStream() {
        return !stream.startsWith("_");
    }

    @Override
    public int compareTo(StreamName other) {
        int byScope = scope.compareTo(other.scope);
        return byScope != 0 ? byScope : stream.compareTo(other.stream);
    }

    @Override
    public String toString() {
        return scope + "/" + stream;
    }
}
