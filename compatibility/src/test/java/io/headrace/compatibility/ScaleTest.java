/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.compatibility;

import static io.headrace.compatibility.Client.next;
import static io.headrace.compatibility.Client.nothing;
import static io.headrace.compatibility.Failures.failure;
import static io.headrace.compatibility.SegmentIds.id;
import static org.assertj.core.api.Assertions.assertThat;

import io.pravega.client.control.impl.ControllerFailureException;
import io.pravega.client.segment.impl.Segment;
import io.pravega.client.stream.EventStreamReader;
import io.pravega.client.stream.EventStreamWriter;
import io.pravega.client.stream.ReaderGroup;
import io.pravega.client.stream.StreamCut;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.DisplayName;

@DisplayName("Scaling by hand")
class ScaleTest {
    @Case({"SCL-01", "SCL-02"})
    void aSplitIsReadOverACheckpoint(Client client) {
        client.stream("a", 1);
        client.write("a", "1");
        assertThat(SegmentIds.scale(client, "a", List.of(0L), 0.0, 0.5, 1.0)).isTrue();
        assertThat(SegmentIds.current(client, "a")).containsExactly(id(1, 1), id(2, 1));
        client.write("a", "2");
        ReaderGroup group = client.group("g", "a");
        EventStreamReader<String> reader = client.reader("r", "g");
        assertThat(next(reader)).isEqualTo("1");
        nothing(reader);
        CompletableFuture<?> checkpoint = group.initiateCheckpoint("c", client.executor());
        assertThat(reader.readNextEvent(10_000).isCheckpoint()).isTrue();
        assertThat(next(reader)).isEqualTo("2");
        assertThat(checkpoint.orTimeout(30, TimeUnit.SECONDS).join()).isNotNull();
        nothing(reader);
    }

    @Case({"SCL-03", "SCL-04", "SCL-05"})
    void refusals(Client client) {
        client.stream("a", 2);
        assertThat(SegmentIds.startScale(client, "a", List.of(7L), 0.0, 0.5, 1.0)
                        .join())
                .isFalse();
        assertThat(SegmentIds.startScale(client, "a", List.of(0L, 1L), 0.0, 1.0).join())
                .isFalse();
        assertThat(failure(SegmentIds.startScale(client, "a", List.of(0L), 0.0, 0.25)))
                .isInstanceOf(ControllerFailureException.class);
        assertThat(failure(SegmentIds.startScale(client, "a", List.of(0L), 0.0, 0.5, 1.0)))
                .isInstanceOf(ControllerFailureException.class);
        assertThat(SegmentIds.current(client, "a")).containsExactly(0L, 1L);
    }

    @Case("SCL-06")
    void successors(Client client) {
        client.stream("a", 2);
        assertThat(SegmentIds.scale(client, "a", List.of(0L), 0.0, 0.25, 0.5)).isTrue();
        assertThat(SegmentIds.scale(client, "a", List.of(1L, id(2, 1), id(3, 1)), 0.0, 0.6, 1.0))
                .isTrue();
        assertThat(successors(client, 0)).isEqualTo(Map.of(id(2, 1), List.of(0L), id(3, 1), List.of(0L)));
        Map<Long, List<Long>> left = Map.of(id(4, 2), List.of(1L, id(2, 1), id(3, 1)));
        assertThat(successors(client, id(2, 1))).isEqualTo(left);
        assertThat(successors(client, id(3, 1))).isEqualTo(left);
        assertThat(successors(client, 1))
                .isEqualTo(Map.of(id(4, 2), List.of(1L, id(2, 1), id(3, 1)), id(5, 2), List.of(1L)));
        assertThat(successors(client, id(4, 2))).isEmpty();
    }

    @Case("SCL-07")
    void aWriterGoesOn(Client client) throws Exception {
        client.stream("a", 1);
        KeyWriter writer = new KeyWriter(client.writer("a"), 20);
        AtomicBoolean stop = new AtomicBoolean();
        Future<?> writing = client.inBackground(() -> {
            while (!stop.get()) {
                writer.writeRounds(1);
                writer.flush();
            }
        });
        writer.awaitAcknowledged(200, writing);
        assertThat(SegmentIds.scale(client, "a", List.of(0L), 0.0, 0.3, 0.7, 1.0))
                .isTrue();
        writer.awaitAcknowledged(writer.acknowledged() + 200, writing);
        stop.set(true);
        writing.get(30, TimeUnit.SECONDS);
        client.checkpointedGroup("g", "a");
        KeyOrder order = new KeyOrder(20);
        order.read(client.reader("r", "g"), writer.acknowledged());
        order.assertComplete(writer);
    }

    @Case("SCL-08")
    void anIdleWriterFindsTheNewSegments(Client client) {
        client.stream("a", 1);
        EventStreamWriter<String> writer = client.writer("a");
        writer.writeEvent("k", "1").join();
        assertThat(SegmentIds.scale(client, "a", List.of(0L), 0.0, 0.5, 1.0)).isTrue();
        writer.writeEvent("k", "2").join();
        Map<Segment, Long> tail = client.streams()
                .fetchStreamInfo(client.scope(), "a")
                .join()
                .getTailStreamCut()
                .asImpl()
                .getPositions();
        assertThat(tail.values()).containsExactlyInAnyOrder(0L, 9L);
    }

