/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.compatibility;

import static io.headrace.compatibility.Client.next;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.pravega.client.state.Revision;
import io.pravega.client.state.RevisionedStreamClient;
import io.pravega.client.state.SynchronizerConfig;
import io.pravega.client.stream.Checkpoint;
import io.pravega.client.stream.EventPointer;
import io.pravega.client.stream.EventRead;
import io.pravega.client.stream.EventStreamReader;
import io.pravega.client.stream.EventStreamWriter;
import io.pravega.client.stream.Position;
import io.pravega.client.stream.ReaderGroup;
import io.pravega.client.stream.ReaderGroupConfig;
import io.pravega.client.stream.ReaderGroupConfig.StreamDataRetention;
import io.pravega.client.stream.ReinitializationRequiredException;
import io.pravega.client.stream.RetentionPolicy;
import io.pravega.client.stream.ScalingPolicy;
import io.pravega.client.stream.StreamConfiguration;
import io.pravega.client.stream.StreamCut;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Groups that readers of both clients are members of, and revisioned streams that both write. */
@DisplayName("Reader groups and revisioned streams of the reactive client beside those of the published one")
class ReactiveGroupTest {
    private static final int KEYS = 50;
    private static final HexFormat HEX = HexFormat.of();

    @Test
    void revisionsOfBoth(Client client) {
        client.stream("a", 1);
        RevisionedStreamClient<String> published = client.own(client.synchronizers()
                .createRevisionedStreamClient(
                        "a", Client.STRINGS, SynchronizerConfig.builder().build()));
        GroupPeerProcess peer = GroupPeerProcess.start(client, "a");
        Revision start = published.fetchOldestRevision();
        assertThat(peer.ask("oldest")).isEqualTo(start.toString());
        Revision first = published.writeConditionally(start, "p1");
        assertThat(peer.ask("write-if", start, "r1")).isEqualTo("none");
        Revision second = Revision.fromString(peer.ask("write-if", first, "r2"));
        assertThat(published.fetchLatestRevision()).isEqualTo(second);
        assertThat(published.writeConditionally(first, "p2")).isNull();
        published.writeUnconditionally("p3");
        Revision third = published.fetchLatestRevision();
        List<String> entries = new ArrayList<>();
        published.readFrom(start).forEachRemaining(entry -> entries.add(entry.getValue() + " " + entry.getKey()));
        assertThat(entries).containsExactly("p1 " + first, "r2 " + second, "p3 " + third);
        assertThat(peer.run("entries", start).stream().map(line -> line[1] + " " + line[2]))
                .isEqualTo(entries);
        assertThat(peer.ask("move-mark", "none", first)).isEqualTo("true");
        assertThat(published.getMark()).isEqualTo(first);
        assertThat(published.compareAndSetMark(first, second)).isTrue();
        assertThat(peer.ask("mark")).isEqualTo(second.toString());
        peer.run("compact-log", first);
        assertThat(published.fetchOldestRevision()).isEqualTo(first);
    }

    @Test
    void aMixedGroupSharesHandsOverAndOutlivesAMember(Client client) throws Exception {
        client.stream("a", 4);
        ReaderGroup group = client.checkpointedGroup("g", "a");
        EventStreamReader<String> reader = client.reader("published", "g");
        List<String> read = new ArrayList<>();
        GroupPeerProcess peer = GroupPeerProcess.start(client, "a");
        peer.run("read", "g", "reactive");
        Map<String, Integer> halves = Map.of("published", 2, "reactive", 2);
        readUntil(reader, read, () -> group.getReaderSegmentDistribution()
                .getReaderSegmentDistribution()
                .equals(halves));
        assertThat(peer.ask("readers", "g")).isEqualTo("published,reactive");
        write(client, 0, 200);
        readUntil(reader, read, () -> read.size() + peer.values().size() >= 200);
        assertThat(read).isNotEmpty();
        assertThat(peer.values()).isNotEmpty();
        assertThat(SegmentIds.scale(client, "a", List.of(0L, 1L), 0.0, 0.1, 0.2, 0.5))
                .isTrue();
        write(client, 200, 200);
        readUntil(reader, read, () -> read.size() + peer.values().size() >= 400);
        assertEach(400, read, peer.values());
        readUntil(reader, read, () -> shareOf(group, "reactive") > 0);
        // It dies while it reads; others go on behind the last event that it was seen to read.
        int before = peer.values().size();
        CompletableFuture<Void> writing = CompletableFuture.runAsync(() -> write(client, 400, 200));
        readUntil(reader, read, () -> peer.values().size() > before);
        peer.kill();
        writing.get(60, TimeUnit.SECONDS);
        List<GroupPeerProcess.Read> all = peer.events();
        group.readerOffline(
                "reactive", Position.fromBytes(buffer(all.get(all.size() - 1).position())));
        readUntil(reader, read, () -> read.size() + peer.values().size() >= 600);
        assertEach(600, read, peer.values());
        assertThat(EventPointer.fromBytes(buffer(all.get(0).pointer())).toString())
                .isNotEmpty();
    }

