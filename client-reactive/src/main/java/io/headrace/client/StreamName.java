/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.client;

import io.headrace.codecs.name.Names;

/**
 * Names a stream.
 *
 * @param scope the name space that it is in
 * @param name unique in the scope; letters, digits, dots and hyphens, at most {@value Names#MAX_USER_NAME} characters.
 *     Names with a leading underscore are the system's own.
 */
public record StreamName(String scope, String name) {

    /** @throws IllegalArgumentException if no scope or stream can have such a name */
    public StreamName {
        if (!Names.isScopeName(scope)) {
            throw new IllegalArgumentException("\"" + scope + "\" cannot be the name of a scope");
        }
        if (!Names.isStreamName(name)) {
            throw new IllegalArgumentException("\"" + name + "\" cannot be the name of a stream");
        }
    }

    /**
     * Reads {@code scope/stream}.
     *
     * @throws IllegalArgumentException if it is not of that form
     */
    public static StreamName of(String scopedName) {
        int slash = scopedName.indexOf('/');
        if (slash < 0) {
            throw new IllegalArgumentException("\"" + scopedName + "\" is not of the form scope/stream");
        }
        return new StreamName(scopedName.substring(0, slash), scopedName.substring(slash + 1));
    }

    /** {@code scope/stream}. */
    @Override
    public String toString() {
        return scope + '/' + name;
    }
}
