/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.compatibility;

import static io.headrace.compatibility.Client.next;
import static io.headrace.compatibility.Client.nothing;
import static io.headrace.compatibility.Client.sized;
import static io.headrace.compatibility.SegmentIds.cut;
import static io.headrace.compatibility.SegmentIds.id;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pravega.client.segment.impl.Segment;
import io.pravega.client.stream.Checkpoint;
import io.pravega.client.stream.EventRead;
import io.pravega.client.stream.EventStreamReader;
import io.pravega.client.stream.ReaderGroup;
import io.pravega.client.stream.ReaderGroupConfig;
import io.pravega.client.stream.ReinitializationRequiredException;
import io.pravega.client.stream.Stream;
import io.pravega.client.stream.StreamCut;
import io.pravega.client.stream.TruncatedDataException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayName;

@DisplayName("Stream cuts and bounded reads")
class CutTest {
    @Case("CUT-01")
    void aCutNamesWhatIsRead(Client client) {
        client.stream("a", 3);
        ReaderGroup group = client.group("g", "a");
        EventStreamReader<String> reader = client.reader("r", "g");
        nothing(reader);
        client.checkpoint(group, reader, "c");
        Map<Stream, StreamCut> cuts = group.getStreamCuts();
        assertThat(cuts).containsOnlyKeys(client.named("a"));
        assertThat(positions(client, cuts))
                .isEqualTo(Map.of(segment(client, 0), 0L, segment(client, 1), 0L, segment(client, 2), 0L));
    }

    @Case("CUT-02")
    void cutsFollowSplitsAndMerges(Client client) {
        client.stream("a", 1);
        client.write("a", sized("1", 30));
        ReaderGroup group = client.group("g", "a");
        EventStreamReader<String> reader = client.reader("r", "g");
        assertThat(next(reader)).isEqualTo(sized("1", 30));
        assertThat(SegmentIds.scale(client, "a", List.of(0L), 0.0, 0.5, 1.0)).isTrue();
        readToTheEnd(client, group, reader, "c1");
        assertThat(positions(client, group.getStreamCuts()))
                .isEqualTo(Map.of(segment(client, id(1, 1)), 0L, segment(client, id(2, 1)), 0L));
        assertThat(SegmentIds.scale(client, "a", List.of(id(1, 1), id(2, 1)), 0.0, 1.0))
                .isTrue();
        readToTheEnd(client, group, reader, "c2");
        assertThat(positions(client, group.getStreamCuts())).isEqualTo(Map.of(segment(client, id(3, 2)), 0L));
    }

    @Case({"CUT-03", "CUT-04"})
    void generatedCutsHaveTheOffsetsRead(Client client) throws Exception {
        client.stream("a", 1);
        client.write("a", sized("1", 30), sized("2", 30));
        ReaderGroup group = client.group("g", "a");
        EventStreamReader<String> reader = client.reader("r", "g");
        assertThat(next(reader)).isEqualTo(sized("1", 30));
        CompletableFuture<Map<Stream, StreamCut>> first = group.generateStreamCuts(client.executor());
        assertThat(next(reader)).isEqualTo(sized("2", 30));
        assertThat(offset(client, first)).isEqualTo(30);
        CompletableFuture<Map<Stream, StreamCut>> second = group.generateStreamCuts(client.executor());
        nothing(reader);
        assertThat(offset(client, second)).isEqualTo(60);
    }

    @Case("CUT-05")
    void generatedCutsAfterAScaling(Client client) throws Exception {
        client.stream("a", 2);
        client.write("a", sized("1", 30));
        ReaderGroup group = client.group("g", "a");
        EventStreamReader<String> reader = client.reader("r", "g");
        assertThat(next(reader)).isEqualTo(sized("1", 30));
        assertThat(SegmentIds.scale(client, "a", List.of(0L, 1L), 0.0, 0.3, 0.6, 1.0))
                .isTrue();
        readToTheEnd(client, group, reader, "c");
        CompletableFuture<Map<Stream, StreamCut>> cuts = group.generateStreamCuts(client.executor());
        nothing(reader);
        assertThat(positions(client, cuts.get(30, TimeUnit.SECONDS)))
                .isEqualTo(Map.of(
                        segment(client, id(2, 1)), 0L, segment(client, id(3, 1)), 0L, segment(client, id(4, 1)), 0L));
    }

