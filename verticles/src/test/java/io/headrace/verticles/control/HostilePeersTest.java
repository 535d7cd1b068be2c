/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.verticles.control;

import static io.headrace.verticles.control.Messages.SCOPE;
import static io.headrace.verticles.control.Messages.createScope;
import static io.headrace.verticles.control.Messages.withStream;
import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.headrace.codecs.control.CreateScopeStatus;
import io.headrace.codecs.control.ScopeInfo;
import io.vertx.grpc.common.GrpcStatus;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.slf4j.LoggerFactory;

/** Whatever a peer sends, it loses its own connection, with a line in the log, and touches nothing else. */
@Timeout(120)
final class HostilePeersTest {
    private final TestController controller = withStream(2);
    private final ListAppender<ILoggingEvent> log = new ListAppender<>();

    @BeforeEach
    void watchLog() {
        log.start();
        ((Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME)).addAppender(log);
    }

    @AfterEach
    void close() {
        assertStillServes();
        ((Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME)).detachAppender(log);
        assertThat(lines(Level.ERROR)).isEmpty();
        controller.close();
    }

    private void assertStillServes() {
        assertThat(createScope(controller, SCOPE)).isEqualTo(CreateScopeStatus.Status.SCOPE_EXISTS);
    }

    private List<String> lines(Level level) {
        List<ILoggingEvent> events;
        synchronized (log) {
            events = List.copyOf(log.list);
        }
        return events.stream()
                .filter(event -> event.getLevel() == level)
                // Storage that other tests of this JVM have left behind.
                .filter(event -> !event.getLoggerName().startsWith("org.apache."))
                // The controller's own client of these tests, when its connection is closed.
                .filter(event -> !event.getLoggerName().endsWith(".ConnectionBase"))
                .map(ILoggingEvent::getFormattedMessage)
                .toList();
    }

    /** Waits until so many lines say that a connection was ended, one of them with these words. */
    private void awaitEnds(int count, String words) {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        while (lines(Level.WARN).size() < count) {
            assertThat(System.nanoTime()).as("%s", lines(Level.WARN)).isLessThan(deadline);
            LockSupport.parkNanos(1_000_000);
        }
        assertThat(lines(Level.WARN)).hasSize(count).allMatch(line -> line.contains("127.0.0.1:"));
        assertThat(lines(Level.WARN).get(count - 1)).contains(words);
    }

    private Socket connect() throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), controller.port);
        socket.setSoTimeout(30_000);
        return socket;
    }

    /** Sends bytes, and returns what comes back before the server closes the connection. */
    private String sendUntilClosed(byte[] bytes) throws IOException {
        try (Socket socket = connect()) {
            OutputStream out = socket.getOutputStream();
            out.write(bytes);
            out.flush();
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
        } catch (SocketException reset) {
            // As good as an end: the server had not read all.
            return String.valueOf(reset.getMessage());
        }
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    @Test
    void plainHttpIsToldWhereItIs() throws IOException {
        assertThat(sendUntilClosed(ascii("GET / HTTP/1.1\r\nHost: a\r\n\r\n")))
                .startsWith("HTTP/1.1 415 ")
                .contains("gRPC port");
        awaitEnds(1, "gRPC port");
    }

    @Test
    void garbage() throws IOException {
        ByteArrayOutputStream dataOfNoStream = new ByteArrayOutputStream();
        dataOfNoStream.writeBytes(Http2.beginning());
        Http2.frame(dataOfNoStream, 0, 0, 0, new byte[3]);
        byte[] random = new byte[1_000];
        new Random(7).nextBytes(random);
        List<byte[]> garbage = List.of(
                ascii("GARBAGE\r\n\r\n"),
                ascii("GET /\0\0 HTTP/1.1\r\nno header\r\n\r\n"),
                ascii("GET /" + "x".repeat(100_000) + " HTTP/1.1\r\n\r\n"),
                dataOfNoStream.toByteArray(),
                random);
        int ends = 0;
        for (byte[] bytes : garbage) {
            assertThat(sendUntilClosed(bytes)).hasSizeLessThan(1_000);
            awaitEnds(++ends, "closed the connection");
        }
    }

    @Test
    void aMessageThatIsTooLarge() {
        ScopeInfo large = ScopeInfo.newBuilder().setScope("x".repeat(5 << 20)).build();
        TestController.Answer<CreateScopeStatus> answer =
                controller.call("createScope", large, CreateScopeStatus.getDefaultInstance());
        assertThat(answer.status()).isEqualTo(GrpcStatus.RESOURCE_EXHAUSTED);
        TestController.assertReadable(answer.text());
        awaitEnds(1, "more than 4194304, to createScope");
    }

    @Test
    void aMessageThatOnlySaysThatItIsLarge() throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(Http2.request("a"));
        // Another call, which does not end: a length of 2 GB, and the first bytes of it.
        Http2.frame(out, Http2.HEADERS, 4, 3, Http2.headers("a"));
        Http2.frame(out, 0, 0, 3, new byte[] {0, 0x7f, -1, -1, -1, 1, 2, 3});
        assertThat(sendUntilClosed(out.toByteArray())).isNotEmpty();
        awaitEnds(1, "2147483647");
    }

    /** The call is over before it is answered. */
    @Test
    void aCallerThatGivesUp() throws IOException {
        try (Socket socket = connect()) {
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            out.writeBytes(Http2.beginning());
            for (int call = 0; call < 50; call++) {
                int stream = 2 * call + 1;
                Http2.frame(out, Http2.HEADERS, 4, stream, Http2.headers("a"));
                Http2.frame(out, 0, 1, stream, new byte[] {0, 0, 0, 0, 3, 10, 1, 's'});
                Http2.frame(out, Http2.RST_STREAM, 0, stream, new byte[] {0, 0, 0, 8});
            }
            Http2.frame(out, Http2.HEADERS, 4, 101, Http2.headers("a"));
            Http2.frame(out, 0, 1, 101, new byte[] {0, 0, 0, 0, 3, 10, 1, 's'});
            socket.getOutputStream().write(out.toByteArray());
            assertThat(Http2.firstFrameOfStream(socket, 101)).isEqualTo(Http2.HEADERS);
        }
        assertThat(lines(Level.WARN)).isEmpty();
    }

    @Test
    void tooManyConnections() throws IOException {
        assertStillServes();
        List<Socket> sockets = new ArrayList<>();
        // One is the controller's own client.
        while (sockets.size() < TestController.CONNECTIONS - 1) {
            Socket socket = connect();
            sockets.add(socket);
            socket.getOutputStream().write(Http2.request("a"));
            assertThat(Http2.firstFrameOfStream(socket, 1)).isEqualTo(Http2.HEADERS);
        }
        sendUntilClosed(Http2.beginning());
        awaitEnds(1, "refused a connection");
        assertStillServes();
        sockets.get(0).close();
        awaitRoom();
        for (Socket socket : sockets) {
            socket.close();
        }
    }

    private void awaitRoom() throws IOException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        boolean accepted = false;
        while (!accepted) {
            assertThat(System.nanoTime()).as("there is room again").isLessThan(deadline);
            try (Socket socket = connect()) {
                socket.getOutputStream().write(Http2.request("a"));
                accepted = Http2.firstFrameOfStream(socket, 1) == Http2.HEADERS;
            } catch (IOException refused) {
                LockSupport.parkNanos(1_000_000);
            }
        }
    }
}