    @Test
    void aReactiveReaderTakesOverFromAPublishedOne(Client client) {
        client.stream("a", 2);
        GroupPeerProcess peer = GroupPeerProcess.start(client, "a");
        peer.run("create", "g");
        write(client, 0, 50);
        EventStreamReader<String> reader = client.reader("published", "g");
        List<String> read = new ArrayList<>();
        read.addAll(next(reader, 29));
        EventRead<String> last = Client.nextRead(reader);
        read.add(last.getEvent());
        peer.run(
                "offline",
                "g",
                "published",
                HEX.formatHex(bytes(last.getPosition().toBytes())));
        peer.run("read", "g", "reactive");
        await(() -> peer.values().size() >= 20);
        assertEach(50, read, peer.values());
        // It leaves as it ends, and who comes next goes on behind it.
        write(client, 50, 20);
        await(() -> peer.values().size() >= 40);
        peer.close();
        write(client, 70, 5);
        assertThat(next(client.reader("next", "g"), 5)).containsExactlyInAnyOrderElementsOf(events(70, 5));
    }

    @Test
    void checkpointsAndCutsOfEither(Client client) throws Exception {
        client.stream("a", 2);
        ReaderGroup group = client.group("g", "a");
        EventStreamReader<String> reader = client.reader("published", "g");
        GroupPeerProcess peer = GroupPeerProcess.start(client, "a");
        write(client, 0, 40);
        List<String> read = new ArrayList<>();
        peer.run("read", "g", "reactive");
        readUntil(reader, read, () -> read.size() + peer.values().size() >= 40);
        StreamCut tail =
                client.streams().fetchStreamInfo(client.scope(), "a").join().getTailStreamCut();
        CompletableFuture<Checkpoint> ofPublished = group.initiateCheckpoint("p", client.executor());
        readUntil(reader, read, ofPublished::isDone);
        Checkpoint first = ofPublished.get();
        assertThat(first.asImpl().getPositions().get(client.named("a"))).isEqualTo(tail);
        String firstHex = HEX.formatHex(bytes(first.toBytes()));
        List<String[]> lines = peer.run("checkpoint-from", firstHex);
        assertThat(lines.get(0)[1]).isEqualTo("p");
        assertThat(StreamCut.from(lines.get(1)[1])).isEqualTo(tail);
        write(client, 40, 20);
        readUntil(reader, read, () -> read.size() + peer.values().size() >= 60);
        CompletableFuture<List<String[]>> ofReactive =
                CompletableFuture.supplyAsync(() -> peer.run("checkpoint", "g", "r"));
        readUntil(reader, read, ofReactive::isDone);
        List<String[]> checkpoint = ofReactive.get();
        StreamCut now =
                client.streams().fetchStreamInfo(client.scope(), "a").join().getTailStreamCut();
        assertThat(StreamCut.from(checkpoint.get(1)[1])).isEqualTo(now);
        Checkpoint second = Checkpoint.fromBytes(buffer(checkpoint.get(0)[2]));
        assertThat(second.getName()).isEqualTo("r");
        assertThat(second.asImpl().getPositions().get(client.named("a"))).isEqualTo(now);
        CompletableFuture<List<String[]>> cuts = CompletableFuture.supplyAsync(() -> peer.run("cuts", "g"));
        readUntil(reader, read, cuts::isDone);
        assertThat(StreamCut.from(cuts.get().get(0)[1])).isEqualTo(now);
        write(client, 60, 10);
        assertThat(Long.parseLong(peer.ask("unread", "g")))
                .isEqualTo(group.getMetrics().unreadBytes())
                .isPositive();
        // Each begins anew where the other has taken a checkpoint.
        group.resetReaderGroup(ReaderGroupConfig.builder()
                .disableAutomaticCheckpoints()
                .startFromCheckpoint(second)
                .build());
        assertThat(peer.ending()).contains("ClosedException");
        EventStreamReader<String> again = client.reader("again", "g");
        assertThat(next(again, 10)).containsExactlyInAnyOrderElementsOf(events(60, 10));
        peer.run("reset", "g", firstHex);
        assertReset(again);
        assertThat(next(client.reader("third", "g"), 30)).containsExactlyInAnyOrderElementsOf(events(40, 30));
    }

