/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.testkit.streams;

import io.headrace.engine.streams.StreamName;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;

/** One stream from its creation to its deletion, and what its clients did in it. */
final class StreamLife {

    /** A transaction and what its client knows of it. */
    static final class Transaction {
        final UUID id;
        final int writer;
        final List<Integer> keys = new ArrayList<>();
        long commitSent = Long.MAX_VALUE;
        long commitTold = Long.MAX_VALUE;

        /** True: it is in for good; false: it is out for good; null: nobody knows. */
        @org.jspecify.annotations.Nullable
        Boolean in;

        Transaction(UUID id, int writer) {
            this.id = id;
            this.writer = writer;
        }
    }

    /** Number of routing keys, at equal distances in the key space. */
    static final int KEYS = 8;

    final StreamName name;

    /** Whether data may be given up. */
    final boolean truncates;

    /** Writers and transactions may go on. */
    boolean open;

    boolean sealAsked;
    boolean deleted;

    /** The newest event of each writer and key that was sent. */
    private final Map<String, Long> sent = new HashMap<>();

    private final Set<String> acknowledged = new HashSet<>();
    private final Set<String> doubtful = new HashSet<>();
    final Map<Integer, Transaction> transactions = new HashMap<>();

    StreamLife(StreamName name, boolean truncates) {
        this.name = name;
        this.truncates = truncates;
    }

    /** Where a key lies in the key space. */
    static double position(int key) {
        return (key + 0.5) / KEYS;
    }

    /** Number of the next event of a writer for a key. */
    long next(int writer, int key) {
        return sent.merge(writer + ":" + key, 1L, Long::sum);
    }

    void acknowledge(int writer, int key, long number) {
        acknowledged.add(event(writer, key, number));
    }

    /** Whether the event is in the stream will never be known. */
    void doubt(int writer, int key, long number) {
        doubtful.add(event(writer, key, number));
    }

    boolean isDoubtful(int writer, int key, long number) {
        return doubtful.contains(event(writer, key, number));
    }

    Set<String> acknowledged() {
        return acknowledged;
    }

    static String event(int writer, int key, long number) {
        return writer + ":" + key + ":" + number;
    }
}
