/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.verticles.wire;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.headrace.codecs.wire.AdminRequest.FlushToStorage;
import io.headrace.codecs.wire.SegmentReply.SegmentCreated;
import io.headrace.codecs.wire.WireCommand.Hello;
import io.headrace.codecs.wire.WireCommand.KeepAlive;
import io.headrace.codecs.wire.WireCommand.Padding;
import io.headrace.codecs.wire.WireCommand.PartialEvent;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** Whatever a peer sends, it closes its own connection, with one line in the log, and touches nothing else. */
final class HostileInputTest {
    private final TestStore store = new TestStore();
    private final WireClient bystander = store.connect();
    private final ListAppender<ILoggingEvent> log = new ListAppender<>();

    @BeforeEach
    void watchLog() {
        log.start();
        ((Logger) LoggerFactory.getLogger(WireNode.class)).addAppender(log);
    }

    @AfterEach
    void close() {
        ((Logger) LoggerFactory.getLogger(WireNode.class)).detachAppender(log);
        bystander.assertAnswer(KeepAlive.INSTANCE, KeepAlive.INSTANCE);
        bystander.close();
        store.close();
    }

    private void assertRefused(byte[] bytes, String reason) {
        try (WireClient client = store.connect()) {
            client.sendBytes(bytes);
            client.assertClosed();
        }
        assertThat(messages()).singleElement().asString().contains("127.0.0.1:", reason);
        assertThat(store.node.counters().closedByError()).isEqualTo(1);
    }

    private List<String> messages() {
        TestStore.eventually("a line in the log", () -> !log.list.isEmpty());
        return log.list.stream().map(ILoggingEvent::getFormattedMessage).toList();
    }

    private static byte[] hex(String text) {
        return HexFormat.of().parseHex(text.replace(" ", ""));
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    @Test
    void http() {
        assertRefused(ascii("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"), "looks like HTTP:");
    }

    @Test
    void grpc() {
        assertRefused(
                ascii("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"),
                "looks like HTTP/2 (a gRPC client?): the controller port is 9090");
    }

    @Test
    void tls() {
        assertRefused(hex("16030102 000100 01fc0303 0000"), "looks like TLS");
    }

    @Test
    void unknownCommands() {
        assertRefused(hex("00000063 00000000"), "99");
    }

    @Test
    void unknownCommandsOutsideOfTheCodeSpace() {
        assertRefused(hex("00abcdef 00000000"), "unknown command 11259375");
    }

    @Test
    void aNegativeLength() {
        assertRefused(hex("00000003 ffffffff"), "-1");
    }

    @Test
    void aLengthBeyondTheLimitIsRefusedBeforeTheBytesCome() {
        assertRefused(hex("00000003 00fffff8"), "16777208");
    }

    @Test
    void aPayloadTooShortForItsFields() {
        assertRefused(hex("0000000b 00000004 00000000"), "does not fit");
    }

    @Test
    void aCountBeyondTheBytesThatAreThere() {
        // MergeSegmentsBatch with 2^31 - 1 sources
        assertRefused(hex("0000005a 0000000e 0000000000000001 0000 7fffffff"), "list of 2147483647");
    }

    @Test
    void anUnknownWriter() {
        assertRefused(WireClient.appendBytes(new UUID(8, 8), 1, 1, new byte[3], 1), "was not set up");
    }

    @Test
    void aReply() {
        assertRefused(WireClient.bytes(new SegmentCreated(1, "s/a/0.#epoch.0")), "SegmentCreated");
    }

    @Test
    void aPartialEventOutsideOfABlock() {
        assertRefused(WireClient.bytes(new PartialEvent(Unpooled.EMPTY_BUFFER)), "PartialEvent");
    }

    @Test
    void adminCommands() {
        assertRefused(WireClient.bytes(new FlushToStorage(0, "", 1)), "FlushToStorage");
    }

    @Test
    void anIncompatibleVersionIsAnsweredFirst() {
        try (WireClient client = store.connect()) {
            client.assertAnswer(new Hello(4, 1), Hello.CURRENT);
            client.assertClosed();
        }
        assertThat(messages()).singleElement().asString().contains("versions 1 to 4");
    }

    @Test
    void paddingIsIgnored() {
        try (WireClient client = store.connect()) {
            client.send(new Padding(7));
            client.assertAnswer(KeepAlive.INSTANCE, KeepAlive.INSTANCE);
        }
    }

    @Test
    void garbage() {
        Random random = new Random(3);
        for (int round = 0; round < 30; round++) {
            byte[] bytes = new byte[8 + random.nextInt(200)];
            random.nextBytes(bytes);
            bytes[0] = 1;
            try (WireClient client = store.connect()) {
                client.sendBytes(bytes);
                client.assertClosed();
            }
        }
        TestStore.eventually(
                "only the bystander is left", () -> store.node.counters().open() == 1);
        assertThat(store.node.counters().closedByError()).isEqualTo(30);
        assertThat(messages()).hasSizeLessThan(30);
    }

    @Test
    void connectionsAboveTheBoundAreRefused() {
        try (TestStore small = new TestStore(TestStore.OPTIONS.accepting(2), 64 << 20)) {
            WireClient first = small.connect();
            WireClient second = small.connect();
            first.assertAnswer(KeepAlive.INSTANCE, KeepAlive.INSTANCE);
            second.assertAnswer(KeepAlive.INSTANCE, KeepAlive.INSTANCE);
            try (WireClient third = small.connect()) {
                third.assertClosed();
            }
            first.assertAnswer(KeepAlive.INSTANCE, KeepAlive.INSTANCE);
            second.close();
            TestStore.eventually(
                    "there is room again", () -> small.node.counters().open() == 1);
            try (WireClient fourth = small.connect()) {
                fourth.assertAnswer(KeepAlive.INSTANCE, KeepAlive.INSTANCE);
            }
            first.close();
        }
    }

    @Test
    void whatCameBeforeTheMistakeCounts() {
        bystander.createSegment("s/a/0.#epoch.0");
        try (WireClient client = store.connect()) {
            client.sendBytes(WireClient.bytes(KeepAlive.INSTANCE));
            client.sendBytes(hex("00000063 00000000"));
            client.read(KeepAlive.class);
            client.assertClosed();
        }
    }
}
