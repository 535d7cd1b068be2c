/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.verticles.wire;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.headrace.codecs.wire.AppendCommand.AppendBlock;
import io.headrace.codecs.wire.AppendReply.DataAppended;
import io.headrace.codecs.wire.WireCommand.KeepAlive;
import io.netty.buffer.Unpooled;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.slf4j.LoggerFactory;

/** Peers that begin a command and do not complete it cost the node little, and others nothing. */
@Timeout(120)
final class UnfinishedCommandsTest {
    private static final long NEVER = 1_000_000;
    private static final int MIB = 1 << 20;
    private static final long SETUP = 1;
    private static final int HEADER_BYTES = 8;

    private final ListAppender<ILoggingEvent> log = new ListAppender<>();
    private TestStore store = new TestStore();

    private void restart(WireLimits limits) {
        store.close();
        store = new TestStore(TestStore.OPTIONS.within(limits), 64L * MIB);
    }

    @BeforeEach
    void watchLog() {
        log.start();
        ((Logger) LoggerFactory.getLogger(WireNode.class)).addAppender(log);
    }

    @AfterEach
    void close() {
        ((Logger) LoggerFactory.getLogger(WireNode.class)).detachAppender(log);
        TestStore.eventually(
                "all connections are gone", () -> store.node.counters().open() == 0);
        assertThat(store.node.unfinishedBytes()).isZero();
        store.close();
    }

    /** The first bytes of a command that announces {@code length} bytes. */
    private static byte[] begin(int length, int sent) {
        return ByteBuffer.allocate(HEADER_BYTES + sent).putInt(3).putInt(length).array();
    }

    private void assertServes() {
        try (WireClient bystander = store.connect()) {
            bystander.assertAnswer(KeepAlive.INSTANCE, KeepAlive.INSTANCE);
        }
    }

    @Test
    void onlyWhatHasArrivedIsHeld() {
        List<WireClient> clients = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            clients.add(store.connect().sendBytes(begin(15 * MIB, 100)));
        }
        TestStore.eventually("all has arrived", () -> store.node.unfinishedBytes() == 200 * (HEADER_BYTES + 100));
        assertServes();
        clients.forEach(WireClient::close);
    }

    @Test
    void aBlockWithoutItsEndCounts() {
        UUID writer = new UUID(1, 2);
        try (WireClient client = store.connect()) {
            client.createSegment("s/a/0.#epoch.0");
            client.setUp(writer, "s/a/0.#epoch.0", SETUP, Long.MIN_VALUE);
            client.send(new AppendBlock(writer, Unpooled.wrappedBuffer(new byte[MIB])));
            TestStore.eventually("the block has arrived", () -> store.node.unfinishedBytes() == MIB);
        }
    }

    @Test
    void aCommandThatIsNeverCompletedEndsItsConnection() {
        restart(new WireLimits(NEVER, NEVER, 200, NEVER));
        try (WireClient client = store.connect();
                WireClient idle = store.connect()) {
            idle.assertAnswer(KeepAlive.INSTANCE, KeepAlive.INSTANCE);
            client.sendBytes(begin(1000, 10));
            client.assertClosed();
            idle.assertAnswer(KeepAlive.INSTANCE, KeepAlive.INSTANCE);
        }
        assertThat(messages()).singleElement().asString().contains("a command was not complete after 200 ms");
    }

    @Test
    void whoSaysNothingIsSentAway() {
        restart(new WireLimits(NEVER, 200, NEVER, NEVER));
        try (WireClient silent = store.connect()) {
            silent.assertClosed();
        }
        assertThat(messages()).singleElement().asString().contains("no command came within 200 ms");
    }

    @Test
    void manyPeersWithHalfOfALargeCommandFillABoundAndGo() {
        restart(new WireLimits(4 * MIB, NEVER, NEVER, 2_000));
        List<CompletableFuture<Void>> hostile = new ArrayList<>();
        for (int i = 0; i < 30; i++) {
            hostile.add(CompletableFuture.runAsync(
                    () -> {
                        try (WireClient client = store.connect()) {
                            client.sendBytes(begin(16 * MIB - 100, 8 * MIB));
                            client.assertClosed();
                        } catch (UncheckedIOException cutOff) {
                            assertThat(cutOff).isNotNull();
                        }
                    },
                    task -> new Thread(task).start()));
        }
        TestStore.eventually("the bound is reached", () -> store.node.unfinishedBytes() >= 4 * MIB);
        assertServes();
        assertThat(store.node.unfinishedBytes()).isLessThan((4 + 16 + 4) * MIB);
        writeUntilAcknowledged(new UUID(5, 6), new byte[MIB]);
        hostile.forEach(CompletableFuture::join);
        assertThat(store.node.counters().closedByError()).isGreaterThanOrEqualTo(30);
        assertThat(messages()).anySatisfy(line -> assertThat(line).contains("too many others"));
    }

    /** Appends; an honest peer that is taken for a hostile one comes back. */
    private void writeUntilAcknowledged(UUID writer, byte[] data) {
        String segment = "s/b/0.#epoch.0";
        try (WireClient client = store.connect()) {
            client.createSegment(segment);
        }
        for (boolean acknowledged = false; !acknowledged; ) {
            try (WireClient client = store.connect()) {
                client.setUp(writer, segment, SETUP, Long.MIN_VALUE);
                client.append(writer, 1, 1, data, SETUP);
                client.read(DataAppended.class);
                acknowledged = true;
            } catch (UncheckedIOException cutOff) {
                assertThat(cutOff).isNotNull();
            }
        }
    }

    @Test
    void whereThereIsNoRoomCommandsAreCompletedOneAfterTheOther() {
        restart(new WireLimits(100_000, NEVER, NEVER, NEVER));
        List<CompletableFuture<Void>> writing = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            UUID writer = new UUID(9, i);
            String segment = "s/many/" + i + ".#epoch.0";
            writing.add(CompletableFuture.runAsync(
                    () -> {
                        try (WireClient client = store.connect()) {
                            client.createSegment(segment);
                            client.setUp(writer, segment, SETUP, Long.MIN_VALUE);
                            for (int event = 1; event <= 5; event++) {
                                client.append(writer, event, 1, new byte[MIB], SETUP);
                                client.read(DataAppended.class);
                            }
                        }
                    },
                    task -> new Thread(task).start()));
        }
        writing.forEach(CompletableFuture::join);
    }

    @Test
    void heldAppendsWaitWhileReadersAreServed() {
        UUID writer = new UUID(1, 2);
        try (WireClient client = store.connect()) {
            client.createSegment("s/a/0.#epoch.0");
            client.setUp(writer, "s/a/0.#epoch.0", SETUP, Long.MIN_VALUE);
            store.node.holdAppends(true);
            long before = store.node.counters().pauses();
            client.append(writer, 1, 1, new byte[1000], SETUP);
            TestStore.eventually("reading stops", () -> store.node.counters().pauses() > before);
            assertServes();
            store.node.holdAppends(false);
            assertThat(client.read(DataAppended.class).eventNumber()).isEqualTo(1);
            assertThat(store.node.counters().closedByError()).isZero();
        }
    }

    private List<String> messages() {
        TestStore.eventually("a line in the log", () -> !log.list.isEmpty());
        return log.list.stream().map(ILoggingEvent::getFormattedMessage).toList();
    }
}
