/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.engine.segments;

import java.util.Arrays;
import java.util.Comparator;

/**
 * 16-byte ids with 64-bit values, in one flat hash table (open addressing, linear probing)
 * without an object per entry. A slot whose value is {@link SegmentCommand#NO_VALUE} is free.
 */
final class AttributeTable {
    private static final int WIDTH = 3;
    private static final int SMALLEST = 2;

    /** Receives one attribute. */
    interface Visitor {
        void visit(long idHigh, long idLow, long value);
    }

    /** Per slot: high half of the id, low half, value. The number of slots is a power of two. */
    private long[] slots = emptySlots(SMALLEST);

    private int count;

    int count() {
        return count;
    }

    /** The value, or {@link SegmentCommand#NO_VALUE}. */
    long get(long idHigh, long idLow) {
        return slots[find(idHigh, idLow) + 2];
    }

    /** Sets a value; {@link SegmentCommand#NO_VALUE} removes the attribute. */
    void put(long idHigh, long idLow, long value) {
        int at = find(idHigh, idLow);
        boolean present = slots[at + 2] != SegmentCommand.NO_VALUE;
        if (value == SegmentCommand.NO_VALUE) {
            if (present) {
                removeAt(at / WIDTH);
            }
            return;
        }
        if (!present) {
            if ((count + 1) * 4L > capacity() * 3L) {
                grow();
                at = find(idHigh, idLow);
            }
            slots[at] = idHigh;
            slots[at + 1] = idLow;
            count++;
        }
        slots[at + 2] = value;
    }

    /** Visits in ascending order of ids, however they came here: equal states give equal snapshots. */
    void forEach(Visitor visitor) {
        Integer[] used = new Integer[count];
        int next = 0;
        for (int at = 0; at < slots.length; at += WIDTH) {
            if (slots[at + 2] != SegmentCommand.NO_VALUE) {
                used[next++] = at;
            }
        }
        Arrays.sort(used, Comparator.<Integer>comparingLong(at -> slots[at]).thenComparingLong(at -> slots[at + 1]));
        for (int at : used) {
            visitor.visit(slots[at], slots[at + 1], slots[at + 2]);
        }
    }

    /** Index in {@link #slots} of the id's slot, or of the free slot where it would go. */
    private int find(long idHigh, long idLow) {
        int mask = capacity() - 1;
        int slot = hash(idHigh, idLow) & mask;
        while (true) {
            int at = slot * WIDTH;
            if (slots[at + 2] == SegmentCommand.NO_VALUE || (slots[at] == idHigh && slots[at + 1] == idLow)) {
                return at;
            }
            slot = (slot + 1) & mask;
        }
    }

    /** Frees a slot and moves later entries of its probe chain up, so that no chain is cut. */
    private void removeAt(int slot) {
        int mask = capacity() - 1;
        int hole = slot;
        int next = slot;
        while (true) {
            next = (next + 1) & mask;
            int at = next * WIDTH;
            if (slots[at + 2] == SegmentCommand.NO_VALUE) {
                break;
            }
            int home = hash(slots[at], slots[at + 1]) & mask;
            if (((next - home) & mask) >= ((next - hole) & mask)) {
                System.arraycopy(slots, at, slots, hole * WIDTH, WIDTH);
                hole = next;
            }
        }
        slots[hole * WIDTH + 2] = SegmentCommand.NO_VALUE;
        count--;
    }

    private void grow() {
        long[] old = slots;
        slots = emptySlots(capacity() * 2);
        for (int at = 0; at < old.length; at += WIDTH) {
            if (old[at + 2] != SegmentCommand.NO_VALUE) {
                System.arraycopy(old, at, slots, find(old[at], old[at + 1]), WIDTH);
            }
        }
    }

    private int capacity() {
        return slots.length / WIDTH;
    }

    private static long[] emptySlots(int capacity) {
        long[] slots = new long[Math.multiplyExact(capacity, WIDTH)];
        Arrays.fill(slots, SegmentCommand.NO_VALUE);
        return slots;
    }

    private static int hash(long idHigh, long idLow) {
        long mixed = (idHigh ^ Long.rotateLeft(idLow, 32)) * 0x9E3779B97F4A7C15L;
        return (int) (mixed >>> 32) ^ (int) (mixed >>> 12);
    }
}
