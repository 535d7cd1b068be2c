/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.engine.partition;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.headrace.engine.log.LogException;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class FrameTest {
    /** What format version 1 wrote: epoch 7, frame 42, a batch of the records 3 "ab" and 4 "c". */
    private static final String VERSION_1 = "4852465201000000" + "0000000000000007" + "000000000000002a"
            + "000000020000000f" + "%08x" + "030000000002" + "6162" + "040100000001" + "63";

    private record Text(int type, String text) implements LogRecord {
        @Override
        public int size() {
            return text.length();
        }

        @Override
        public void write(ByteBuf out) {
            out.writeCharSequence(text, StandardCharsets.US_ASCII);
        }
    }

    private static ByteBuf version1(int crc) {
        return Unpooled.wrappedBuffer(ByteBufUtil.decodeHexDump(VERSION_1.formatted(crc)));
    }

    private static final int CRC = 0x95926aeb;

    @Test
    void readsTheBytesOfVersion1() {
        RecordingMachine machine = new RecordingMachine();
        Replay replay = new Replay(machine, 42);
        replay.begin(version1(CRC));
        replay.proceed();
        replay.finish();
        assertThat(machine.applied).containsExactly("3@42+42:ab", "4@42+50:c");
    }

    @Test
    void writesTheBytesOfVersion1() {
        FrameCache cache =
                new FrameCache(UnpooledByteBufAllocator.DEFAULT, 2L * FrameCache.SLAB_BYTES, MemoryBudget.NONE, 0);
        FrameBuilder builder = new FrameBuilder(cache, 7, 42);
        builder.append(new Text(3, "ab"), 0);
        ByteBuf body = builder.append(new Text(4, "c"), 0);
        assertThat(builder.offsetOf(body)).isEqualTo(50);
        builder.endBatch();
        assertThat(ByteBufUtil.hexDump(builder.seal())).isEqualTo(VERSION_1.formatted(CRC));
        cache.release();
    }

    @Test
    void noticesEveryDamagedByteAndEveryMissingOne() {
        int length = version1(CRC).readableBytes();
        for (int i = 0; i < length; i++) {
            ByteBuf damaged = version1(CRC);
            damaged.setByte(i, damaged.getByte(i) ^ 0x10);
            assertCorrupt(damaged);
            assertCorrupt(version1(CRC).slice(0, i));
        }
    }

    @Test
    void refusesAnotherFramesNumber() {
        assertThatThrownBy(() -> Frame.verify(version1(CRC), 43)).hasMessageContaining("carries the number 42");
    }

    @Test
    void aBatchWithoutItsEndIsDroppedWhenANewEpochBegins() {
        FrameCache cache =
                new FrameCache(UnpooledByteBufAllocator.DEFAULT, 2L * FrameCache.SLAB_BYTES, MemoryBudget.NONE, 0);
        FrameBuilder builder = new FrameBuilder(cache, 1, 1);
        builder.append(new Text(3, "whole"), 0);
        builder.endBatch();
        builder.append(new Text(3, "torn"), 0);
        ByteBuf first = builder.seal();
        FrameBuilder nextOwner = new FrameBuilder(cache, 2, 2);
        nextOwner.append(Replay.EPOCH_START, 0, out -> {}, 0);
        nextOwner.endBatch();
        nextOwner.append(new Text(3, "after"), 0);
        nextOwner.endBatch();
        ByteBuf second = nextOwner.seal();

        RecordingMachine machine = new RecordingMachine();
        Replay replay = new Replay(machine, 1);
        replay.begin(first);
        replay.proceed();
        replay.begin(second);
        replay.proceed();
        replay.finish();
        assertThat(machine.applied).containsExactly("3@1+42:whole", "3@2+48:after");
        cache.release();
    }

    private static void assertCorrupt(ByteBuf frame) {
        assertThatThrownBy(() -> Frame.verify(frame, 42))
                .isInstanceOfSatisfying(
                        LogException.class, e -> assertThat(e.kind()).isEqualTo(LogException.Kind.CORRUPT));
    }

    private static final class RecordingMachine implements StateMachine<String, String> {
        final List<String> applied = new ArrayList<>();

        @Override
        public void apply(int type, ByteBuf body, long frame, int offset) {
            applied.add(type + "@" + frame + "+" + offset + ":" + body.toString(StandardCharsets.US_ASCII));
        }

        @Override
        public void execute(String command, ReplyTo<? super String> replyTo, Turn<String, String> turn) {}

        @Override
        public void snapshot(ByteBuf out) {}

        @Override
        public void restore(ByteBuf in) {}

        @Override
        public void recovered(Turn<String, String> turn) {}

        @Override
        public void tick(Turn<String, String> turn) {}

        @Override
        public long oldestFrame() {
            return Long.MAX_VALUE;
        }

        @Override
        public void lost(String reason) {}
    }
}
