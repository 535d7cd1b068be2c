/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.compatibility;

import static io.headrace.compatibility.Client.next;
import static io.headrace.compatibility.Failures.assertStatus;
import static io.headrace.compatibility.Failures.failure;
import static io.headrace.compatibility.SegmentIds.id;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.grpc.Status;
import io.pravega.client.ClientConfig;
import io.pravega.client.admin.StreamManager;
import io.pravega.client.connection.impl.ConnectionPoolImpl;
import io.pravega.client.connection.impl.SocketConnectionFactoryImpl;
import io.pravega.client.control.impl.Controller;
import io.pravega.client.control.impl.ControllerImpl;
import io.pravega.client.control.impl.ControllerImplConfig;
import io.pravega.client.stream.EventStreamReader;
import io.pravega.client.stream.EventStreamWriter;
import io.pravega.client.stream.EventWriterConfig;
import io.pravega.client.stream.ReaderConfig;
import io.pravega.client.stream.ScalingPolicy;
import io.pravega.client.stream.StreamConfiguration;
import io.pravega.client.stream.StreamCut;
import io.pravega.client.stream.Transaction;
import io.pravega.client.stream.impl.ClientFactoryImpl;
import io.pravega.common.util.RetriesExhaustedException;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayName;

@DisplayName("Connections, discovery and failures")
class ConnectionTest {
    private static final int HTTP2_SETTINGS = 4;
    private static final int HTTP2_PING = 6;
    private static final int HTTP2_GOAWAY = 7;

    @Case({"CON-01", "CON-02"})
    void oneOfTwoControllersIsDown(Client client) throws IOException {
        String both = "127.0.0.1:" + closedPort() + ",127.0.0.1:" + client.uri().getPort();
        for (String scheme : List.of("tcp", "pravega")) {
            try (StreamManager streams = StreamManager.create(ClientConfig.builder()
                    .controllerURI(URI.create(scheme + "://" + both))
                    .build())) {
                for (int i = 0; i < 10; i++) {
                    assertThat(streams.createScope(client.scope() + "-" + scheme + i))
                            .isTrue();
                }
            }
        }
    }

    @Case("CON-03")
    void allControllersAreDown(Client client) throws IOException {
        ClientConfig nobody = ClientConfig.builder()
                .controllerURI(URI.create("tcp://127.0.0.1:" + closedPort()))
                .build();
        // As the client's own configuration, but for the number of attempts, which last for a minute and a half.
        ControllerImplConfig fewAttempts = ControllerImplConfig.builder()
                .clientConfig(nobody)
                .retryAttempts(3)
                .build();
        Controller controller = client.own(new ControllerImpl(fewAttempts, client.executor()));
        assertThatThrownBy(() -> controller.createScope("s").join())
                .isInstanceOf(CompletionException.class)
                .hasCauseInstanceOf(RetriesExhaustedException.class);
    }

    @Case(
            value = {"CON-04", "CON-06", "CON-07"},
            durable = true)
    void killedInTheMiddleOfWork(Server server) throws Exception {
        try (Client client = new Client(server)) {
            client.stream("a", 1);
            Transaction<String> transaction = client.transactions("a").beginTxn();
            transaction.writeEvent("k", "inside");
            transaction.flush();

            CompletableFuture<Boolean> created =
                    client.controller().createStream(client.scope(), "b", Client.fixed(20));
            CompletableFuture<Boolean> scaled = SegmentIds.startScale(client, "a", List.of(0L), 0.0, 0.5, 1.0);
            server.kill();
            server.restart();
            assertThat(created.get(60, TimeUnit.SECONDS)).isNotNull();
            assertThat(SegmentIds.current(client, "b")).hasSize(20);
            assertThat(scaled.get(60, TimeUnit.SECONDS)).isNotNull();
            SegmentIds.awaitCurrent(client, "a", Set.of(id(1, 1), id(2, 1)));

            assertThat(transaction.checkStatus()).isEqualTo(Transaction.Status.OPEN);
            Future<?> committed = client.inBackground(() -> transaction.commit());
            server.kill();
            server.restart();
            committed.get(60, TimeUnit.SECONDS);
            client.checkpointedGroup("g", "a");
            assertThat(next(client.reader("r", "g"))).isEqualTo("inside");
        }
    }

    /** The client gives a call two minutes; here it is a second. */
    @Case("CON-05")
    void aSilentServer() throws Exception {
        assumeThat(Server.isHeadrace()).as("the server can be paused").isTrue();
        try (HeadraceProcess server = Server.startHeadrace("silent");
                Client client = new Client(server)) {
            client.stream("a", 1);
            Controller impatient = impatient(client, 3);
            Controller persistent = impatient(client, 100);
            assertThat(impatient.checkScopeExists(client.scope()).join()).isTrue();
            assertThat(persistent.checkScopeExists(client.scope()).join()).isTrue();
            server.pause();
            Throwable failure = failure(impatient.checkScopeExists(client.scope()));
            assertThat(failure).isInstanceOf(RetriesExhaustedException.class);
            assertStatus(Status.Code.DEADLINE_EXCEEDED, () -> {
                throw failure;
            });
            CompletableFuture<Boolean> created = persistent.createStream(client.scope(), "b", Client.fixed(3));
            assertThat(failure(impatient.checkScopeExists(client.scope())))
                    .isInstanceOf(RetriesExhaustedException.class);
            assertThat(created).isNotDone();
            server.resume();
            // One of the attempts has made it; whether the one that is answered is not known.
            assertThat(created.get(60, TimeUnit.SECONDS)).isNotNull();
            assertThat(SegmentIds.current(client, "b")).hasSize(3);
        }
    }

