/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.compatibility;

import static io.headrace.compatibility.Client.sized;
import static io.headrace.compatibility.SegmentIds.cut;
import static org.assertj.core.api.Assertions.assertThat;

import io.pravega.client.BatchClientFactory;
import io.pravega.client.batch.SegmentIterator;
import io.pravega.client.batch.SegmentRange;
import io.pravega.client.batch.impl.SegmentRangeImpl;
import io.pravega.client.segment.impl.Segment;
import io.pravega.client.stream.StreamCut;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Both list the same parts of segments, and each reads those of the other. */
@DisplayName("Batch reading of the reactive client beside the published one")
class ReactiveBatchTest {

    @Test
    void eachReadsWhatTheOtherLists(Client client) {
        client.stream("a", 1);
        client.write("a", sized("0", 30), sized("1", 30), sized("2", 30));
        assertThat(SegmentIds.scale(client, "a", List.of(0L), 0.0, 0.5, 1.0)).isTrue();
        client.write("a", sized("3", 30), sized("4", 30));
        assertThat(client.streams().truncateStream(client.scope(), "a", cut(client, "a", Map.of(0L, 30L))))
                .isTrue();
        String[] events = {sized("1", 30), sized("2", 30), sized("3", 30), sized("4", 30)};

        List<SegmentRange> published = new ArrayList<>();
        client.batches()
                .getSegments(client.named("a"), StreamCut.UNBOUNDED, StreamCut.UNBOUNDED)
                .getIterator()
                .forEachRemaining(published::add);
        List<String[]> reactive = PeerProcess.run(client, "ranges", "a");
        assertThat(reactive.stream().map(words -> String.join(" ", words)))
                .containsExactlyInAnyOrderElementsOf(
                        published.stream().map(ReactiveBatchTest::line).toList());

        Object[] arguments = published.stream()
                .flatMap(range -> List.of(range.getSegmentId(), range.getStartOffset(), range.getEndOffset()).stream())
                .toArray();
        assertThat(PeerProcess.run(client, "read-range", "a", arguments).stream()
                        .map(words -> words[0]))
                .containsExactlyInAnyOrder(events);
        assertThat(read(client, reactive)).containsExactlyInAnyOrder(events);
    }

    private static String line(SegmentRange range) {
        return range.getSegmentId() + " " + range.getStartOffset() + " " + range.getEndOffset();
    }

    private static List<String> read(Client client, List<String[]> ranges) {
        List<String> events = new ArrayList<>();
        BatchClientFactory batches = client.batches();
        for (String[] range : ranges) {
            SegmentRange same = SegmentRangeImpl.builder()
                    .segment(new Segment(client.scope(), "a", Long.parseLong(range[0])))
                    .startOffset(Long.parseLong(range[1]))
                    .endOffset(Long.parseLong(range[2]))
                    .build();
            try (SegmentIterator<String> segment = batches.readSegment(same, Client.STRINGS)) {
                segment.forEachRemaining(events::add);
            }
        }
        return events;
    }
}
