/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.engine.segments;

import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.engine.partition.LogRecord;
import io.headrace.engine.tables.TableRecord;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Says how much memory many segments and entries of tables take. Prints; asserts only that the snapshot knows of them. */
class FootprintTest {
    @ParameterizedTest
    @ValueSource(ints = {10_000, 100_000})
    void manySegments(int count) {
        long before = usedHeap();
        SegmentsState state = new SegmentsState(1L << 40);
        ByteBuf data = Unpooled.wrappedBuffer(new byte[100]);
        ByteBuf body = Unpooled.buffer();
        for (int i = 1; i <= count; i++) {
            apply(
                    state,
                    body,
                    new SegmentRecord.Create(
                            i, 1_700_000_000_000L, false, 0, 0, 0, "scope/stream-" + i + "/0.#epoch.0"),
                    i);
            for (int append = 1; append <= 4; append++) {
                apply(state, body, new SegmentRecord.Append(i, 1_700_000_000_000L + i, i, i, append, 1, data), i);
            }
        }
        long heap = usedHeap() - before;
        ByteBuf snapshot = Unpooled.buffer();
        Snapshot.write(state, snapshot);
        System.out.printf(
                "FOOTPRINT %d segments of one writer and four extents: %d heap bytes and %d snapshot bytes each%n",
                count, heap / count, snapshot.readableBytes() / count);
        SegmentsState restored = new SegmentsState(1L << 40);
        Snapshot.read(snapshot, restored);
        assertThat(restored.count()).isEqualTo(count);
        assertThat(restored.bytes()).isEqualTo(state.bytes()).isEqualTo(400L * count);
        assertThat(restored.oldestFrame()).isEqualTo(state.oldestFrame());
    }

    @ParameterizedTest
    @CsvSource({"100000, 16", "100000, 0"})
    void manyEntries(int count, int keyLength) {
        long before = usedHeap();
        SegmentsState state = new SegmentsState(1L << 40);
        ByteBuf body = Unpooled.buffer();
        apply(state, body, new SegmentRecord.CreateTable(1, 1_700_000_000_000L, keyLength, 0, "s/t_kvtable/0"), 1);
        ByteBuf value = Unpooled.wrappedBuffer(new byte[100]);
        for (int i = 0; i < count; i++) {
            ByteBuf key = Unpooled.copiedBuffer(String.format("key-%012d", i), StandardCharsets.US_ASCII);
            var entry = new TableRecord.Put.Stored(-1, key, value);
            apply(state, body, new TableRecord.Put(1, 1_700_000_000_000L, 133L * i, List.of(entry)), 2);
        }
        long heap = usedHeap() - before;
        ByteBuf snapshot = Unpooled.buffer();
        Snapshot.write(state, snapshot);
        System.out.printf(
                "FOOTPRINT %d entries of 16 and 100 bytes, keys of %s length: %d heap bytes and %d snapshot bytes each%n",
                count, keyLength == 0 ? "any" : "fixed", heap / count, snapshot.readableBytes() / count);
        SegmentsState restored = new SegmentsState(1L << 40);
        Snapshot.read(snapshot, restored);
        assertThat(restored.count()).isOne();
    }

    private static void apply(SegmentsState state, ByteBuf body, LogRecord record, long frame) {
        body.clear();
        record.write(body);
        state.apply(record.type(), body, frame, 42);
    }

    private static long usedHeap() {
        System.gc();
        Runtime runtime = Runtime.getRuntime();
        return runtime.totalMemory() - runtime.freeMemory();
    }
}
