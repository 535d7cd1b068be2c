/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.codecs.wire;

import com.sun.management.ThreadMXBean;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.lang.management.ManagementFactory;
import org.jspecify.annotations.Nullable;

/**
 * Feeds bytes to a decoder and insists that it either reads them or throws a {@link WireFormatException}, allocates in
 * proportion to them, and leaves their reference count alone.
 */
final class FrameChecker {
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    /** Objects are larger than what they were read from, small strings most of all. */
    private static final int MAX_BYTES_PER_BYTE = 40;

    private static final long ALWAYS_ALLOWED = 64 << 10;

    private final long seed;
    private final Decoder decoder;
    private int accepted;
    private int refused;

    interface Decoder {
        void decode(int type, ByteBuf payload);
    }

    FrameChecker(long seed, Decoder decoder) {
        this.seed = seed;
        this.decoder = decoder;
    }

    /** How many inputs were read. */
    int accepted() {
        return accepted;
    }

    /** How many inputs led to a {@link WireFormatException}. */
    int refused() {
        return refused;
    }

    void check(int type, byte[] bytes) {
        long limit = ALWAYS_ALLOWED + (long) MAX_BYTES_PER_BYTE * bytes.length;
        long allocated = decode(type, bytes);
        // The first time that code runs, the machine itself allocates.
        for (int i = 0; i < 2 && allocated > limit; i++) {
            allocated = decode(type, bytes);
        }
        if (allocated > limit) {
            throw failure("allocates " + allocated + " bytes for " + bytes.length, type, bytes, null);
        }
    }

    private long decode(int type, byte[] bytes) {
        ByteBuf payload = Unpooled.wrappedBuffer(bytes);
        long before = THREADS.getCurrentThreadAllocatedBytes();
        try {
            decoder.decode(type, payload);
            accepted++;
        } catch (WireFormatException e) {
            refused++;
        } catch (Throwable e) {
            throw failure("throws " + e, type, bytes, e);
        }
        long allocated = THREADS.getCurrentThreadAllocatedBytes() - before;
        if (payload.refCnt() != 1) {
            throw failure("leaves a reference count of " + payload.refCnt(), type, bytes, null);
        }
        return allocated;
    }

    private AssertionError failure(String what, int type, byte[] bytes, @Nullable Throwable cause) {
        return new AssertionError(
                "seed " + seed + ": type " + type + " with payload "
                        + ByteBufUtil.hexDump(bytes, 0, Math.min(bytes.length, 2_000)) + " " + what,
                cause);
    }
}
