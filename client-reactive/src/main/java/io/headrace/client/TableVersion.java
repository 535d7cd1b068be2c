/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.client;

/**
 * Which of the values of a key one is: each change gives another.
 *
 * @param segmentId of the table's segment that the key is in
 * @param offset never less than 0, never the same for two changes in a segment
 */
public record TableVersion(long segmentId, long offset) {

    /** @throws IllegalArgumentException if no entry has such a version */
    public TableVersion {
        if (segmentId < 0 || offset < 0) {
            throw new IllegalArgumentException("no version: " + segmentId + ':' + offset);
        }
    }

    /** As other clients write it: {@code segment:offset}. */
    @Override
    public String toString() {
        return segmentId + ":" + offset;
    }

    /**
     * Reads {@link #toString}.
     *
     * @throws IllegalArgumentException if it is none
     */
    public static TableVersion parse(String text) {
        int colon = text.indexOf(':');
        if (colon < 0) {
            throw new IllegalArgumentException("\"" + text + "\" is no version");
        }
        return new TableVersion(Long.parseLong(text, 0, colon, 10), Long.parseLong(text, colon + 1, text.length(), 10));
    }
}
