/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.compatibility;

import static io.headrace.compatibility.Client.next;
import static io.headrace.compatibility.Client.nothing;
import static io.headrace.compatibility.Client.sized;
import static io.headrace.compatibility.Failures.failure;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pravega.client.stream.Checkpoint;
import io.pravega.client.stream.EventRead;
import io.pravega.client.stream.EventStreamReader;
import io.pravega.client.stream.ReaderGroup;
import io.pravega.client.stream.ReaderGroupConfig;
import io.pravega.client.stream.ReinitializationRequiredException;
import io.pravega.client.stream.Stream;
import io.pravega.client.stream.StreamCut;
import io.pravega.client.stream.impl.CheckpointFailedException;
import io.pravega.client.stream.impl.MaxNumberOfCheckpointsExceededException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayName;

@DisplayName("Checkpoints")
class CheckpointTest {
    @Case({"CKP-01", "CKP-02"})
    void resetToACheckpoint(Client client) throws Exception {
        client.stream("a", 1);
        client.write("a", "1", "2", "3");
        ReaderGroup group = client.group("g", "a");
        EventStreamReader<String> reader = client.reader("r", "g");
        assertThat(next(reader, 2)).containsExactly("1", "2");
        CompletableFuture<Checkpoint> future = group.initiateCheckpoint("c", client.executor());
        assertThat(future).isNotDone();
        EventRead<String> read = reader.readNextEvent(10_000);
        assertThat(read.isCheckpoint()).isTrue();
        assertThat(read.getCheckpointName()).isEqualTo("c");
        assertThat(read.getEvent()).isNull();
        assertThat(next(reader)).isEqualTo("3");
        Checkpoint checkpoint = future.get(30, TimeUnit.SECONDS);
        assertThat(checkpoint.getName()).isEqualTo("c");

        group.resetReaderGroup(from(client, checkpoint));
        assertReinitialization(reader);
        assertThat(next(client.reader("r2", "g"))).isEqualTo("3");
    }

    @Case("CKP-03")
    void withoutExecutor(Client client) throws Exception {
        client.stream("a", 1);
        client.write("a", "1", "2");
        ReaderGroup group = client.group("g", "a");
        EventStreamReader<String> reader = client.reader("r", "g");
        assertThat(next(reader)).isEqualTo("1");
        CompletableFuture<Checkpoint> future = group.initiateCheckpoint("c");
        assertThat(reader.readNextEvent(10_000).isCheckpoint()).isTrue();
        assertThat(next(reader)).isEqualTo("2");
        Checkpoint checkpoint = future.get(60, TimeUnit.SECONDS);
        group.resetReaderGroup(from(client, checkpoint));
        assertThat(next(client.reader("r2", "g"))).isEqualTo("2");
    }

    @Case({"CKP-04", "CKP-15"})
    void resetToTheLastCheckpoint(Client client) throws Exception {
        client.stream("a", 1);
        client.write("a", "1", "2", "3", "4");
        ReaderGroup group = client.group("g", "a");
        EventStreamReader<String> reader = client.reader("r", "g");
        assertThat(next(reader)).isEqualTo("1");
        CompletableFuture<Checkpoint> checkpoint = group.initiateCheckpoint("c", client.executor());
        assertThat(reader.readNextEvent(10_000).isCheckpoint()).isTrue();
        assertThat(next(reader)).isEqualTo("2");
        assertThat(checkpoint.get(30, TimeUnit.SECONDS)).isNotNull();

        CompletableFuture<Map<Stream, StreamCut>> silent = group.generateStreamCuts(client.executor());
        EventRead<String> shown = reader.readNextEvent(10_000);
        assertThat(shown.isCheckpoint()).isFalse();
        assertThat(shown.getEvent()).isEqualTo("3");
        assertThat(next(reader)).isEqualTo("4");
        assertThat(silent.get(30, TimeUnit.SECONDS)).hasSize(1);

        group.resetReaderGroup();
        assertReinitialization(reader);
        assertThat(next(client.reader("r2", "g"), 3)).containsExactly("2", "3", "4");
    }