    @Case("CUT-06")
    void asText(Client client) {
        client.stream("a", 2);
        StreamCut cut = cut(client, "a", Map.of(0L, 60L, 1L, 30L));
        assertThat(StreamCut.from(cut.asText())).isEqualTo(cut);
        assertThat(StreamCut.from(StreamCut.UNBOUNDED.asText())).isEqualTo(StreamCut.UNBOUNDED);
        StreamCut head =
                client.streams().fetchStreamInfo(client.scope(), "a").join().getHeadStreamCut();
        assertThat(StreamCut.from(head.asText())).isEqualTo(head);
        assertThat(StreamCut.fromBytes(head.toBytes())).isEqualTo(head);
    }

    @Case({"CUT-07", "BND-02"})
    void slicesMakeTheWhole(Client client) {
        client.stream("a", 1);
        List<StreamCut> cuts = new ArrayList<>(List.of(StreamCut.UNBOUNDED));
        for (int i = 0; i < 4; i++) {
            client.write("a", sized(i + ".1", 30), sized(i + ".2", 30));
            cuts.add(
                    client.streams().fetchStreamInfo(client.scope(), "a").join().getTailStreamCut());
        }
        for (int i = 0; i < 4; i++) {
            client.group("g" + i, between(client, cuts.get(i), cuts.get(i + 1)));
            EventStreamReader<String> reader = client.reader("r", "g" + i);
            assertThat(next(reader, 2)).containsExactly(sized(i + ".1", 30), sized(i + ".2", 30));
            nothing(reader);
        }
        client.group("same", between(client, cuts.get(2), cuts.get(2)));
        nothing(client.reader("r", "same"));
    }

    @Case("CUT-08")
    void validity(Client client) {
        client.stream("a", 2);
        assertThat(SegmentIds.scale(client, "a", List.of(0L), 0.0, 0.25, 0.5)).isTrue();
        assertThat(truncates(client, Map.of(0L, 0L, 1L, 0L))).isTrue();
        assertThat(truncates(client, Map.of(id(2, 1), 0L, 1L, 0L))).isFalse();
        assertThat(truncates(client, Map.of(id(2, 1), 0L, id(3, 1), 0L, 0L, 0L)))
                .isFalse();
        assertThat(truncates(client, Map.of(id(2, 1), 0L, id(3, 1), 0L, 1L, 0L)))
                .isTrue();
    }

    @Case("CUT-09")
    void aGroupResetToAKeptCut(Client client) {
        client.stream("a", 1);
        client.write("a", sized("1", 30), sized("2", 30));
        ReaderGroup group = client.group("g", "a");
        EventStreamReader<String> reader = client.reader("r", "g");
        assertThat(next(reader)).isEqualTo(sized("1", 30));
        Map<Stream, StreamCut> kept = Map.of(client.named("a"), cut(client, "a", Map.of(0L, 30L)));
        assertThat(next(reader)).isEqualTo(sized("2", 30));
        group.resetReaderGroup(ReaderGroupConfig.builder()
                .disableAutomaticCheckpoints()
                .startFromStreamCuts(kept)
                .build());
        assertThat(next(client.reader("r2", "g"))).isEqualTo(sized("2", 30));
    }

    @Case("BND-01")
    void anEndCutEndsOneStream(Client client) {
        client.stream("a", 1);
        client.stream("b", 1);
        client.write("a", sized("1", 30), sized("2", 30), sized("3", 30), sized("4", 30));
        client.group(
                "g",
                ReaderGroupConfig.builder().disableAutomaticCheckpoints().groupRefreshTimeMillis(1).stream(
                                client.named("a"), StreamCut.UNBOUNDED, cut(client, "a", Map.of(0L, 60L)))
                        .stream(client.named("b"))
                        .build());
        EventStreamReader<String> reader = client.reader("r", "g");
        assertThat(next(reader, 2)).containsExactly(sized("1", 30), sized("2", 30));
        nothing(reader);
        client.write("b", "b1", "b2");
        assertThat(next(reader, 2)).containsExactly("b1", "b2");
        nothing(reader);
    }

    @Case({"BND-03", "BND-04"})
    void boundsOverASplit(Client client) {
        client.stream("a", 1);
        client.write("a", sized("1", 30), sized("2", 30));
        assertThat(SegmentIds.scale(client, "a", List.of(0L), 0.0, 0.3, 0.6, 1.0))
                .isTrue();
        client.write("a", sized("3", 30), sized("4", 30), sized("5", 30));
        ReaderGroup group = client.group("g", between(client, StreamCut.UNBOUNDED, cut(client, "a", Map.of(0L, 60L))));
        EventStreamReader<String> reader = client.reader("r", "g");
        assertThat(next(reader, 2)).containsExactly(sized("1", 30), sized("2", 30));
        nothing(reader);

        group.resetReaderGroup(between(
                client,
                cut(client, "a", Map.of(0L, 60L)),
                cut(client, "a", Map.of(id(1, 1), 90L, id(2, 1), 90L, id(3, 1), 90L))));
        assertReinitialization(reader);
        EventStreamReader<String> again = client.reader("r2", "g");
        List<String> events = new ArrayList<>(readToTheEnd(client, group, again, "c"));
        events.addAll(next(again, 3 - events.size()));
        assertThat(events).containsExactly(sized("3", 30), sized("4", 30), sized("5", 30));
        nothing(again);
    }