    @Case("SCL-09")
    void oneOfTwoAtOnceWins(Client client) {
        client.stream("a", 1);
        CompletableFuture<Boolean> first = SegmentIds.startScale(client, "a", List.of(0L), 0.0, 0.5, 1.0);
        CompletableFuture<Boolean> second = SegmentIds.startScale(client, "a", List.of(0L), 0.0, 0.3, 0.6, 1.0);
        boolean firstWins = wins(first);
        assertThat(wins(second)).isNotEqualTo(firstWins);
        SegmentIds.awaitCurrent(
                client, "a", firstWins ? Set.of(id(1, 1), id(2, 1)) : Set.of(id(1, 1), id(2, 1), id(3, 1)));
        client.write("a", "works");
    }

    @Case("SCL-10")
    void theStateOfAScaling(Client client) {
        client.stream("a", 1);
        assertThat(client.controller().checkScaleStatus(client.named("a"), 0).join())
                .isFalse();
        SegmentIds.scaleQuickly(client, "a", List.of(0L), Set.of(id(1, 1), id(2, 1)), 0.0, 0.5, 1.0);
        assertThat(client.controller().checkScaleStatus(client.named("a"), 0).join())
                .isTrue();
        assertThat(failure(client.controller().checkScaleStatus(client.named("a"), 5)))
                .isInstanceOf(ControllerFailureException.class);
    }

    @Case({"SCL-11", "SCL-12"})
    void twoLivesOfThreeEpochs(Client client) {
        int first = 0;
        for (int life = 1; life <= 2; life++) {
            client.stream("a", 1);
            client.write("a", "1", "2");
            assertThat(SegmentIds.current(client, "a")).containsExactly(id(first, 0));
            scale(client, List.of(id(first, 0)), Set.of(id(first + 1, 1), id(first + 2, 1)), 0.0, 0.5, 1.0);
            client.write("a", "3", "4");
            scale(client, List.of(id(first + 1, 1), id(first + 2, 1)), Set.of(id(first + 3, 2)), 0.0, 1.0);
            client.write("a", "5", "6");
            client.checkpointedGroup("g" + life, "a");
            EventStreamReader<String> reader = client.reader("r", "g" + life);
            assertThat(next(reader, 6)).containsExactly("1", "2", "3", "4", "5", "6");
            reader.close();
            assertThat(client.streams().sealStream(client.scope(), "a")).isTrue();
            assertThat(client.streams().deleteStream(client.scope(), "a")).isTrue();
            first += 4;
        }
    }

    @Case("SCL-13")
    void tensOfScalings(Client client) {
        client.stream("a", 1);
        StreamCut begin =
                client.streams().fetchStreamInfo(client.scope(), "a").join().getHeadStreamCut();
        long whole = 0;
        Set<Long> all = new TreeSet<>(Set.of(whole));
        for (int i = 0; i < 15; i++) {
            int epoch = 2 * i + 1;
            long left = id(3 * i + 1, epoch);
            long right = id(3 * i + 2, epoch);
            scale(client, List.of(whole), Set.of(left, right), 0.0, 0.5, 1.0);
            whole = id(3 * i + 3, epoch + 1);
            scale(client, List.of(left, right), Set.of(whole), 0.0, 1.0);
            all.addAll(List.of(left, right, whole));
        }
        StreamCut end =
                client.streams().fetchStreamInfo(client.scope(), "a").join().getTailStreamCut();
        Set<Long> found = new TreeSet<>();
        client.controller()
                .getSegments(begin, end)
                .join()
                .getSegments()
                .forEach(segment -> found.add(segment.getSegmentId()));
        assertThat(found).isEqualTo(all);
    }

    @Case("SCL-14")
    void aSealedSegmentIsReadToItsEndFirst(Client client) {
        client.stream("a", 1);
        client.write("a", "1", "2", "3", "4");
        client.checkpointedGroup("g", "a");
        EventStreamReader<String> reader = client.reader("r", "g");
        assertThat(next(reader, 2)).containsExactly("1", "2");
        assertThat(SegmentIds.scale(client, "a", List.of(0L), 0.0, 0.5, 1.0)).isTrue();
        client.write("a", "5", "6");
        assertThat(next(reader, 4)).containsExactly("3", "4", "5", "6");
        nothing(reader);
    }

    private static void scale(Client client, List<Long> sealed, Set<Long> created, double... bounds) {
        SegmentIds.scaleQuickly(client, "a", sealed, created, bounds);
    }

    private static boolean wins(CompletableFuture<Boolean> scale) {
        return scale.handle((accepted, failure) -> failure == null && accepted)
                .orTimeout(30, TimeUnit.SECONDS)
                .join();
    }

    /** The segments after one, each with all segments before it. */
    private static Map<Long, List<Long>> successors(Client client, long segment) {
        Map<Long, List<Long>> successors = new TreeMap<>();
        client.controller()
                .getSuccessors(new Segment(client.scope(), "a", segment))
                .join()
                .getSegmentToPredecessor()
                .forEach((range, predecessors) -> successors.put(
                        range.getSegment().getSegmentId(),
                        predecessors.stream().sorted().toList()));
        return successors;
    }
}
