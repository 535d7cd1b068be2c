/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.compatibility;

import static io.headrace.compatibility.Client.next;
import static io.headrace.compatibility.Client.nextRead;
import static io.headrace.compatibility.Client.nothing;
import static io.headrace.compatibility.Client.sized;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pravega.client.stream.ConfigMismatchException;
import io.pravega.client.stream.EventRead;
import io.pravega.client.stream.EventStreamReader;
import io.pravega.client.stream.InvalidStreamException;
import io.pravega.client.stream.Position;
import io.pravega.client.stream.ReaderGroup;
import io.pravega.client.stream.ReaderGroupConfig;
import io.pravega.client.stream.ReaderGroupConfig.StreamDataRetention;
import io.pravega.client.stream.ReaderGroupNotFoundException;
import io.pravega.client.stream.ReinitializationRequiredException;
import io.pravega.client.stream.Stream;
import io.pravega.client.stream.StreamCut;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayName;

@DisplayName("Reader groups")
class GroupTest {
    @Case("RGP-01")
    void createdTwiceWithOneConfiguration(Client client) {
        client.stream("a", 1);
        assertThat(client.groups().createReaderGroup("g", over(client, "a"))).isTrue();
        assertThat(client.groups().createReaderGroup("g", over(client, "a"))).isTrue();
    }

    @Case("RGP-02")
    void anotherConfigurationIsRefused(Client client) {
        client.stream("a", 1);
        client.stream("b", 1);
        assertThat(client.groups().createReaderGroup("g", over(client, "a"))).isTrue();
        assertThatThrownBy(() -> client.groups().createReaderGroup("g", over(client, "b")))
                .isInstanceOf(ConfigMismatchException.class);
    }

    @Case("RGP-03")
    void createdAgainAfterAReset(Client client) {
        client.stream("a", 1);
        ReaderGroup group = client.group("g", over(client, "a"));
        group.resetReaderGroup(over(client, "a"));
        assertThat(client.groups().createReaderGroup("g", over(client, "a"))).isFalse();
    }

