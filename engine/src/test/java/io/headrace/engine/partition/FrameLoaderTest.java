/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.engine.partition;

import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.engine.log.Callback;
import io.headrace.engine.log.Checkpoint;
import io.headrace.engine.log.Done;
import io.headrace.engine.log.LogException;
import io.headrace.engine.log.PartitionLog;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class FrameLoaderTest {
    private static final int MIB = 1 << 20;

    private final FrameCache cache =
            new FrameCache(UnpooledByteBufAllocator.DEFAULT, 2L * FrameCache.SLAB_BYTES, MemoryBudget.NONE, 64 * MIB);
    private final Log log = new Log();
    private final List<Throwable> failures = new ArrayList<>();
    private final List<String> told = new ArrayList<>();
    private long oldestNeeded = 1;
    private final FrameLoader loader = new FrameLoader(log, cache, () -> oldestNeeded, failures::add);

    @AfterEach
    void release() {
        cache.release();
        assertThat(failures).isEmpty();
    }

    @Test
    void whoWaitsForWhatIsBeingFetchedSharesTheRead() {
        loader.prefetch(5, 4 * MIB);
        loader.load(5, waiter("a"));
        loader.load(5, waiter("b"));
        assertThat(log.asked()).containsExactly("5+4");
        log.answer(0, 3);
        assertThat(told).containsExactly("a", "b");
        assertThat(LongStream.range(1, 10).filter(frame -> cache.get(frame) != null))
                .containsExactly(5L, 6L, 7L);
    }

    @Test
    void whatWasFetchedIsNotReadAgain() {
        loader.prefetch(5, 4 * MIB);
        log.answer(0, 2);
        loader.load(6, waiter("a"));
        assertThat(told).containsExactly("a");
        loader.prefetch(5, 4 * MIB);
        assertThat(log.asked()).isEmpty();
    }

    @Test
    void readsSoManyBytesAtATime() {
        loader.prefetch(10, 4 * MIB);
        loader.prefetch(20, 4 * MIB);
        loader.prefetch(30, 4 * MIB);
        loader.load(40, waiter("a"));
        assertThat(log.asked()).containsExactly("10+4", "20+4");
        log.answer(1, 1);
        assertThat(log.asked()).containsExactly("10+4", "30+4");
        log.answer(0, 1);
        log.answer(0, 1);
        assertThat(log.asked()).containsExactly("40+1");
        log.answer(0, 1);
        assertThat(told).containsExactly("a");
    }

    @Test
    void aFrameThatIsTruncatedMeanwhileIsNoFailure() {
        loader.prefetch(5, MIB);
        loader.load(5, waiter("a"));
        oldestNeeded = 6;
        log.fail(0);
        assertThat(told).containsExactly("a");
    }

    @Test
    void whoWaitsIsToldOfTheEnd() {
        loader.prefetch(5, MIB);
        loader.load(5, waiter("a"));
        loader.close("over");
        assertThat(told).containsExactly("a: over");
        log.answer(0, 1);
        assertThat(cache.get(5)).isNull();
    }

    private FrameLoader.Waiter waiter(String name) {
        return new FrameLoader.Waiter() {
            @Override
            public void loaded() {
                told.add(name);
            }

            @Override
            public void lost(String reason) {
                told.add(name + ": " + reason);
            }
        };
    }

    /** Answers reads when it is told to, with empty frames. */
    private static final class Log implements PartitionLog {
        private record Read(long frame, int bytes, Callback<List<ByteBuf>> answer) {}

        private final List<Read> reads = new ArrayList<>();

        /** First frame and mebibytes of those that wait. */
        List<String> asked() {
            return reads.stream()
                    .map(read -> read.frame() + "+" + read.bytes() / MIB)
                    .toList();
        }

        void answer(int index, int frames) {
            Read read = reads.remove(index);
            List<ByteBuf> found = new ArrayList<>();
            for (int i = 0; i < frames; i++) {
                ByteBuf frame = UnpooledByteBufAllocator.DEFAULT
                        .heapBuffer(Frame.HEADER_BYTES)
                        .writeZero(Frame.HEADER_BYTES);
                Frame.seal(frame, 1, read.frame() + i, 0);
                found.add(frame);
            }
            read.answer().done(found);
        }

        void fail(int index) {
            reads.remove(index).answer().failed(new LogException(LogException.Kind.CORRUPT, "it is not there"));
        }

        @Override
        public void read(long frame, int maxBytes, Callback<List<ByteBuf>> read) {
            reads.add(new Read(frame, maxBytes, read));
        }

        @Override
        public long epoch() {
            return 1;
        }

        @Override
        public long firstFrame() {
            return 1;
        }

        @Override
        public long nextFrame() {
            return 100;
        }

        @Override
        public List<Checkpoint> checkpoints() {
            return List.of();
        }

        @Override
        public void append(long frame, ByteBuf bytes, Callback<Done> appended) {
            throw new AssertionError("nothing is appended");
        }

        @Override
        public void publish(List<Checkpoint> checkpoints, Callback<Done> published) {
            throw new AssertionError("nothing is published");
        }

        @Override
        public void truncate(long frame, Callback<Done> truncated) {
            throw new AssertionError("nothing is truncated");
        }

        @Override
        public void close() {}
    }
}
