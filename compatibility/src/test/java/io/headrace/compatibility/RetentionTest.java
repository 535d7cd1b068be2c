/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.compatibility;

import static io.headrace.compatibility.Client.next;
import static io.headrace.compatibility.Client.sized;
import static io.headrace.compatibility.Failures.failure;
import static io.headrace.compatibility.SegmentIds.cut;
import static io.headrace.compatibility.SegmentIds.id;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.pravega.client.segment.impl.NoSuchSegmentException;
import io.pravega.client.segment.impl.SegmentMetadataClient;
import io.pravega.client.stream.EventStreamReader;
import io.pravega.client.stream.EventStreamWriter;
import io.pravega.client.stream.ReaderGroup;
import io.pravega.client.stream.ReaderGroupConfig;
import io.pravega.client.stream.ReaderGroupConfig.StreamDataRetention;
import io.pravega.client.stream.RetentionPolicy;
import io.pravega.client.stream.ScalingPolicy;
import io.pravega.client.stream.StreamConfiguration;
import io.pravega.client.stream.TruncatedDataException;
import io.pravega.client.stream.impl.StreamSegments;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;

/** Needs a server that looks at its streams every second or so. */
@DisplayName("Retention")
class RetentionTest {
    private static final Duration PATIENCE = Duration.ofSeconds(90);
    private static final Map<Long, Long> BEGINNING = Map.of(0L, 0L);

    @BeforeAll
    static void headraceOnly() {
        assumeThat(Server.isHeadrace()).as("the period is short").isTrue();
    }

    @Case("RET-01")
    void byTime(Client client) throws Exception {
        stream(client, "a", RetentionPolicy.byTime(Duration.ofSeconds(1)));
        client.write("a", sized("old", 30));
        assertThat(awaitHead(client, "a", head -> !head.equals(BEGINNING))).isEqualTo(Map.of(0L, 30L));
        client.group("g", "a");
        EventStreamReader<String> reader = client.reader("r", "g");
        String first = null;
        for (int i = 0; first == null; i++) {
            client.write("a", sized("new " + i, 30));
            first = nextOrTruncated(reader);
        }
        assertThat(first).startsWith("new ");
    }

    @Case({"RET-02", "RET-08"})
    void bySize(Client client) throws Exception {
        stream(client, "a", RetentionPolicy.bySizeBytes(10));
        client.group("silent", group(client, StreamDataRetention.MANUAL_RELEASE_AT_USER_STREAMCUT));
        assertThat(writeUntilTruncated(client, "a")).isGreaterThan(1);
        client.write("a", sized("last", 30));
        assertThat(readTo(client, sized("last", 30))).doesNotContain(sized("0.", 30));
    }

    @Case("RET-03")
    void atTheLastCheckpoint(Client client) throws Exception {
        stream(client, "a", RetentionPolicy.bySizeBytes(10));
        ReaderGroup group = client.group("g", group(client, StreamDataRetention.AUTOMATIC_RELEASE_AT_LAST_CHECKPOINT));
        EventStreamReader<String> reader = client.reader("r", "g");
        client.write("a", sized("1", 30));
        assertThat(next(reader)).isEqualTo(sized("1", 30));
        client.checkpoint(group, reader, "c");
        client.write("a", sized("2", 30));
        assertThat(next(reader)).isEqualTo(sized("2", 30));
        assertThat(awaitHead(client, "a", head -> !head.equals(BEGINNING))).isEqualTo(Map.of(0L, 30L));
        client.group("h", "a");
        assertThat(next(client.reader("s", "h"))).isEqualTo(sized("2", 30));
    }

    @Case({"RET-04", "RET-09"})
    void atACutByHand(Client client) throws Exception {
        stream(client, "a", RetentionPolicy.bySizeBytes(10));
        ReaderGroup group = client.group("g", group(client, StreamDataRetention.MANUAL_RELEASE_AT_USER_STREAMCUT));
        release(client, group, BEGINNING);
        client.write("a", sized("1", 30), sized("2", 30));
        release(client, group, Map.of(0L, 30L));
        awaitHead(client, "a", head -> head.equals(Map.of(0L, 30L)));
        client.group("h", "a");
        assertThat(next(client.reader("s", "h"))).isEqualTo(sized("2", 30));
        assertThatThrownBy(() -> release(client, group, Map.of(0L, 0L))).isInstanceOf(IllegalArgumentException.class);
        release(client, group, Map.of(0L, 30L));
    }