    /** A connection to the controller on which a call may take a second, and is made again so many times at most. */
    private static Controller impatient(Client client, int attempts) {
        ControllerImplConfig config = ControllerImplConfig.builder()
                .clientConfig(client.config())
                .timeoutMillis(1_000)
                .retryAttempts(attempts)
                .initialBackoffMillis(1)
                .maxBackoffMillis(100)
                .build();
        return client.own(new ControllerImpl(config, client.executor()));
    }

    @Case("CON-09")
    void pingsOnAnIdleConnectionAreAnswered(Client client) throws IOException {
        try (Socket socket = new Socket(client.uri().getHost(), client.uri().getPort())) {
            socket.setSoTimeout((int) Client.PATIENCE.toMillis());
            DataOutputStream out = new DataOutputStream(socket.getOutputStream());
            DataInputStream in = new DataInputStream(socket.getInputStream());
            out.write("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            writeFrame(out, HTTP2_SETTINGS, new byte[0]);
            for (int i = 0; i < 20; i++) {
                writeFrame(out, HTTP2_PING, new byte[8]);
            }
            int answered = 0;
            while (answered < 20) {
                int length = in.readUnsignedByte() << 16 | in.readUnsignedShort();
                int type = in.readUnsignedByte();
                assertThat(type).isNotEqualTo(HTTP2_GOAWAY);
                boolean acknowledges = in.readUnsignedByte() == 1;
                answered += type == HTTP2_PING && acknowledges ? 1 : 0;
                in.readFully(new byte[4 + length]);
            }
        }
    }

    @Case("CON-10")
    void noConnectionIsLeaked(Client client) {
        client.stream("a", 1);
        ConnectionPoolImpl pool =
                client.own(new ConnectionPoolImpl(client.config(), new SocketConnectionFactoryImpl(client.config())));
        ClientFactoryImpl factory = new ClientFactoryImpl(client.scope(), client.controller(), pool);
        client.checkpointedGroup("g", "a");
        EventStreamWriter<String> writer = new PublishedWriter<>(factory.createEventWriter(
                "a",
                Client.STRINGS,
                EventWriterConfig.builder().enableConnectionPooling(false).build()));
        EventStreamReader<String> reader = factory.createReader(
                "r", "g", Client.STRINGS, ReaderConfig.builder().build());
        long whole = 0;
        for (int round = 0; round < 3; round++) {
            long left = id(3 * round + 1, 2 * round + 1);
            long right = id(3 * round + 2, 2 * round + 1);
            writer.writeEvent("k", "1").join();
            SegmentIds.scaleQuickly(client, "a", List.of(whole), Set.of(left, right), 0.0, 0.5, 1.0);
            writer.writeEvent("k", "2").join();
            whole = id(3 * round + 3, 2 * round + 2);
            SegmentIds.scaleQuickly(client, "a", List.of(left, right), Set.of(whole), 0.0, 1.0);
            writer.writeEvent("k", "3").join();
            assertThat(next(reader, 3)).containsExactly("1", "2", "3");
        }
        reader.close();
        writer.close();
        pool.pruneUnusedConnections();
        assertThat(pool.getActiveChannels()).isEmpty();
    }

    @Case("CON-11")
    void repeatedCalls(Client client) {
        client.stream("a", 1);
        client.write("a", Client.sized("1", 30));
        Controller controller = client.controller();
        StreamConfiguration more = StreamConfiguration.builder()
                .scalingPolicy(ScalingPolicy.fixed(2))
                .build();
        StreamCut cut = SegmentIds.cut(client, "a", Map.of(0L, 30L));
        for (int i = 0; i < 2; i++) {
            assertThat(controller.truncateStream(client.scope(), "a", cut).join())
                    .isTrue();
        }
        for (int i = 0; i < 2; i++) {
            assertThat(controller.updateStream(client.scope(), "a", more).join())
                    .isTrue();
        }
        assertThat(SegmentIds.current(client, "a")).containsExactly(id(1, 1), id(2, 1));
        CompletableFuture<Boolean> first = controller.sealStream(client.scope(), "a");
        assertThat(controller.sealStream(client.scope(), "a").join()).isTrue();
        assertThat(first.join()).isTrue();
        CompletableFuture<Boolean> deleted = controller.deleteStream(client.scope(), "a");
        assertThat(controller.deleteStream(client.scope(), "a").join()).isNotNull();
        assertThat(deleted.join()).isNotNull();
        assertThat(controller.checkStreamExists(client.scope(), "a").join()).isFalse();
    }

    /** A frame without flags, about the connection as a whole. */
    private static void writeFrame(DataOutputStream out, int type, byte[] payload) throws IOException {
        out.write(new byte[] {0, 0, (byte) payload.length, (byte) type, 0, 0, 0, 0, 0});
        out.write(payload);
    }

    private static int closedPort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
