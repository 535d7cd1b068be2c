/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.server;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.headrace.client.HeadraceClient;
import io.headrace.client.Serializers;
import io.headrace.client.StreamConfiguration;
import io.headrace.client.StreamName;
import io.reactivex.rxjava3.core.Flowable;
import io.reactivex.rxjava3.disposables.Disposable;
import io.vertx.core.json.JsonObject;
import io.vertx.core.net.HostAndPort;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/**
 * Thousands of WebSockets that wait, and some that ask for much and take nothing, beside a writer at full speed. With the
 * profile {@code sockets} only.
 */
@Timeout(300)
@EnabledIfSystemProperty(named = "headrace.sockets.idle", matches = "[1-9][0-9]*")
final class ManySocketsIT {
    private static final int IDLE = Integer.getInteger("headrace.sockets.idle", 5_000);
    private static final int SLOW = Integer.getInteger("headrace.sockets.slow", 200);
    private static final int TIMEOUT_MILLIS = 60_000;
    private static final int EVENT_BYTES = 10_000;
    private static final long MIB = 1 << 20;

    /** What is written between two looks at the memory. */
    private static final long STEP_BYTES = 32 * MIB;

    // What a socket may take of the heap: one that waits, and one that is as far behind as it can be.
    private static final long IDLE_BYTES = 24 << 10;
    private static final long SLOW_BYTES = MIB;

    // All of the heap is there from the beginning: what grows beside it is memory that a connection has elsewhere.
    private static final String JAVA_OPTIONS = "-Xms512m -Xmx512m -XX:+AlwaysPreTouch -XX:MaxDirectMemorySize=512m";

    private static final Pattern TOTAL = Pattern.compile("(?m)^Total +\\d+ +(\\d+)");
    private static final Pattern RESIDENT = Pattern.compile("(?m)^VmRSS:\\s+(\\d+) kB");

    private static final StreamName WAITED_FOR = StreamName.of("sockets/idle");
    private static final StreamName WRITTEN = StreamName.of("sockets/busy");

    @TempDir
    Path temporary;

    private final List<Subscriber> subscribers = new ArrayList<>();

    /** Bytes that the server's heap has after a collection, and that it has of the machine's memory. */
    private record Memory(long live, long resident) {
        @Override
        public String toString() {
            return live / MIB + " MiB live, " + resident / MIB + " MiB resident";
        }
    }

    @Test
    void whatWaitsAndWhatIsSlowTakesNoMoreAndMore() throws Exception {
        Path jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd");
        assumeTrue(Files.isExecutable(jcmd) && Files.exists(Path.of("/proc/self/status")), "no jcmd, or not Linux");
        try (ServerProcess server = ServerProcess.withMemory(
                JAVA_OPTIONS, temporary, temporary.resolve("data"), "--connections", "6000", "--cache-mib", "64")) {
            Addresses addresses = server.awaitReady();
            try (HeadraceClient client = HeadraceClient.connect(URI.create("tcp://" + addresses.controller()));
                    Writer writer = new Writer(client)) {
                writer.await(STEP_BYTES);
                Memory before = memory(jcmd, server);
                for (int i = 0; i < IDLE + SLOW; i++) {
                    subscribers.add(
                            i < IDLE
                                    ? new Subscriber(addresses.http(), WAITED_FOR, 1 << 16)
                                    : new Subscriber(addresses.http(), WRITTEN, 1 << 12));
                }
                for (Subscriber subscriber : subscribers.subList(IDLE, IDLE + SLOW)) {
                    subscriber.awaitAny();
                }
                writer.await(2 * STEP_BYTES);
                Memory with = memory(jcmd, server);
                writer.await(STEP_BYTES);
                Memory after = memory(jcmd, server);
                String seen = "%s; with %d sockets that wait and %d that are slow: %s; later: %s"
                        .formatted(before, IDLE, SLOW, with, after);
                Files.writeString(Path.of("target", "sockets.txt"), seen + "\n");
                assertThat(with.live - before.live)
                        .as(seen)
                        .isLessThan(IDLE * IDLE_BYTES + SLOW * SLOW_BYTES + 8 * MIB);
                assertThat(after.live - with.live).as(seen).isLessThan(24 * MIB);
                assertThat(after.resident - with.resident).as(seen).isLessThan(64 * MIB);
                // Those that wait have been there all the time.
                client.writer(WAITED_FOR, Serializers.utf8())
                        .write("k", "at last")
                        .ignoreElement()
                        .blockingAwait();
                for (Subscriber subscriber : subscribers.subList(0, IDLE)) {
                    subscriber.await("at last");
                }
            } finally {
                for (Subscriber subscriber : subscribers) {
                    subscriber.socket.close();
                }
            }
            assertThat(server.errorLines()).noneMatch(line -> line.contains("ERROR") || line.contains("OutOfMemory"));
        }
    }

