/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.server.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.headrace.client.Event;
import io.headrace.client.EventReader;
import io.headrace.client.EventWriter;
import io.headrace.client.KeyRange;
import io.headrace.client.NotFoundException;
import io.headrace.client.ReadFrom;
import io.headrace.client.ReaderOptions;
import io.headrace.client.SegmentRange;
import io.headrace.client.Serializers;
import io.headrace.client.StreamCut;
import io.headrace.client.StreamName;
import io.headrace.client.TruncatedException;
import io.reactivex.rxjava3.core.Flowable;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class BatchTest extends ClientTest {

    /** Bytes that each of the events has in its segment. */
    private static final long STORED = 9;

    private EventReader<String> reader(StreamName stream) {
        return client.reader(stream, Serializers.utf8());
    }

    private static List<SegmentRange> ranges(EventReader<String> reader) {
        return reader.ranges().toList().blockingGet();
    }

    private static List<String> read(EventReader<String> reader) {
        return reader.ranges()
                .flatMap(reader::events)
                .map(Event::value)
                .toList()
                .blockingGet();
    }

    /** "1" and "2" in the first of one segment, "3" and "4" in the two that follow it, "5" in the last. */
    private StreamName threeEpochs() {
        StreamName stream = stream("a", 1);
        EventWriter<String> writer = client.writer(stream, Serializers.utf8());
        write(writer, "1", "2");
        scale(stream, new KeyRange(0, 0.5), new KeyRange(0.5, 1));
        write(writer, "3", "4");
        scale(stream, new KeyRange(0, 1));
        write(writer, "5");
        return stream;
    }

    private static void write(EventWriter<String> writer, String... events) {
        writer.writeAll(Flowable.fromArray(events), event -> event).blockingAwait();
    }

    private void scale(StreamName stream, KeyRange... ranges) {
        Set<Long> current = Set.copyOf(admin.currentSegments(stream).blockingGet().stream()
                .map(s -> s.id())
                .toList());
        admin.scale(stream, current, List.of(ranges)).blockingAwait();
    }

    @Test
    void theWholeHistory() {
        StreamName stream = threeEpochs();
        assertThat(ranges(reader(stream)))
                .extracting(SegmentRange::segmentId)
                .containsExactly(0L, (1L << 32) + 1, (1L << 32) + 2, (2L << 32) + 3);
        assertThat(read(reader(stream))).containsExactlyInAnyOrder("1", "2", "3", "4", "5");
        admin.sealStream(stream).blockingAwait();
        assertThat(read(reader(stream))).containsExactlyInAnyOrder("1", "2", "3", "4", "5");
        assertThat(ranges(reader(stream)).stream()
                        .mapToLong(SegmentRange::length)
                        .sum())
                .isEqualTo(5 * STORED);
    }

    @Test
    void aSlice() {
        StreamName stream = threeEpochs();
        StreamCut middle = new StreamCut(stream, Map.of(0L, STORED));
        StreamCut tail = admin.tail(stream).blockingGet();
        write(client.writer(stream, Serializers.utf8()), "6");
        assertThat(read(reader(stream).from(ReadFrom.cut(middle)).until(tail)))
                .containsExactlyInAnyOrder("2", "3", "4", "5");
        assertThat(read(reader(stream).until(middle))).containsExactly("1");
        assertThat(read(reader(stream).from(ReadFrom.cut(tail)))).containsExactly("6");
        assertThat(read(reader(stream).from(ReadFrom.latest()))).isEmpty();
        StreamCut behind = new StreamCut(stream, Map.of(0L, StreamCut.END_OF_SEGMENT));
        assertThat(read(reader(stream).from(ReadFrom.cut(behind)))).doesNotContain("1", "2");
    }

    @Test
    void truncationBeforeAndAfter() {
        StreamName stream = stream("a", 1);
        write(client.writer(stream, Serializers.utf8()), "1", "2", "3");
        List<SegmentRange> stale = ranges(reader(stream));
        admin.truncate(new StreamCut(stream, Map.of(0L, 2 * STORED))).blockingAwait();
        assertThat(ranges(reader(stream))).containsExactly(new SegmentRange(stream, 0, 2 * STORED, 3 * STORED));
        assertThat(read(reader(stream))).containsExactly("3");
        assertThatThrownBy(() -> reader(stream).events(stale.get(0)).blockingSubscribe())
                .isInstanceOf(TruncatedException.class);
        assertThat(reader(stream)
                        .with(ReaderOptions.defaults().withSkipTruncated(true))
                        .events(stale.get(0))
                        .map(Event::value)
                        .toList()
                        .blockingGet())
                .containsExactly("3");
    }

    @Test
    void whatIsNotThere() {
        assertThatThrownBy(() -> ranges(reader(new StreamName(scope, "absent"))))
                .isInstanceOf(NotFoundException.class);
        StreamName empty = stream("empty", 2);
        assertThat(ranges(reader(empty))).hasSize(2).allMatch(range -> range.length() == 0);
        assertThat(read(reader(empty))).isEmpty();
    }
}
