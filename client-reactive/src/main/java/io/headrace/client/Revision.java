/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.client;

/**
 * A place in a {@link RevisionedStream}: behind an entry, or where its data begins.
 *
 * @param segment full name of the segment that holds the stream
 * @param offset in bytes
 * @param index of a change in the entry that ends there; 0 where entries are not divided
 */
public record Revision(String segment, long offset, int index) implements Comparable<Revision> {
    private static final int PARTS = 3;

    /** @throws IllegalArgumentException if a number is negative */
    public Revision {
        if (offset < 0 || index < 0) {
            throw new IllegalArgumentException("no revision: offset " + offset + ", index " + index);
        }
    }

    /** By offset, then by index; of use within one stream only. */
    @Override
    public int compareTo(Revision other) {
        int byOffset = Long.compare(offset, other.offset);
        return byOffset != 0 ? byOffset : Integer.compare(index, other.index);
    }

    /** As other clients write it: {@code segment:offset:index}. */
    @Override
    public String toString() {
        return segment + ':' + offset + ':' + index;
    }

    /**
     * Reads {@link #toString}, as any client has written it.
     *
     * @throws IllegalArgumentException if it is none
     */
    public static Revision parse(String text) {
        String[] parts = text.split(":", -1);
        if (parts.length != PARTS) {
            throw new IllegalArgumentException("\"" + text + "\" is no revision");
        }
        return new Revision(parts[0], Long.parseLong(parts[1]), Integer.parseInt(parts[2]));
    }
}