    @Case("CKP-05")
    void resetToTheStart(Client client) {
        client.stream("a", 1);
        client.write("a", "1", "2");
        ReaderGroup group = client.group("g", "a");
        EventStreamReader<String> reader = client.reader("r", "g");
        assertThat(next(reader, 2)).containsExactly("1", "2");
        group.resetReaderGroup();
        assertReinitialization(reader);
        assertThat(next(client.reader("r2", "g"), 2)).containsExactly("1", "2");
    }

    @Case("CKP-06")
    void resetToTheFirstCut(Client client) {
        client.stream("a", 1);
        client.write("a", sized("1", 30), sized("2", 30), sized("3", 30));
        ReaderGroup group = client.group(
                "g",
                ReaderGroupConfig.builder().disableAutomaticCheckpoints().stream(
                                client.named("a"), SegmentIds.cut(client, "a", Map.of(0L, 30L)))
                        .build());
        EventStreamReader<String> reader = client.reader("r", "g");
        assertThat(next(reader, 2)).containsExactly(sized("2", 30), sized("3", 30));
        group.resetReaderGroup();
        assertThat(next(client.reader("r2", "g"), 2)).containsExactly(sized("2", 30), sized("3", 30));
    }

    @Case("CKP-07")
    void streamsAddedAndRemoved(Client client) {
        client.stream("a", 1);
        client.stream("b", 1);
        client.stream("c", 1);
        client.write("a", "a1", "a2");
        client.write("b", "b1");
        client.write("c", "c1");
        ReaderGroup group = client.group("g", "a", "b");
        EventStreamReader<String> reader = client.reader("r", "g");
        assertThat(next(reader, 3)).containsExactlyInAnyOrder("a1", "a2", "b1");
        Checkpoint checkpoint = client.checkpoint(group, reader, "c");
        client.write("a", "a3");
        group.resetReaderGroup(ReaderGroupConfig.builder().disableAutomaticCheckpoints().stream(
                        client.named("a"), checkpoint.asImpl().getPositions().get(client.named("a")))
                .stream(client.named("c"))
                .build());
        EventStreamReader<String> again = client.reader("r2", "g");
        assertThat(next(again, 2)).containsExactlyInAnyOrder("a3", "c1");
        nothing(again);
    }

    @Case("CKP-08")
    void readersWithoutSegments(Client client) throws Exception {
        client.stream("a", 1);
        client.write("a", "1");
        ReaderGroup group = client.group("g", "a");
        EventStreamReader<String> busy = client.reader("r1", "g");
        assertThat(next(busy)).isEqualTo("1");
        EventStreamReader<String> idle = client.reader("r2", "g");
        nothing(idle);
        CompletableFuture<Checkpoint> checkpoint = group.initiateCheckpoint("c", client.executor());
        assertThat(busy.readNextEvent(10_000).getCheckpointName()).isEqualTo("c");
        nothing(busy);
        assertThat(checkpoint).isNotDone();
        assertThat(idle.readNextEvent(10_000).getCheckpointName()).isEqualTo("c");
        nothing(idle);
        assertThat(checkpoint.get(30, TimeUnit.SECONDS).getName()).isEqualTo("c");
    }

    @Case("CKP-09")
    void aBoundedNumberAtOnce(Client client) {
        client.stream("a", 1);
        ReaderGroup group = client.group(
                "g",
                ReaderGroupConfig.builder()
                        .disableAutomaticCheckpoints()
                        .groupRefreshTimeMillis(1)
                        .maxOutstandingCheckpointRequest(2)
                        .stream(client.named("a"))
                        .build());
        nothing(client.reader("r", "g"));
        assertThat(group.initiateCheckpoint("c1", client.executor())).isNotDone();
        assertThat(group.initiateCheckpoint("c2", client.executor())).isNotDone();
        assertThat(failure(group.initiateCheckpoint("c3", client.executor())))
                .isInstanceOf(MaxNumberOfCheckpointsExceededException.class);
    }

