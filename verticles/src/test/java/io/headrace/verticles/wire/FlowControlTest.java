/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.verticles.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.codecs.wire.AppendReply.DataAppended;
import io.headrace.codecs.wire.SegmentReply.SegmentRead;
import io.headrace.codecs.wire.SegmentReply.StreamSegmentInfo;
import io.headrace.codecs.wire.SegmentRequest.GetStreamSegmentInfo;
import io.headrace.codecs.wire.SegmentRequest.ReadSegment;
import java.io.UncheckedIOException;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Peers and partitions that do not keep up: reading stops, memory stays bounded, nothing is lost or left behind. */
@Timeout(120)
final class FlowControlTest {
    private static final long ID = 0x1_0000_0000L;
    private static final String SEGMENT = "s/a/0.#epoch.0";
    private static final UUID WRITER = new UUID(1, 2);
    private static final int BLOCK = 64 << 10;
    private static final int MIB = 1 << 20;

    private TestStore store = new TestStore(options(MIB, 1024, 1024, MIB), 64L * MIB);

    private static WireOptions options(int appendBytes, int requests, int waitingReads, int replyBytes) {
        return new WireOptions(
                "127.0.0.1", 0, 9090, 100, appendBytes, requests, waitingReads, replyBytes, WireLimits.DEFAULT);
    }

    private void restart(WireOptions options, long credits) {
        store.close();
        store = new TestStore(options, credits);
    }

    @AfterEach
    void close() {
        store.logs.letGo();
        store.close();
    }

    private WireClient writer(UUID id, String segment) {
        WireClient client = store.connect();
        client.createSegment(segment);
        client.setUp(id, segment, ID, Long.MIN_VALUE);
        return client;
    }

    private void write(WireClient client, int blocks) {
        for (int event = 1; event <= blocks; event++) {
            client.append(WRITER, event, 1, new byte[BLOCK], ID);
        }
    }

    private static void awaitAcknowledgement(WireClient client, long lastEventNumber) {
        long acknowledged = Long.MIN_VALUE;
        while (acknowledged < lastEventNumber) {
            DataAppended appended = client.read(DataAppended.class);
            assertThat(appended.previousEventNumber()).isEqualTo(acknowledged);
            acknowledged = appended.eventNumber();
        }
    }

    @Test
    void aSlowPartitionStopsTheSocket() throws Exception {
        try (WireClient client = writer(WRITER, SEGMENT)) {
            store.logs.hold();
            int blocks = 600;
            CompletableFuture<Void> writing = CompletableFuture.runAsync(() -> write(client, blocks));
            TestStore.eventually("reading stops", () -> store.node.counters().pauses() > 0);
            // The bound, the append that reached it, and the rest of the last read.
            assertThat(store.node.counters().bytesReceived()).isLessThan(MIB + 4 * BLOCK);
            assertThat(store.credits.used()).isLessThan(MIB + 2 * BLOCK);
            store.logs.letGo();
            awaitAcknowledgement(client, blocks);
            writing.get(30, TimeUnit.SECONDS);
        }
        TestStore.eventually("credits are given back", () -> store.credits.used() == 0);
    }

    @Test
    void theNodeHasABoundOfItsOwn() throws Exception {
        restart(options(16 * MIB, 1024, 1024, MIB), 2L * MIB);
        UUID other = new UUID(3, 4);
        try (WireClient first = writer(WRITER, SEGMENT);
                WireClient second = writer(other, "s/b/0.#epoch.0")) {
            store.logs.hold();
            CompletableFuture<Void> writing = CompletableFuture.runAsync(() -> write(first, 200));
            TestStore.eventually("reading stops", () -> store.node.counters().pauses() > 0);
            assertThat(store.credits.used()).isLessThan(2 * MIB + 2 * BLOCK);
            second.append(other, 1, 1, new byte[BLOCK], ID);
            store.logs.letGo();
            assertThat(second.read(DataAppended.class).eventNumber()).isEqualTo(1);
            awaitAcknowledgement(first, 200);
            writing.get(30, TimeUnit.SECONDS);
        }
    }

    @Test
    void aPeerThatDiesWhileItIsNotReadFromLeavesNothingBehind() {
        WireClient client = writer(WRITER, SEGMENT);
        store.logs.hold();
        CompletableFuture<Void> writing = CompletableFuture.runAsync(() -> write(client, 600));
        TestStore.eventually("reading stops", () -> store.node.counters().pauses() > 0);
        client.close();
        assertThat(writing.handle((nothing, failure) -> failure).join()).hasCauseInstanceOf(UncheckedIOException.class);
        store.logs.letGo();
        TestStore.eventually(
                "the connection is gone", () -> store.node.counters().open() == 0);
        TestStore.eventually("credits are given back", () -> store.credits.used() == 0);
    }