    @Case({"RET-05", "RET-15"})
    void aSlowSubscriberKeepsItsData(Client client) throws Exception {
        stream(client, "a", RetentionPolicy.bySizeBytes(10, 100_000));
        stream(client, "unlimited", RetentionPolicy.bySizeBytes(10));
        for (String name : List.of("a", "unlimited")) {
            ReaderGroup group = client.group(
                    "of-" + name, group(client, StreamDataRetention.MANUAL_RELEASE_AT_USER_STREAMCUT, name));
            group.updateRetentionStreamCut(Map.of(client.named(name), cut(client, name, Map.of(0L, 30L))));
            client.write(name, sized("1", 30), sized("2", 30), sized("3", 30), sized("4", 30));
        }
        letRetentionWork(client);
        assertThat(head(client, "a")).isEqualTo(Map.of(0L, 30L));
        assertThat(head(client, "unlimited")).isEqualTo(Map.of(0L, 30L));
    }

    @Case("RET-06")
    void butNotAboveTheMaximum(Client client) throws Exception {
        stream(client, "a", RetentionPolicy.bySizeBytes(10, 100));
        ReaderGroup group = client.group("g", group(client, StreamDataRetention.MANUAL_RELEASE_AT_USER_STREAMCUT));
        release(client, group, Map.of(0L, 30L));
        for (int i = 0; offset(client) <= 30; i++) {
            client.write("a", sized(i + ".", 30));
            TimeUnit.MILLISECONDS.sleep(50);
        }
    }

    @Case("RET-07")
    void twoSubscribersInTwoEpochs(Client client) throws Exception {
        stream(client, "a", RetentionPolicy.bySizeBytes(1));
        ReaderGroup behind = client.group("g", group(client, StreamDataRetention.MANUAL_RELEASE_AT_USER_STREAMCUT));
        release(client, behind, BEGINNING);
        client.write("a", sized("1", 30), sized("2", 30));
        assertThat(SegmentIds.scale(client, "a", List.of(0L), 0.0, 0.5, 1.0)).isTrue();
        client.write("a", sized("3", 30));
        ReaderGroup ahead = client.group("h", group(client, StreamDataRetention.MANUAL_RELEASE_AT_USER_STREAMCUT));
        release(client, behind, Map.of(0L, 30L));
        Map<Long, Long> next = Map.of(id(1, 1), 0L, id(2, 1), 0L);
        release(client, ahead, next);
        awaitHead(client, "a", head -> head.equals(Map.of(0L, 30L)));
        letRetentionWork(client);
        assertThat(head(client, "a")).isEqualTo(Map.of(0L, 30L));
        release(client, behind, next);
        awaitHead(client, "a", head -> head.equals(next));
    }

    @Case("RET-10")
    void aPlainGroupHasNoSay(Client client) {
        client.stream("a", 1);
        ReaderGroup group = client.group("g", "a");
        assertThatThrownBy(() -> release(client, group, Map.of(0L, 0L)))
                .isInstanceOf(UnsupportedOperationException.class);
    }

    @Case("RET-11")
    void othersHaveNoSayEither(Client client) {
        client.stream("a", 1);
        client.write("a", sized("1", 30), sized("2", 30));
        client.group("g", group(client, StreamDataRetention.MANUAL_RELEASE_AT_USER_STREAMCUT));
        ReaderGroupConfig config =
                client.controller().getReaderGroupConfig(client.scope(), "g").join();
        UUID id = config.getReaderGroupId();
        long generation = config.getGeneration();
        assertThat(refusal(client, "g", id, generation + 1)).contains("Invalid generation");
        assertThat(refusal(client, "g", UUID.randomUUID(), generation)).contains("Subscriber does not exist");
        assertThat(refusal(client, "nobody", id, generation)).contains("Subscriber does not exist");
        assertThat(say(client, "g", id, generation).join()).isTrue();
    }

