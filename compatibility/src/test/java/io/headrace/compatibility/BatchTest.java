/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.compatibility;

import static io.headrace.compatibility.Client.sized;
import static io.headrace.compatibility.Failures.assertStatus;
import static io.headrace.compatibility.SegmentIds.cut;
import static io.headrace.compatibility.SegmentIds.id;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.grpc.Status;
import io.pravega.client.BatchClientFactory;
import io.pravega.client.batch.SegmentIterator;
import io.pravega.client.batch.SegmentRange;
import io.pravega.client.stream.StreamCut;
import io.pravega.client.stream.TruncatedDataException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;

@DisplayName("Batch reading")
class BatchTest {
    @Case("BAT-01")
    void threeEpochs(Client client) {
        threeEpochsOf30ByteEvents(client);
        List<SegmentRange> ranges = ranges(client, StreamCut.UNBOUNDED, StreamCut.UNBOUNDED);
        assertThat(ranges)
                .extracting(SegmentRange::getSegmentId)
                .containsExactlyInAnyOrder(id(0, 0), id(1, 1), id(2, 1), id(3, 2));
        assertThat(read(client, ranges))
                .containsExactlyInAnyOrder(sized("1", 30), sized("2", 30), sized("3", 30), sized("4", 30));
    }

    @Case("BAT-02")
    void aSlice(Client client) {
        client.stream("a", 1);
        client.write("a", sized("1", 30), sized("2", 30));
        StreamCut from = cut(client, "a", Map.of(0L, 30L));
        assertThat(SegmentIds.scale(client, "a", List.of(0L), 0.0, 0.5, 1.0)).isTrue();
        client.write("a", sized("3", 30));
        StreamCut to =
                client.streams().fetchStreamInfo(client.scope(), "a").join().getTailStreamCut();
        client.write("a", sized("4", 30));
        assertThat(read(client, ranges(client, from, to))).containsExactlyInAnyOrder(sized("2", 30), sized("3", 30));
        assertThat(read(client, ranges(client, StreamCut.UNBOUNDED, from))).containsExactly(sized("1", 30));
        assertThat(read(client, ranges(client, to, StreamCut.UNBOUNDED))).containsExactly(sized("4", 30));
    }

    @Case("BAT-03")
    void fromTheHead(Client client) {
        client.stream("a", 1);
        client.write("a", sized("1", 30), sized("2", 30), sized("3", 30));
        truncate(client, 60);
        List<SegmentRange> ranges = ranges(client, StreamCut.UNBOUNDED, StreamCut.UNBOUNDED);
        assertThat(ranges).hasSize(1);
        assertThat(ranges.get(0).getStartOffset()).isEqualTo(60);
        assertThat(ranges.get(0).getEndOffset()).isEqualTo(90);
        assertThat(read(client, ranges)).containsExactly(sized("3", 30));
    }

    @Case("BAT-04")
    void aRangeThatHasBecomeStale(Client client) {
        client.stream("a", 1);
        client.write("a", sized("1", 30), sized("2", 30), sized("3", 30));
        List<SegmentRange> ranges = ranges(client, StreamCut.UNBOUNDED, StreamCut.UNBOUNDED);
        truncate(client, 60);
        assertThatThrownBy(() -> read(client, ranges)).isInstanceOf(TruncatedDataException.class);
    }

    @Case("BAT-05")
    void aSealedStreamIsReadWhole(Client client) {
        threeEpochsOf30ByteEvents(client);
        assertThat(client.streams().sealStream(client.scope(), "a")).isTrue();
        List<SegmentRange> ranges = ranges(client, StreamCut.UNBOUNDED, StreamCut.UNBOUNDED);
        assertThat(ranges).extracting(SegmentRange::getEndOffset).satisfies(ends -> assertThat(
                        ends.stream().mapToLong(end -> end).sum())
                .isEqualTo(120));
        assertThat(read(client, ranges)).hasSize(4).doesNotHaveDuplicates();
    }

    @Case("BAT-06")
    void anAbsentStream(Client client) {
        client.createScope();
        assertStatus(Status.Code.NOT_FOUND, () -> ranges(client, StreamCut.UNBOUNDED, StreamCut.UNBOUNDED));
    }

    private static void threeEpochsOf30ByteEvents(Client client) {
        client.stream("a", 1);
        client.write("a", sized("1", 30), sized("2", 30));
        assertThat(SegmentIds.scale(client, "a", List.of(0L), 0.0, 0.5, 1.0)).isTrue();
        client.write("a", sized("3", 30));
        assertThat(SegmentIds.scale(client, "a", List.of(id(1, 1), id(2, 1)), 0.0, 1.0))
                .isTrue();
        client.write("a", sized("4", 30));
    }

    private static void truncate(Client client, long offset) {
        assertThat(client.streams().truncateStream(client.scope(), "a", cut(client, "a", Map.of(0L, offset))))
                .isTrue();
    }

    private static List<SegmentRange> ranges(Client client, StreamCut from, StreamCut to) {
        List<SegmentRange> ranges = new ArrayList<>();
        client.batches().getSegments(client.named("a"), from, to).getIterator().forEachRemaining(ranges::add);
        return ranges;
    }

    private static List<String> read(Client client, List<SegmentRange> ranges) {
        List<String> events = new ArrayList<>();
        BatchClientFactory batches = client.batches();
        for (SegmentRange range : ranges) {
            try (SegmentIterator<String> segment = batches.readSegment(range, Client.STRINGS)) {
                segment.forEachRemaining(events::add);
            }
        }
        return events;
    }
}