    @Case("BND-05")
    void truncationInsideTheBounds(Client client) {
        client.stream("a", 1);
        client.write("a", sized("1", 30), sized("2", 30), sized("3", 30), sized("4", 30));
        StreamCut start = cut(client, "a", Map.of(0L, 30L));
        ReaderGroup group = client.group("g", between(client, start, cut(client, "a", Map.of(0L, 60L))));
        EventStreamReader<String> reader = client.reader("r", "g");
        assertThat(next(reader)).isEqualTo(sized("2", 30));
        nothing(reader);
        assertThat(truncates(client, Map.of(0L, 60L))).isTrue();
        group.resetReaderGroup(between(client, start, StreamCut.UNBOUNDED));
        assertReinitialization(reader);
        EventStreamReader<String> again = client.reader("r2", "g");
        assertThatThrownBy(() -> again.readNextEvent(10_000)).isInstanceOf(TruncatedDataException.class);
        assertThat(next(again)).isEqualTo(sized("3", 30));
    }

    @Case("BND-06")
    void completion(Client client) {
        client.stream("a", 1);
        client.write("a", "1");
        assertThat(client.streams().sealStream(client.scope(), "a")).isTrue();
        ReaderGroup group = client.group("g", "a");
        EventStreamReader<String> reader = client.reader("r", "g");
        assertThat(next(reader)).isEqualTo("1");
        assertThat(reader.readNextEvent(500).isReadCompleted()).isFalse();
        Checkpoint checkpoint = client.checkpoint(group, reader, "c");
        assertThat(checkpoint.getName()).isEqualTo("c");
        EventRead<String> read = reader.readNextEvent(500);
        assertThat(read.getEvent()).isNull();
        assertThat(read.isReadCompleted()).isTrue();
    }

    /**
     * Reads to the end of sealed segments, which ends them at the next checkpoint, and takes up their successors.
     *
     * @return what the first of these has brought by then, if it was that fast
     */
    private static List<String> readToTheEnd(
            Client client, ReaderGroup group, EventStreamReader<String> reader, String checkpoint) {
        nothing(reader);
        CompletableFuture<Checkpoint> passed = group.initiateCheckpoint(checkpoint, client.executor());
        assertThat(reader.readNextEvent(10_000).isCheckpoint()).isTrue();
        String event = reader.readNextEvent(0).getEvent();
        assertThat(passed.orTimeout(30, TimeUnit.SECONDS).join()).isNotNull();
        return event == null ? List.of() : List.of(event);
    }

    private static ReaderGroupConfig between(Client client, StreamCut from, StreamCut to) {
        return ReaderGroupConfig.builder().disableAutomaticCheckpoints().groupRefreshTimeMillis(1).stream(
                        client.named("a"), from, to)
                .build();
    }

    private static boolean truncates(Client client, Map<Long, Long> offsets) {
        try {
            return client.streams().truncateStream(client.scope(), "a", cut(client, "a", offsets));
        } catch (RuntimeException refused) {
            return false;
        }
    }

    private static long offset(Client client, CompletableFuture<Map<Stream, StreamCut>> cuts) {
        return positions(client, cuts.orTimeout(30, TimeUnit.SECONDS).join()).getOrDefault(segment(client, 0), -2L);
    }

    private static Map<Segment, Long> positions(Client client, Map<Stream, StreamCut> cuts) {
        return Objects.requireNonNull(cuts.get(client.named("a")), "no cut of stream a")
                .asImpl()
                .getPositions();
    }

    private static Segment segment(Client client, long id) {
        return new Segment(client.scope(), "a", id);
    }

    private static void assertReinitialization(EventStreamReader<String> reader) {
        assertThatThrownBy(() -> {
                    for (int i = 0; i < 10; i++) {
                        assertThat(reader.readNextEvent(2000)).isNotNull();
                    }
                })
                .isInstanceOf(ReinitializationRequiredException.class);
    }
}
