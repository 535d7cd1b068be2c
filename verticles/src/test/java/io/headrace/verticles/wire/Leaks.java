/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.verticles.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.PooledByteBufAllocator;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/** Collects what Netty's leak detector finds in this process. */
final class Leaks {
    private static final int ROUNDS = 3;
    private static final Queue<String> FOUND = new ConcurrentLinkedQueue<>();

    private Leaks() {}

    static void watch() {
        ByteBufUtil.setLeakListener((type, records) -> FOUND.add(type + records));
    }

    /** Fails if buffers were dropped without a release. */
    static void assertNone() {
        for (int round = 0; round < ROUNDS; round++) {
            System.gc();
            // The detector reports when the next buffer is tracked.
            ByteBuf probe = PooledByteBufAllocator.DEFAULT.directBuffer(16);
            probe.release();
        }
        assertThat(FOUND).isEmpty();
    }
}