    @Case("CKP-10")
    void outstandingOnesCancelled(Client client) throws Exception {
        client.stream("a", 1);
        ReaderGroup group = client.group("g", "a");
        EventStreamReader<String> reader = client.reader("r", "g");
        nothing(reader);
        CompletableFuture<Checkpoint> one = group.initiateCheckpoint("c1", client.executor());
        CompletableFuture<Checkpoint> two = group.initiateCheckpoint("c2", client.executor());
        group.cancelOutstandingCheckpoints();
        assertThat(failure(one)).isInstanceOf(CheckpointFailedException.class);
        assertThat(failure(two)).isInstanceOf(CheckpointFailedException.class);
        assertThat(client.checkpoint(group, reader, "c3").getName()).isEqualTo("c3");
    }

    @Case("CKP-11")
    void atTheEndOfASealedStream(Client client) {
        client.stream("a", 1);
        client.write("a", "1", "2");
        assertThat(client.streams().sealStream(client.scope(), "a")).isTrue();
        ReaderGroup group = client.group("g", "a");
        EventStreamReader<String> reader = client.reader("r", "g");
        assertThat(next(reader, 2)).containsExactly("1", "2");
        nothing(reader);
        assertThat(client.checkpoint(group, reader, "c").getName()).isEqualTo("c");
    }

    @Case("CKP-12")
    void automaticOnes(Client client) {
        client.stream("a", 1);
        long start = System.nanoTime();
        client.group("g", automatic(client));
        EventStreamReader<String> reader = client.reader("r", "g");
        for (int i = 0; i < 3; i++) {
            awaitCheckpoint(reader);
        }
        // Two intervals of two seconds, or nearly.
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThan(Duration.ofSeconds(3));
    }

    private static void awaitCheckpoint(EventStreamReader<String> reader) {
        long deadline = System.nanoTime() + Client.PATIENCE.toNanos();
        while (!reader.readNextEvent(100).isCheckpoint()) {
            assertThat(System.nanoTime()).as("checkpoints come by themselves").isLessThan(deadline);
        }
    }

    @Case("CKP-13")
    void onlyOneAutomaticAtATime(Client client) {
        client.stream("a", 1);
        client.group("g", automatic(client));
        EventStreamReader<String> reader = client.reader("r", "g");
        nothing(client.reader("idle", "g"));
        awaitCheckpoint(reader);
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(6);
        while (System.nanoTime() < end) {
            assertThat(reader.readNextEvent(100).isCheckpoint()).isFalse();
        }
    }

    @Case("CKP-14")
    void asBytes(Client client) {
        client.stream("a", 1);
        client.write("a", "1", "2");
        ReaderGroup group = client.group("g", "a");
        EventStreamReader<String> reader = client.reader("r", "g");
        assertThat(next(reader, 2)).containsExactly("1", "2");
        Checkpoint checkpoint = client.checkpoint(group, reader, "c");
        client.write("a", "3");
        Checkpoint copy = Checkpoint.fromBytes(checkpoint.toBytes());
        assertThat(copy).isEqualTo(checkpoint);
        Client twin = client.twin();
        twin.groups().getReaderGroup("g").resetReaderGroup(from(client, copy));
        assertThat(next(twin.reader("r2", "g"))).isEqualTo("3");
    }

    private static ReaderGroupConfig automatic(Client client) {
        return ReaderGroupConfig.builder().automaticCheckpointIntervalMillis(2000).groupRefreshTimeMillis(200).stream(
                        client.named("a"))
                .build();
    }

    private static ReaderGroupConfig from(Client client, Checkpoint checkpoint) {
        assertThat(checkpoint.asImpl().getPositions()).containsKey(client.named("a"));
        return ReaderGroupConfig.builder()
                .disableAutomaticCheckpoints()
                .groupRefreshTimeMillis(1)
                .startFromCheckpoint(checkpoint)
                .build();
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
