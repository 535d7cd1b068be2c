/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.engine.partition;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Frames are built in slabs, and found there until the slab is given up. */
class FrameBuilderTest {
    private static final int TAIL_BYTES = 3 * FrameCache.SLAB_BYTES;
    private static final int BODY_BYTES = 1 << 10;

    private final FrameCache cache = new FrameCache(UnpooledByteBufAllocator.DEFAULT, TAIL_BYTES, MemoryBudget.NONE, 0);
    private final FrameBuilder builder = new FrameBuilder(cache, 1, 100);

    @AfterEach
    void end() {
        cache.release();
    }

    @Test
    void framesOfAllSlabsAreFoundAndThoseOfGivenUpSlabsAreNot() {
        List<byte[]> frames = new ArrayList<>();
        int count = 5 * FrameCache.SLAB_BYTES / BODY_BYTES;
        for (int i = 0; i < count; i++) {
            append(i);
            frames.add(ByteBufUtil.getBytes(builder.seal()));
        }
        assertThat(cache.bytes()).isEqualTo(TAIL_BYTES);
        assertThat(cache.get(99)).isNull();
        assertThat(cache.get(100)).isNull();
        assertThat(cache.get(100 + count)).isNull();
        int found = 0;
        for (int i = 0; i < count; i++) {
            ByteBuf frame = cache.get(100 + i);
            if (frame != null) {
                found++;
                assertThat(ByteBufUtil.getBytes(frame)).isEqualTo(frames.get(i));
            } else {
                assertThat(found).as("frames before frame %s", 100 + i).isZero();
            }
        }
        assertThat(found).isBetween(2 * count / 5, 3 * count / 5);
    }

    @Test
    void uncommittedSlabsAreKept() {
        for (int i = 0; i < 5 * FrameCache.SLAB_BYTES / BODY_BYTES; i++) {
            builder.append(1, BODY_BYTES, out -> out.writeZero(BODY_BYTES), 99);
            builder.seal();
        }
        assertThat(cache.get(100)).isNotNull();
        assertThat(cache.bytes()).isGreaterThan(TAIL_BYTES);
    }

    @Test
    void aRecordThatCannotBeWrittenLeavesNoTrace() {
        append(1);
        append(2);
        byte[] before = ByteBufUtil.getBytes(builder.view());
        assertThatThrownBy(() -> builder.append(
                        1,
                        8,
                        out -> {
                            out.writeInt(7);
                            throw new IndexOutOfBoundsException();
                        },
                        0))
                .isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> builder.append(1, 8, out -> out.writeInt(7), 0))
                .isInstanceOf(IllegalStateException.class);
        assertThat(ByteBufUtil.getBytes(builder.view())).isEqualTo(before);

        builder.endBatch();
        append(3);
        assertThat(builder.view().readableBytes()).isEqualTo(before.length + Frame.RECORD_HEADER_BYTES + BODY_BYTES);
        assertThat(builder.view().getByte(before.length - BODY_BYTES - Frame.RECORD_HEADER_BYTES + 1))
                .isEqualTo((byte) Frame.END_OF_BATCH);
    }

    private void append(int value) {
        builder.append(1, BODY_BYTES, out -> out.writeInt(value).writeZero(BODY_BYTES - 4), builder.number() - 1);
    }
}