    private void fill(int blocks) {
        try (WireClient client = writer(WRITER, SEGMENT)) {
            write(client, blocks);
            awaitAcknowledgement(client, blocks);
        }
        TestStore.eventually("the writer is gone", () -> store.node.counters().open() == 0);
    }

    @Test
    void aPeerThatDoesNotReadItsRepliesIsNotReadFromAndMayComeBack() {
        fill(32);
        int reads = 500;
        try (WireClient client = store.connect()) {
            CompletableFuture<Void> asking = CompletableFuture.runAsync(() -> {
                for (int i = 0; i < reads; i++) {
                    client.send(new ReadSegment(SEGMENT, i, MIB, "", ID));
                }
            });
            TestStore.eventually("reading stops", () -> store.node.counters().pauses() > 0);
            for (int i = 0; i < reads; i++) {
                SegmentRead read = client.read(SegmentRead.class);
                assertThat(read.offset()).isEqualTo(i);
                assertThat(read.data().isReadable()).isTrue();
            }
            asking.join();
        }
    }

    @Test
    void aPeerThatNeverReadsAndDiesLeavesNothingBehind() {
        fill(32);
        WireClient client = store.connect();
        for (int i = 0; i < 100; i++) {
            client.send(new ReadSegment(SEGMENT, i, MIB, "", ID));
        }
        TestStore.eventually("reading stops", () -> store.node.counters().pauses() > 0);
        client.close();
        TestStore.eventually(
                "the connection is gone", () -> store.node.counters().open() == 0);
    }

    @Test
    void aPeerThatNeverReadsCannotKeepAConnectionThatIsToBeClosed() {
        restart(options(MIB, 1024, 1024, 64 * MIB), 64L * MIB);
        fill(32);
        long before = store.node.counters().bytesSent();
        try (WireClient client = new WireClient(store.port, 8 << 10)) {
            for (int i = 0; i < 40; i++) {
                client.send(new ReadSegment(SEGMENT, i, MIB, "", ID));
            }
            TestStore.eventually(
                    "more is under way than the kernels buffer",
                    () -> store.node.counters().bytesSent() - before > MIB);
            client.sendBytes(new byte[] {0, 0, 0, 99, 0, 0, 0, 0});
            TestStore.eventually(
                    "the connection is cut", () -> store.node.counters().open() == 0);
        }
    }

    @Test
    void manyRequestsAtOnceAreAllAnswered() {
        restart(options(MIB, 4, 1024, MIB), 64L * MIB);
        try (WireClient client = writer(WRITER, SEGMENT)) {
            int requests = 2000;
            for (int i = 0; i < requests; i++) {
                client.send(new GetStreamSegmentInfo(i, SEGMENT, ""));
            }
            for (int i = 0; i < requests; i++) {
                assertThat(client.read(StreamSegmentInfo.class).requestId()).isEqualTo(i);
            }
        }
        assertThat(store.node.counters().pauses()).isPositive();
    }

    @Test
    void waitingReadsDoNotHoldUpTheConnection() {
        restart(options(MIB, 4, 20, MIB), 64L * MIB);
        try (WireClient client = writer(WRITER, SEGMENT)) {
            for (int i = 0; i < 20; i++) {
                client.send(new ReadSegment(SEGMENT, 0, 10, "", i));
            }
            client.append(WRITER, 1, 1, new byte[10], ID);
            int reads = 0;
            for (int i = 0; i < 21; i++) {
                reads +=
                        client.read() instanceof SegmentRead read && read.data().readableBytes() == 10 ? 1 : 0;
            }
            assertThat(reads).isEqualTo(20);
        }
    }

    @Test
    void tooManyWaitingReadsCloseTheConnection() {
        restart(options(MIB, 4, 20, MIB), 64L * MIB);
        try (WireClient client = writer(WRITER, SEGMENT)) {
            for (int i = 0; i < 21; i++) {
                client.send(new ReadSegment(SEGMENT, 0, 10, "", i));
            }
            client.assertClosed();
        }
    }

    @Test
    void aConnectionThatEndsTakesItsWaitingReadsAlong() {
        try (WireClient client = writer(WRITER, SEGMENT)) {
            try (WireClient reader = store.connect()) {
                for (int i = 0; i < 100; i++) {
                    reader.send(new ReadSegment(SEGMENT, 0, BLOCK, "", i));
                }
                reader.send(new GetStreamSegmentInfo(ID, SEGMENT, "")).read(StreamSegmentInfo.class);
            }
            TestStore.eventually(
                    "the reader is gone", () -> store.node.counters().open() == 1);
            client.append(WRITER, 1, 1, new byte[BLOCK], ID).read(DataAppended.class);
        }
    }
}
