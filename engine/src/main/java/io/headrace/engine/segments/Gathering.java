/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.engine.segments;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.CompositeByteBuf;
import io.netty.buffer.Unpooled;
import java.util.Arrays;

/**
 * Puts pieces of memory together to one buffer, which refers to that memory if the pieces are large, and is a copy if they
 * are small, so that who holds a few bytes for long does not pin whole frames. One at a time.
 */
final class Gathering {
    /** Most pieces of one buffer; it bounds the time that gathering takes. */
    static final int MAX_PIECES = 4096;

    /** Pieces of this average length and more are referred to, smaller ones copied. */
    private static final int SLICE_BYTES = 16 << 10;

    private final ByteBufAllocator allocator;
    private ByteBuf[] sources = new ByteBuf[16];
    private int[] positions = new int[16];
    private int[] lengths = new int[16];
    private int pieces;
    private int total;
    private boolean copies;

    Gathering(ByteBufAllocator allocator) {
        this.allocator = allocator;
    }

    void begin() {
        pieces = 0;
        total = 0;
        copies = false;
    }

    boolean isEmpty() {
        return pieces == 0;
    }

    boolean isFull() {
        return pieces >= MAX_PIECES;
    }

    /** Bytes so far. */
    int total() {
        return total;
    }

    /** Makes the result a copy in any case. */
    void copy() {
        copies = true;
    }

    /** Whether the pieces are so large that the result refers to them, unless a copy is wanted. */
    boolean refers() {
        return total / pieces >= SLICE_BYTES;
    }

    void add(ByteBuf source, int position, int length) {
        if (pieces == lengths.length) {
            sources = Arrays.copyOf(sources, 2 * pieces);
            positions = Arrays.copyOf(positions, 2 * pieces);
            lengths = Arrays.copyOf(lengths, 2 * pieces);
        }
        sources[pieces] = source;
        positions[pieces] = position;
        lengths[pieces] = length;
        pieces++;
        total += length;
    }

    /** The pieces, of which there must be one. */
    ByteBuf end() {
        try {
            if (copies || !refers()) {
                ByteBuf copy = allocator.buffer(total, total);
                for (int i = 0; i < pieces; i++) {
                    copy.writeBytes(sources[i], positions[i], lengths[i]);
                }
                return copy;
            }
            if (pieces == 1) {
                return sources[0].retainedSlice(positions[0], lengths[0]);
            }
            CompositeByteBuf joined = allocator.compositeBuffer(pieces);
            for (int i = 0; i < pieces; i++) {
                joined.addComponent(true, sources[i].retainedSlice(positions[i], lengths[i]));
            }
            return joined;
        } finally {
            Arrays.fill(sources, 0, pieces, Unpooled.EMPTY_BUFFER);
            pieces = 0;
        }
    }
}