    private static String refusal(Client client, String group, UUID id, long generation) {
        Throwable failure = failure(say(client, group, id, generation));
        assertThat(failure).isInstanceOf(IllegalArgumentException.class);
        return String.valueOf(failure.getMessage());
    }

    /** Says that a group needs nothing of the first 30 bytes. */
    private static CompletableFuture<Boolean> say(Client client, String group, UUID id, long generation) {
        return client.controller()
                .updateSubscriberStreamCut(
                        client.scope(),
                        "a",
                        client.scope() + "/" + group,
                        id,
                        generation,
                        cut(client, "a", Map.of(0L, 30L)));
    }

    @Case("RET-12")
    void aPolicyThatIsRemovedTruncatesNoMore(Client client) throws Exception {
        stream(client, "a", RetentionPolicy.bySizeBytes(10));
        writeUntilTruncated(client, "a");
        assertThat(client.streams().updateStream(client.scope(), "a", Client.fixed(1)))
                .isTrue();
        Map<Long, Long> head = head(client, "a");
        client.write("a", sized("more", 30), sized("still more", 30));
        letRetentionWork(client);
        assertThat(head(client, "a")).isEqualTo(head);
    }

    @Case("RET-13")
    void overAScaling(Client client) throws Exception {
        stream(client, "a", RetentionPolicy.bySizeBytes(10));
        client.write("a", sized("1", 30));
        assertThat(SegmentIds.scale(client, "a", List.of(0L), 0.0, 0.5, 1.0)).isTrue();
        for (int i = 0; head(client, "a").containsKey(0L); i++) {
            client.write("a", sized(i + ".", 30));
            TimeUnit.MILLISECONDS.sleep(50);
        }
        assertThat(head(client, "a")).containsOnlyKeys(id(1, 1), id(2, 1));
        awaitGone(client.segment("a", 0));
        assertThat(SegmentIds.successors(client, "a", 0)).containsExactly(id(1, 1), id(2, 1));
        client.write("a", sized("last", 30));
        assertThat(readTo(client, sized("last", 30))).doesNotContain(sized("1", 30));
    }

    /** The stream is sampled after each of these steps. A sample is missed if the server does nothing for a while. */
    @Case("RET-14")
    void samplesThatOverlapTheCut(Client client) throws Exception {
        stream(client, "a", 2, RetentionPolicy.bySizeBytes(150));
        ReaderGroup group = client.group("g", group(client, StreamDataRetention.MANUAL_RELEASE_AT_USER_STREAMCUT));
        release(client, group, Map.of(0L, 0L, 1L, 0L));
        try (EventStreamWriter<String> writer = client.writer("a")) {
            int[][] events = {{1, 0}, {0, 1}, {1, 0}, {0, 1}, {2, 2}};
            for (int[] step : events) {
                write(client, writer, 0, step[0]);
                write(client, writer, 1, step[1]);
                letRetentionWork(client);
            }
        }
        assertThat(head(client, "a")).isEqualTo(Map.of(0L, 0L, 1L, 0L));
        // The samples are 30+0, 30+30, 60+30, 60+60 and 120+120. The third is where 150 bytes are left.
        release(client, group, Map.of(0L, 30L, 1L, 90L));
        Map<Long, Long> head = awaitHead(client, "a", now -> !now.equals(Map.of(0L, 0L, 1L, 0L)));
        assertThat(head).isIn(Map.of(0L, 30L, 1L, 30L), Map.of(0L, 30L, 1L, 0L));
        letRetentionWork(client);
        assertThat(head(client, "a")).isEqualTo(head);
    }

    /** Writes events of 30 bytes to a segment. */
    private static void write(Client client, EventStreamWriter<String> writer, long segment, int count) {
        StreamSegments segments =
                client.controller().getCurrentSegments(client.scope(), "a").join();
        String key = IntStream.iterate(0, i -> i + 1)
                .mapToObj(i -> "k" + i)
                .filter(k -> segments.getSegmentForKey(k).getSegmentId() == segment)
                .findFirst()
                .orElseThrow();
        for (int i = 0; i < count; i++) {
            writer.writeEvent(key, sized("", 30)).join();
        }
    }