    @Case("RGP-04")
    void badNamesAndMissingScopes(Client client) {
        assertThatThrownBy(() -> client.groups().createReaderGroup("g", over(client.other(), "a")))
                .isInstanceOf(IllegalArgumentException.class);
        client.stream("a", 1);
        assertThatThrownBy(() -> client.groups().createReaderGroup("bad name", over(client, "a")))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Case({"RGP-05", "RGP-06", "RGP-08"})
    void anAbsentGroup(Client client) {
        client.createScope();
        assertThatThrownBy(() -> client.groups().getReaderGroup("g")).isInstanceOf(ReaderGroupNotFoundException.class);
        assertThatThrownBy(() -> client.groups().deleteReaderGroup("g"))
                .isInstanceOf(RuntimeException.class)
                .hasRootCauseInstanceOf(ReaderGroupNotFoundException.class);
        assertThatThrownBy(() -> client.reader("r", "g")).isInstanceOf(InvalidStreamException.class);
    }

    @Case("RGP-07")
    void aDeletedGroupStartsAnew(Client client) {
        client.stream("a", 1);
        client.write("a", "1", "2");
        client.group("g", "a");
        try (EventStreamReader<String> reader = client.reader("r", "g")) {
            assertThat(next(reader, 2)).containsExactly("1", "2");
        }
        client.groups().deleteReaderGroup("g");
        client.group("g", "a");
        assertThat(next(client.reader("r", "g"), 2)).containsExactly("1", "2");
    }

    @Case("RGP-09")
    void noGroupOverAMissingStream(Client client) {
        client.createScope();
        assertThatThrownBy(() -> client.group("g", "absent")).isInstanceOf(InvalidStreamException.class);
    }

    @Case({"RGP-10", "RGP-28"})
    void twoReadersShareTwoSegments(Client client) {
        client.stream("a", 2);
        ReaderGroup group = client.group("g", checkpointing(client));
        EventStreamReader<String> first = client.reader("r1", "g");
        nothing(first);
        EventStreamReader<String> second = client.reader("r2", "g");
        assertThat(group.getOnlineReaders()).containsExactlyInAnyOrder("r1", "r2");
        Map<String, Integer> shares = Map.of();
        for (int i = 0; i < 60 && !shares.equals(Map.of("r1", 1, "r2", 1)); i++) {
            assertThat(first.readNextEvent(500).getEvent()).isNull();
            assertThat(second.readNextEvent(500).getEvent()).isNull();
            shares = group.getReaderSegmentDistribution().getReaderSegmentDistribution();
        }
        assertThat(shares).isEqualTo(Map.of("r1", 1, "r2", 1));
        assertThat(group.getReaderSegmentDistribution().getUnassignedSegments()).isZero();
    }

    @Case({"RGP-11", "WR-02"})
    void fewerReadersThanSegments(Client client) throws Exception {
        readByMany(client, 5, 2);
    }

    @Case({"RGP-11", "WR-02"})
    void moreReadersThanSegments(Client client) throws Exception {
        readByMany(client, 2, 4);
    }

    @Case("RGP-12")
    void severalStreamsAndScopes(Client client) {
        client.stream("a", 1);
        client.stream("b", 2);
        Client other = client.other();
        other.stream("c", 1);
        client.write("a", "a1");
        client.write("b", "b1");
        other.write("c", "c1");
        client.group(
                "g",
                ReaderGroupConfig.builder().disableAutomaticCheckpoints().stream(client.named("a")).stream(
                                client.named("b"))
                        .stream(other.named("c"))
                        .build());
        assertThat(next(client.reader("r", "g"), 3)).containsExactlyInAnyOrder("a1", "b1", "c1");
    }

    @Case("RGP-13")
    void aClosedReaderIsTakenOverFrom(Client client) {
        client.stream("a", 1);
        client.write("a", "1", "2", "3", "4");
        client.group("g", "a");
        EventStreamReader<String> first = client.reader("r1", "g");
        assertThat(next(first, 2)).containsExactly("1", "2");
        first.close();
        assertThat(next(client.reader("r2", "g"), 2)).containsExactly("3", "4");
    }

    @Case({"RGP-13", "RGP-15"})
    void aReaderDeclaredOfflineIsTakenOverFromAndTold(Client client) {
        client.stream("a", 1);
        client.write("a", "1", "2", "3", "4");
        ReaderGroup group = client.group("g", "a");
        EventStreamReader<String> first = client.reader("r1", "g");
        Position position = nextRead(first).getPosition();
        assertThat(next(first)).isEqualTo("2");
        group.readerOffline("r1", position);
        assertThat(next(client.reader("r2", "g"), 3)).containsExactly("2", "3", "4");
        assertThatThrownBy(() -> {
                    for (int i = 0; i < 10; i++) {
                        assertThat(first.readNextEvent(2000)).isNotNull();
                    }
                })
                .isInstanceOf(ReinitializationRequiredException.class);
    }

    @Case("RGP-13")
    void withoutPositionTheLastCheckpointCounts(Client client) throws Exception {
        client.stream("a", 1);
        client.write("a", "1", "2", "3");
        ReaderGroup group = client.group("g", "a");
        EventStreamReader<String> first = client.reader("r1", "g");
        assertThat(next(first)).isEqualTo("1");
        CompletableFuture<?> checkpoint = group.initiateCheckpoint("c", client.executor());
        EventRead<String> read = first.readNextEvent(10_000);
        assertThat(read.isCheckpoint()).isTrue();
        assertThat(next(first, 2)).containsExactly("2", "3");
        assertThat(checkpoint.get(30, TimeUnit.SECONDS)).isNotNull();
        group.readerOffline("r1", null);
        assertThat(next(client.reader("r2", "g"), 2)).containsExactly("2", "3");
    }

    @Case("RGP-14")
    void aSilentCheckpointMovesNoTakeOver(Client client) throws Exception {
        client.stream("a", 1);
        client.write("a", "1", "2", "3");
        ReaderGroup group = client.group("g", "a");
        EventStreamReader<String> first = client.reader("r1", "g");
        assertThat(next(first)).isEqualTo("1");
        CompletableFuture<?> checkpoint = group.initiateCheckpoint("c", client.executor());
        assertThat(first.readNextEvent(10_000).isCheckpoint()).isTrue();
        assertThat(next(first)).isEqualTo("2");
        assertThat(checkpoint.get(30, TimeUnit.SECONDS)).isNotNull();
        CompletableFuture<Map<Stream, StreamCut>> cuts = group.generateStreamCuts(client.executor());
        assertThat(next(first)).isEqualTo("3");
        assertThat(cuts.get(30, TimeUnit.SECONDS)).hasSize(1);
        group.readerOffline("r1", null);
        assertThat(next(client.reader("r2", "g"), 2)).containsExactly("2", "3");
    }

    @Case("RGP-16")
    void aResetGroup(Client client) {
        client.stream("a", 1);
        client.stream("b", 1);
        client.write("a", sized("1", 30), sized("2", 30));
        client.write("b", "b1");
        ReaderGroup group = client.group("g", "a");
        EventStreamReader<String> old = client.reader("r1", "g");
        assertThat(next(old)).isEqualTo(sized("1", 30));
        group.resetReaderGroup(ReaderGroupConfig.builder().disableAutomaticCheckpoints().stream(
                        client.named("a"), SegmentIds.cut(client, "a", Map.of(0L, 30L)))
                .stream(client.named("b"))
                .build());
        assertThatThrownBy(() -> {
                    for (int i = 0; i < 10; i++) {
                        assertThat(old.readNextEvent(2000)).isNotNull();
                    }
                })
                .isInstanceOf(ReinitializationRequiredException.class);
        assertThat(next(client.reader("r2", "g"), 2)).containsExactlyInAnyOrder(sized("2", 30), "b1");
        assertThat(group.getStreamNames()).containsExactlyInAnyOrder(client.scope() + "/a", client.scope() + "/b");
    }

    @Case("RGP-17")
    void twoResetsWithOneBase(Client client) {
        client.stream("a", 1);
        client.stream("b", 1);
        client.stream("c", 1);
        ReaderGroup one = client.group("g", "a");
        ReaderGroup two = client.own(client.twin().groups().getReaderGroup("g"));
        one.resetReaderGroup(over(client, "b"));
        two.resetReaderGroup(over(client, "c"));
        assertThat(one.getStreamNames()).isEqualTo(two.getStreamNames()).containsExactly(client.scope() + "/c");
        ReaderGroupConfig config =
                client.controller().getReaderGroupConfig(client.scope(), "g").join();
        assertThat(config.getGeneration()).isEqualTo(2);
        client.write("c", "c1");
        assertThat(next(client.reader("r", "g"))).isEqualTo("c1");
    }

    @Case({"RGP-18", "RGP-19"})
    void subscription(Client client) {
        client.stream("a", 1);
        ReaderGroup group = client.group("g", subscribing(client, StreamDataRetention.NONE));
        assertThat(subscribers(client)).isEmpty();
        group.resetReaderGroup(subscribing(client, StreamDataRetention.AUTOMATIC_RELEASE_AT_LAST_CHECKPOINT));
        assertThat(subscribers(client)).containsExactly(client.scope() + "/g");
        group.resetReaderGroup(subscribing(client, StreamDataRetention.NONE));
        assertThat(subscribers(client)).isEmpty();
        client.group("h", subscribing(client, StreamDataRetention.MANUAL_RELEASE_AT_USER_STREAMCUT));
        assertThat(subscribers(client)).containsExactly(client.scope() + "/h");
        client.groups().deleteReaderGroup("h");
        assertThat(subscribers(client)).isEmpty();
    }

    @Case("RGP-20")
    void segmentCountsAreNotified(Client client) throws InterruptedException {
        client.stream("a", 1);
        client.write("a", "1", "2");
        ReaderGroup group = client.group("g", checkpointing(client));
        EventStreamReader<String> reader = client.reader("r", "g");
        LinkedBlockingQueue<String> notified = new LinkedBlockingQueue<>();
        group.getSegmentNotifier(client.executor())
                .registerListener(n -> notified.add(n.getNumOfReaders() + "/" + n.getNumOfSegments()));
        assertThat(next(reader, 2)).containsExactly("1", "2");
        assertThat(notified.poll(30, TimeUnit.SECONDS)).isEqualTo("1/1");
        assertThat(SegmentIds.scale(client, "a", List.of(0L), 0.0, 0.5, 1.0)).isTrue();
        client.write("a", "3");
        assertThat(next(reader)).isEqualTo("3");
        assertThat(notified.poll(30, TimeUnit.SECONDS)).isEqualTo("1/2");
    }

    @Case({"RGP-21", "RGP-22", "RGP-24"})
    void unreadBytes(Client client) throws Exception {
        client.stream("a", 1);
        ReaderGroup group = client.group("g", "a");
        assertThat(group.getMetrics().unreadBytes()).isZero();
        client.write("a", sized("1", 30), sized("2", 30));
        EventStreamReader<String> reader = client.reader("r", "g");
        assertThat(next(reader, 2)).hasSize(2);
        CompletableFuture<?> checkpoint = group.initiateCheckpoint("c", client.executor());
        assertThat(reader.readNextEvent(10_000).isCheckpoint()).isTrue();
        nothing(reader);
        assertThat(checkpoint.get(30, TimeUnit.SECONDS)).isNotNull();
        assertThat(group.getMetrics().unreadBytes()).isZero();
        client.write("a", sized("3", 30));
        assertThat(group.getMetrics().unreadBytes()).isEqualTo(30);
        CompletableFuture<?> cuts = group.generateStreamCuts(client.executor());
        assertThat(next(reader)).isEqualTo(sized("3", 30));
        nothing(reader);
        assertThat(cuts.get(30, TimeUnit.SECONDS)).isNotNull();
        assertThat(group.getMetrics().unreadBytes()).isEqualTo(30);
        client.write("a", sized("4", 30));
        assertThat(group.getMetrics().unreadBytes()).isEqualTo(60);
    }

    @Case("RGP-23")
    void unreadBytesEndAtTheEndCut(Client client) throws Exception {
        client.stream("a", 1);
        ReaderGroup group = client.group(
                "g",
                ReaderGroupConfig.builder().disableAutomaticCheckpoints().stream(
                                client.named("a"), StreamCut.UNBOUNDED, SegmentIds.cut(client, "a", Map.of(0L, 90L)))
                        .build());
        client.write("a", sized("1", 30), sized("2", 30));
        EventStreamReader<String> reader = client.reader("r", "g");
        assertThat(next(reader, 2)).hasSize(2);
        CompletableFuture<?> checkpoint = group.initiateCheckpoint("c", client.executor());
        assertThat(reader.readNextEvent(10_000).isCheckpoint()).isTrue();
        nothing(reader);
        assertThat(checkpoint.get(30, TimeUnit.SECONDS)).isNotNull();
        client.write("a", sized("3", 30), sized("4", 30));
        assertThat(group.getMetrics().unreadBytes()).isEqualTo(30);
    }

    @Case("RGP-25")
    void unreadBytesOverAScaling(Client client) {
        client.stream("a", 1);
        ReaderGroup group = client.group("g", "a");
        client.write("a", sized("1", 30), sized("2", 30));
        assertThat(SegmentIds.scale(client, "a", List.of(0L), 0.0, 0.5, 1.0)).isTrue();
        client.write("a", sized("3", 30));
        assertThat(group.getMetrics().unreadBytes()).isEqualTo(90);
    }

    @Case("RGP-26")
    void aReaderIdIsUnique(Client client) {
        client.stream("a", 1);
        client.group("g", "a");
        nothing(client.reader("r", "g"));
        assertThatThrownBy(() -> client.reader("r", "g")).isInstanceOf(IllegalStateException.class);
    }

    @Case("RGP-27")
    void oneReaderServesManySegments(Client client) {
        client.stream("a", 10);
        for (int i = 0; i < 40; i++) {
            client.writer("a").writeEvent("key" + i, "e" + i).join();
        }
        assertThat(client.readAll(40, "a")).hasSize(40).doesNotHaveDuplicates();
    }

    private static void readByMany(Client client, int segments, int readers) throws Exception {
        client.stream("a", segments);
        client.group("g", "a");
        Set<String> expected = new TreeSet<>();
        try (var writer = client.writer("a")) {
            List<CompletableFuture<Void>> writes = new ArrayList<>();
            for (int i = 0; i < 300; i++) {
                expected.add("e" + i);
                writes.add(writer.writeEvent("k" + i, "e" + i));
            }
            writes.forEach(CompletableFuture::join);
        }
        List<EventStreamReader<String>> open = new ArrayList<>();
        for (int i = 0; i < readers; i++) {
            open.add(client.reader("r" + i, "g"));
        }
        List<String> all = new ArrayList<>();
        for (int round = 0; round < 2000 && all.size() < expected.size(); round++) {
            String event = open.get(round % readers).readNextEvent(200).getEvent();
            while (event != null) {
                all.add(event);
                event = open.get(round % readers).readNextEvent(0).getEvent();
            }
        }
        for (EventStreamReader<String> reader : open) {
            nothing(reader);
        }
        assertThat(all).doesNotHaveDuplicates();
        assertThat(new TreeSet<>(all)).isEqualTo(expected);
    }

    private static ReaderGroupConfig over(Client client, String stream) {
        return ReaderGroupConfig.builder().disableAutomaticCheckpoints().stream(client.named(stream))
                .build();
    }

    /** Segments move and end only at checkpoints: this group takes them by itself. */
    private static ReaderGroupConfig checkpointing(Client client) {
        return ReaderGroupConfig.builder().automaticCheckpointIntervalMillis(500).groupRefreshTimeMillis(200).stream(
                        client.named("a"))
                .build();
    }

    private static ReaderGroupConfig subscribing(Client client, StreamDataRetention type) {
        return ReaderGroupConfig.builder().disableAutomaticCheckpoints().retentionType(type).stream(client.named("a"))
                .build();
    }

    private static List<String> subscribers(Client client) {
        return client.controller().listSubscribers(client.scope(), "a").join();
    }
}