    @Test
    void aReactiveReaderLetsGoOfWhatItHasPassed(Client client) {
        assumeThat(Server.isHeadrace())
                .as("what may be deleted is deleted soon")
                .isTrue();
        client.createScope();
        client.streams()
                .createStream(
                        client.scope(),
                        "a",
                        StreamConfiguration.builder()
                                .scalingPolicy(ScalingPolicy.fixed(1))
                                .retentionPolicy(RetentionPolicy.bySizeBytes(10))
                                .build());
        client.group(
                "g",
                ReaderGroupConfig.builder()
                        .retentionType(StreamDataRetention.AUTOMATIC_RELEASE_AT_LAST_CHECKPOINT)
                        .automaticCheckpointIntervalMillis(300)
                        .groupRefreshTimeMillis(100)
                        .stream(client.named("a"))
                        .build());
        GroupPeerProcess peer = GroupPeerProcess.start(client, "a");
        write(client, 0, 10);
        peer.run("read", "g", "reactive");
        await(() -> peer.values().size() >= 10);
        StreamCut head = head(client);
        await(() -> {
            // Some of the newest data is kept, whoever has read it.
            write(client, 0, 1);
            return !head(client).equals(head);
        });
    }

    private static StreamCut head(Client client) {
        return client.streams().fetchStreamInfo(client.scope(), "a").join().getHeadStreamCut();
    }

    private static int shareOf(ReaderGroup group, String reader) {
        return group.getReaderSegmentDistribution()
                .getReaderSegmentDistribution()
                .getOrDefault(reader, 0);
    }

    private static void assertReset(EventStreamReader<String> reader) {
        for (int i = 0; i < 30; i++) {
            try {
                reader.readNextEvent(1000);
            } catch (ReinitializationRequiredException e) {
                return;
            }
        }
        throw new AssertionError("the reader was not told that its group begins anew");
    }

    /** Reads by the published reader, as an application does all the time, until something is the case. */
    private static void readUntil(EventStreamReader<String> reader, List<String> read, BooleanSupplier reached) {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(90);
        while (!reached.getAsBoolean()) {
            assertThat(System.nanoTime())
                    .as("time, when %s events have been read here", read.size())
                    .isLessThan(deadline);
            EventRead<String> event = reader.readNextEvent(50);
            if (event.getEvent() != null) {
                read.add(event.getEvent());
            }
        }
    }

    private static void await(BooleanSupplier reached) {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(90);
        while (!reached.getAsBoolean()) {
            assertThat(System.nanoTime()).as("time until all has been read").isLessThan(deadline);
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
        }
    }

    private static void write(Client client, int first, int count) {
        try (EventStreamWriter<String> writer = client.writer("a")) {
            write(writer, first, count);
        }
    }

    /** Writes so many of {@link #events}, each behind those of its key; returns when all have been acknowledged. */
    static void write(EventStreamWriter<String> writer, int first, int count) {
        List<CompletableFuture<Void>> writes = events(first, count).stream()
                .map(event -> writer.writeEvent(event.substring(0, event.indexOf('/')), event))
                .toList();
        writes.forEach(CompletableFuture::join);
    }

    static List<String> events(int first, int count) {
        return IntStream.range(first, first + count)
                .mapToObj(i -> i % KEYS + "/" + i)
                .toList();
    }

    /** Each event was read once, by one reader, and those of a key in their order. */
    @SafeVarargs
    static void assertEach(int count, List<String>... parts) {
        List<String> all = new ArrayList<>();
        for (List<String> part : parts) {
            all.addAll(part);
            for (int key = 0; key < KEYS; key++) {
                String prefix = key + "/";
                assertThat(part.stream()
                                .filter(event -> event.startsWith(prefix))
                                .map(event -> Integer.parseInt(event.substring(prefix.length()))))
                        .isSorted();
            }
        }
        assertThat(all).containsExactlyInAnyOrderElementsOf(events(0, count));
    }

    private static ByteBuffer buffer(String hex) {
        return ByteBuffer.wrap(HEX.parseHex(hex));
    }

    private static byte[] bytes(ByteBuffer buffer) {
        byte[] bytes = new byte[buffer.remaining()];
        buffer.get(bytes);
        return bytes;
    }
}