    private static void stream(Client client, String name, RetentionPolicy policy) {
        stream(client, name, 1, policy);
    }

    private static void stream(Client client, String name, int segments, RetentionPolicy policy) {
        client.createScope();
        StreamConfiguration configuration = StreamConfiguration.builder()
                .scalingPolicy(ScalingPolicy.fixed(segments))
                .retentionPolicy(policy)
                .build();
        assertThat(client.streams().createStream(client.scope(), name, configuration))
                .isTrue();
    }

    private static ReaderGroupConfig group(Client client, StreamDataRetention type) {
        return group(client, type, "a");
    }

    private static ReaderGroupConfig group(Client client, StreamDataRetention type, String stream) {
        return ReaderGroupConfig.builder()
                .disableAutomaticCheckpoints()
                .groupRefreshTimeMillis(1)
                .retentionType(type)
                .stream(client.named(stream))
                .build();
    }

    private static void release(Client client, ReaderGroup group, Map<Long, Long> offsets) {
        group.updateRetentionStreamCut(Map.of(client.named("a"), cut(client, "a", offsets)));
    }

    private static Map<Long, Long> head(Client client, String stream) {
        Map<Long, Long> offsets = new HashMap<>();
        client.streams()
                .fetchStreamInfo(client.scope(), stream)
                .join()
                .getHeadStreamCut()
                .asImpl()
                .getPositions()
                .forEach((segment, offset) -> offsets.put(segment.getSegmentId(), offset));
        return offsets;
    }

    private static long offset(Client client) {
        return head(client, "a").getOrDefault(0L, 0L);
    }

    private static Map<Long, Long> awaitHead(Client client, String stream, Predicate<Map<Long, Long>> condition)
            throws InterruptedException {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        Map<Long, Long> head = head(client, stream);
        while (!condition.test(head)) {
            assertThat(System.nanoTime()).as("the head is still %s", head).isLessThan(deadline);
            TimeUnit.MILLISECONDS.sleep(50);
            head = head(client, stream);
        }
        return head;
    }

    /** What a new group reads up to an event that is not truncated. */
    private static List<String> readTo(Client client, String last) {
        client.group("all", "a");
        EventStreamReader<String> reader = client.reader("r", "all");
        List<String> events = new ArrayList<>();
        while (!events.contains(last)) {
            String event = nextOrTruncated(reader);
            if (event != null) {
                events.add(event);
            }
        }
        return events;
    }

    /** The next event; null if none comes soon, or retention has overtaken the reader. */
    private static @Nullable String nextOrTruncated(EventStreamReader<String> reader) {
        try {
            return reader.readNextEvent(200).getEvent();
        } catch (TruncatedDataException e) {
            return null;
        }
    }

    /** Writes events of 30 bytes until the head moves; returns their number. */
    private static int writeUntilTruncated(Client client, String stream) throws InterruptedException {
        Map<Long, Long> before = head(client, stream);
        int written = 0;
        while (head(client, stream).equals(before)) {
            client.write(stream, sized(written++ + ".", 30));
            TimeUnit.MILLISECONDS.sleep(50);
        }
        return written;
    }

    /** Returns when another stream has been truncated twice: then each stream has been looked at. */
    private static void letRetentionWork(Client client) throws InterruptedException {
        if (!client.streams().checkStreamExists(client.scope(), "clock")) {
            stream(client, "clock", RetentionPolicy.bySizeBytes(1));
        }
        writeUntilTruncated(client, "clock");
        writeUntilTruncated(client, "clock");
    }

    private static void awaitGone(SegmentMetadataClient segment) throws InterruptedException {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (segment.getSegmentInfo().handle((info, error) -> error == null).join()) {
            assertThat(System.nanoTime()).as("the segment is still there").isLessThan(deadline);
            TimeUnit.MILLISECONDS.sleep(50);
        }
        assertThat(failure(segment.getSegmentInfo())).isInstanceOf(NoSuchSegmentException.class);
    }
}
