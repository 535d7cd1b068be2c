/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.codecs.name;

/**
 * The hash slots that segments are placed by. All epochs of a segment number, and the transaction and transient segments
 * that merge into it, share one slot, so that a merge never leaves a partition. The function is fixed for ever: stored
 * data lies where it says.
 */
public final class Slots {
    /** Number of slots; a slot is 0 to {@code COUNT - 1}. */
    public static final int COUNT = 1024;

    private static final long SEED = 0x48656164L;

    private Slots() {}

    /** Slot of a segment of any kind, given its qualified name. */
    public static int of(String segment) {
        return (int) (Murmur3.hash(SegmentName.slotName(segment), SEED).first() & (COUNT - 1));
    }

    /** Slot of everything that lives in a scope. */
    public static int ofScope(String scope) {
        return (int) (Murmur3.hash(scope, SEED).first() & (COUNT - 1));
    }
}
