/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.engine.partition;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.util.Objects;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class FrameCacheTest {
    private final FrameCache cache =
            new FrameCache(UnpooledByteBufAllocator.DEFAULT, 2L * FrameCache.SLAB_BYTES, MemoryBudget.NONE, 0);

    @AfterEach
    void release() {
        cache.release();
    }

    @Test
    void usesTheMemoryOfAnOldSlabAgain() {
        ByteBuf first = fillSlab(1);
        fillSlab(2);
        ByteBuf third = fillSlab(3);
        assertThat(third).isSameAs(first);
        assertThat(cache.get(1)).isNull();
        assertThat(frame(2).getLong(0)).isEqualTo(2);
        assertThat(frame(3).getLong(0)).isEqualTo(3);
    }

    @Test
    void leavesMemoryAloneThatSomebodyStillReads() {
        fillSlab(1);
        ByteBuf reply = frame(1).retainedSlice(0, Long.BYTES);
        fillSlab(2);
        fillSlab(3);
        fillSlab(4);
        assertThat(reply.getLong(0)).isEqualTo(1);
        assertThat(reply.release()).isTrue();
    }

    @Test
    void keepsWhatIsNotCommitted() {
        fillSlab(1);
        fillSlab(2);
        cache.addSlab(3, 0);
        assertThat(frame(1).getLong(0)).isEqualTo(1);
        assertThat(cache.bytes()).isEqualTo(3L * FrameCache.SLAB_BYTES);
    }

    @Test
    void takesWhatOthersDoNotNeedAndGivesItBack() {
        MemoryBudget budget = new MemoryBudget(0, 4, 2);
        FrameCache busy = new FrameCache(UnpooledByteBufAllocator.DEFAULT, 2L * FrameCache.SLAB_BYTES, budget, 0);
        FrameCache late = new FrameCache(UnpooledByteBufAllocator.DEFAULT, 2L * FrameCache.SLAB_BYTES, budget, 0);
        for (int i = 1; i <= 10; i++) {
            fillSlab(busy, i);
        }
        assertThat(busy.bytes()).isEqualTo(6L * FrameCache.SLAB_BYTES);
        for (int i = 1; i <= 3; i++) {
            fillSlab(late, i);
        }
        assertThat(late.bytes()).as("there is nothing left").isEqualTo(2L * FrameCache.SLAB_BYTES);
        busy.tick(10);
        assertThat(busy.bytes()).as("its fair share").isEqualTo(4L * FrameCache.SLAB_BYTES);
        assertThat(busy.get(7)).isNotNull();
        assertThat(busy.get(6)).isNull();
        for (int i = 4; i <= 9; i++) {
            fillSlab(late, i);
        }
        assertThat(late.bytes()).isEqualTo(4L * FrameCache.SLAB_BYTES);
        busy.tick(10);
        assertThat(busy.bytes()).as("no more than that is given back").isEqualTo(4L * FrameCache.SLAB_BYTES);
        busy.release();
        late.release();
        assertThat(IntStream.range(0, 5).filter(i -> budget.take(i)).count())
                .as("all is given back")
                .isEqualTo(4);
    }

    private ByteBuf frame(long number) {
        return Objects.requireNonNull(cache.get(number));
    }

    /** Adds a slab with one frame that holds its own number; everything before it is committed. */
    private ByteBuf fillSlab(long frame) {
        return fillSlab(cache, frame);
    }

    private static ByteBuf fillSlab(FrameCache cache, long frame) {
        cache.addSlab(frame, frame - 1);
        ByteBuf slab = cache.slab();
        slab.writeLong(frame);
        cache.add(frame, slab.slice(0, Long.BYTES));
        return slab;
    }
}
