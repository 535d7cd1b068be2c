/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.engine.streams;

/**
 * How much of a stream is kept.
 *
 * @param min milliseconds or bytes to keep at least
 * @param max milliseconds or bytes above which data goes even if subscribers have not read it; {@link
 *     Long#MAX_VALUE} for no limit
 */
public record RetentionPolicy(Type type, long min, long max) {

    public enum Type {
        TIME,
        SIZE
    }
}