    private static Memory memory(Path jcmd, ServerProcess server) throws IOException, InterruptedException {
        String pid = Long.toString(server.pid());
        Process asking = new ProcessBuilder(jcmd.toString(), pid, "GC.class_histogram")
                .redirectErrorStream(true)
                .start();
        String histogram = new String(asking.getInputStream().readAllBytes(), US_ASCII);
        assertThat(asking.waitFor()).as(histogram).isZero();
        return new Memory(
                find(TOTAL, histogram), find(RESIDENT, Files.readString(Path.of("/proc", pid, "status"))) << 10);
    }

    private static long find(Pattern number, String text) {
        Matcher matcher = number.matcher(text);
        assertThat(matcher.find()).as(text).isTrue();
        return Long.parseLong(matcher.group(1));
    }

    /** Writes as fast as it gets acknowledgements. */
    private static final class Writer implements AutoCloseable {
        private final AtomicLong written = new AtomicLong();
        private final AtomicReference<Throwable> failure = new AtomicReference<>();
        private final Disposable writing;

        Writer(HeadraceClient client) {
            client.administration().createScope(WRITTEN.scope()).ignoreElement().blockingAwait();
            for (StreamName stream : List.of(WAITED_FOR, WRITTEN)) {
                client.administration()
                        .createStream(stream, StreamConfiguration.fixed(1))
                        .ignoreElement()
                        .blockingAwait();
            }
            byte[] event = "x".repeat(EVENT_BYTES).getBytes(US_ASCII);
            writing = client.writer(WRITTEN, Serializers.bytes())
                    .writeAll(
                            Flowable.fromSupplier(() -> event).repeat().doOnNext(one -> written.addAndGet(one.length)))
                    .subscribe(() -> {}, failure::set);
        }

        /** Returns when so many bytes more have been taken. */
        void await(long bytes) throws InterruptedException {
            long end = written.get() + bytes;
            while (written.get() < end) {
                assertThat(failure.get()).isNull();
                TimeUnit.MILLISECONDS.sleep(10);
            }
        }

        @Override
        public void close() {
            writing.dispose();
        }
    }

    /** A WebSocket as bytes: it is read when somebody wants to, and not before. */
    private static final class Subscriber {
        private static final int TEXT = 0x81;
        private static final int MASKED = 0x80;
        private static final int MAX_LENGTH_IN_A_BYTE = 126;

        private final Socket socket = new Socket();
        private final InputStream in;

        Subscriber(String address, StreamName stream, int receiveBytes) throws IOException {
            HostAndPort port = HostAndPort.parseAuthority(address, -1);
            socket.setReceiveBufferSize(receiveBytes);
            socket.setSoTimeout(TIMEOUT_MILLIS);
            socket.connect(new InetSocketAddress(port.host(), port.port()), TIMEOUT_MILLIS);
            in = new BufferedInputStream(socket.getInputStream(), 256);
            socket.getOutputStream()
                    .write(("GET /v1/socket HTTP/1.1\r\nHost: " + address
                                    + "\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
                                    + "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n")
                            .getBytes(US_ASCII));
            await("\r\n\r\n");
            send(new JsonObject()
                    .put("op", "subscribe")
                    .put("id", "s")
                    .put("stream", stream.toString())
                    .put("from", "earliest")
                    .put("permits", 1_000_000));
            await("subscribed");
        }

        /** With a mask of zeros, which changes nothing. */
        private void send(JsonObject message) throws IOException {
            byte[] text = message.encode().getBytes(US_ASCII);
            assertThat(text).hasSizeLessThan(MAX_LENGTH_IN_A_BYTE);
            ByteBuffer frame = ByteBuffer.allocate(6 + text.length)
                    .put((byte) TEXT)
                    .put((byte) (MASKED | text.length))
                    .putInt(0)
                    .put(text);
            socket.getOutputStream().write(frame.array());
        }

        /** Returns when something has come that was not read. */
        void awaitAny() throws Exception {
            while (in.available() == 0) {
                TimeUnit.MILLISECONDS.sleep(10);
            }
        }

        /** Reads until a text has come. */
        void await(String text) throws IOException {
            int matched = 0;
            while (matched < text.length()) {
                int next = in.read();
                assertThat(next)
                        .as("end of the connection, before \"" + text + "\"")
                        .isNotNegative();
                matched = next == text.charAt(matched) ? matched + 1 : next == text.charAt(0) ? 1 : 0;
            }
        }
    }
}
