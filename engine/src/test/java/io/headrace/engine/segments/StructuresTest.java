/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.engine.segments;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.headrace.engine.state.Varint;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The packed structures against the collections that they stand in for. */
class StructuresTest {

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3})
    void attributesAreAMap(int seed) {
        Random random = new Random(seed);
        AttributeTable attributes = new AttributeTable();
        Map<UUID, Long> model = new HashMap<>();
        for (int step = 0; step < 20_000; step++) {
            int range = step < 10_000 ? 500 : 20;
            UUID id = new UUID(random.nextInt(3), random.nextInt(range));
            long value = random.nextInt(3) == 0 ? SegmentCommand.NO_VALUE : random.nextLong();
            attributes.put(id.getMostSignificantBits(), id.getLeastSignificantBits(), value);
            if (value == SegmentCommand.NO_VALUE) {
                model.remove(id);
            } else {
                model.put(id, value);
            }
            UUID other = new UUID(random.nextInt(3), random.nextInt(range));
            assertThat(attributes.get(other.getMostSignificantBits(), other.getLeastSignificantBits()))
                    .isEqualTo(model.getOrDefault(other, SegmentCommand.NO_VALUE));
            assertThat(attributes.count()).isEqualTo(model.size());
        }
        Map<UUID, Long> all = new HashMap<>();
        attributes.forEach((high, low, value) -> all.put(new UUID(high, low), value));
        assertThat(all).isEqualTo(model);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3})
    void frameUseKnowsTheOldestFrame(int seed) {
        Random random = new Random(seed);
        FrameUse use = new FrameUse();
        TreeMap<Long, Integer> model = new TreeMap<>();
        List<Long> used = new ArrayList<>();
        long frame = 1;
        for (int step = 0; step < 30_000; step++) {
            boolean grows = step / 3000 % 2 == 0;
            if (random.nextInt(10) < (grows ? 7 : 3)) {
                frame += random.nextInt(3);
                use.add(frame);
                used.add(frame);
                model.merge(frame, 1, Integer::sum);
            } else if (!used.isEmpty()) {
                int index = random.nextInt(random.nextBoolean() ? used.size() : Math.min(10, used.size()));
                long removed = used.remove(index);
                use.remove(removed);
                model.computeIfPresent(removed, (f, count) -> count == 1 ? null : count - 1);
            }
            assertThat(use.oldest()).isEqualTo(model.isEmpty() ? Long.MAX_VALUE : model.firstKey());
            assertThat(use.extents()).isEqualTo(used.size());
        }
        long[] all = used.stream().mapToLong(Long::longValue).toArray();
        FrameUse loaded = new FrameUse();
        loaded.load(all, all.length);
        assertThat(loaded.oldest()).isEqualTo(use.oldest());
        assertThat(loaded.extents()).isEqualTo(use.extents());
        used.forEach(loaded::remove);
        assertThat(loaded.oldest()).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void frameUseRefusesWhatCannotBe() {
        FrameUse use = new FrameUse();
        use.add(5);
        assertThatThrownBy(() -> use.add(4)).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> use.remove(6)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void extentsFindDropAndJoin() {
        FrameUse use = new FrameUse();
        Extents extents = new Extents();
        long length = 0;
        for (int i = 0; i < 1000; i++) {
            extents.add(length, 1 + i / 3, i % 1_048_576);
            use.add(1 + i / 3);
            length += 1 + i % 7;
        }
        for (long offset = 0; offset < length; offset++) {
            int index = extents.indexOf(offset);
            assertThat(offset).isBetween(extents.offset(index), extents.end(index, length) - 1);
        }
        Extents.Dropped dropped = dropping(use);
        extents.dropBelow(extents.offset(900) + 1, length, dropped);
        assertThat(extents.count()).as("the extent that holds the offset stays").isEqualTo(100);
        assertThat(use.oldest()).isEqualTo(extents.frame(0));
        Extents joined = new Extents();
        joined.add(0, 2, 7);
        joined.addAll(extents, 10 - extents.offset(0));
        assertThat(joined.count()).isEqualTo(1 + extents.count());
        assertThat(joined.offset(1)).isEqualTo(10);
        assertThat(joined.position(1)).isEqualTo(extents.position(0));
        extents.dropBelow(length, length, dropped);
        assertThat(extents.count()).isZero();
        assertThat(use.oldest()).isEqualTo(Long.MAX_VALUE);
    }

    private static Extents.Dropped dropping(FrameUse use) {
        return new Extents.Dropped() {
            @Override
            public void inLog(long frame, long bytes) {
                use.remove(frame);
            }

            @Override
            public void inChunk(long chunk) {
                throw new AssertionError("there is no chunk");
            }
        };
    }

    @Test
    void piecesInChunksTakeThePlaceOfExtents() {
        Extents extents = new Extents();
        for (int i = 0; i < 100; i++) {
            extents.add(10L * i, 1 + i, i);
        }
        assertThat(extents.replace(0, 10, 5, 1000)).isTrue();
        assertThat(extents.count()).isEqualTo(91);
        assertThat(extents.replace(1, 11, 5, 1100))
                .as("continues the piece before")
                .isFalse();
        assertThat(extents.replace(1, 2, 5, 1300))
                .as("after a gap in the chunk")
                .isTrue();
        assertThat(extents.firstInLog()).isEqualTo(2);
        assertThat(extents.replace(70, 81, Extents.MAX_CHUNK_NUMBER, Extents.MAX_CHUNK_BYTES - 1))
                .isTrue();
        List<String> places = new ArrayList<>();
        for (int i : List.of(0, 1, 2, 69, 70)) {
            places.add(extents.offset(i) + "-" + extents.end(i, 1000) + " "
                    + (extents.isInChunk(i)
                            ? "chunk " + extents.chunk(i) + " at " + extents.chunkOffset(i)
                            : "frame " + extents.frame(i) + " at " + extents.position(i)));
        }
        assertThat(extents.count()).isEqualTo(71);
        assertThat(places)
                .containsExactly(
                        "0-200 chunk 5 at 1000",
                        "200-210 chunk 5 at 1300",
                        "210-220 frame 22 at 21",
                        "880-890 frame 89 at 88",
                        "890-1000 chunk 8589934591 at 1073741823");
    }

    @Test
    void extentsHoldTheLargestPositionAndFrame() {
        Extents extents = new Extents();
        extents.add(Long.MAX_VALUE - 1, (1L << 43) - 1, (1 << 20) - 1);
        assertThat(extents.frame(0)).isEqualTo((1L << 43) - 1);
        assertThat(extents.position(0)).isEqualTo((1 << 20) - 1);
        assertThat(extents.offset(0)).isEqualTo(Long.MAX_VALUE - 1);
    }

    @ParameterizedTest
    @ValueSource(
            longs = {0, 1, -1, 127, 128, 16_383, 16_384, Long.MAX_VALUE, Long.MIN_VALUE, Long.MIN_VALUE + 1, -64, -65})
    void varintsHoldAnyNumber(long value) {
        ByteBuf buffer = Unpooled.buffer();
        Varint.write(buffer, value);
        Varint.writeSigned(buffer, value);
        assertThat(Varint.read(buffer)).isEqualTo(value);
        assertThat(Varint.readSigned(buffer)).isEqualTo(value);
        assertThat(buffer.isReadable()).isFalse();
    }

    @Test
    void varintsThatDoNotEndAreRefused() {
        ByteBuf endless = Unpooled.wrappedBuffer(new byte[] {-1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1});
        assertThatThrownBy(() -> Varint.read(endless)).isInstanceOf(IllegalStateException.class);
    }
}
