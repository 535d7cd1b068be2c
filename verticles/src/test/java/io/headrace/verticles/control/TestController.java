/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.verticles.control;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Message;
import io.headrace.engine.log.LogStore;
import io.headrace.engine.partition.Loop;
import io.headrace.engine.partition.Partition;
import io.headrace.engine.partition.PartitionListener;
import io.headrace.engine.partition.PartitionOptions;
import io.headrace.engine.partition.ReplyTo;
import io.headrace.engine.partition.StateMachine;
import io.headrace.engine.segments.SegmentCommand;
import io.headrace.engine.segments.SegmentReply;
import io.headrace.engine.segments.SegmentsMachine;
import io.headrace.engine.streams.StreamCommand;
import io.headrace.engine.streams.StreamReply;
import io.headrace.engine.streams.StreamsMachine;
import io.headrace.engine.streams.StreamsOptions;
import io.headrace.verticles.host.HostOptions;
import io.headrace.verticles.host.MemoryLogs;
import io.headrace.verticles.host.PartitionHost;
import io.headrace.verticles.host.Partitions;
import io.headrace.verticles.net.Endpoint;
import io.netty.buffer.PooledByteBufAllocator;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.net.SocketAddress;
import io.vertx.grpc.client.GrpcClient;
import io.vertx.grpc.client.GrpcClientResponse;
import io.vertx.grpc.common.GrpcMessageDecoder;
import io.vertx.grpc.common.GrpcMessageEncoder;
import io.vertx.grpc.common.GrpcStatus;
import io.vertx.grpc.common.ServiceMethod;
import io.vertx.grpc.common.ServiceName;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A controller on a free port over real partitions of streams and segments with logs in memory, and a client of it. */
final class TestController implements AutoCloseable {
    static final Endpoint STORE = new Endpoint("store.test", 12345);

    private static final ServiceName SERVICE =
            ServiceName.create("io.pravega.controller.stream.api.grpc.v1", "ControllerService");
    private static final int STREAMS = 3;

    static final int CONNECTIONS = 20;

    private final Vertx vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(2));
    private final LogStore logs = new MemoryLogs();
    private final PartitionHost host = await(PartitionHost.start(vertx, 2, HostOptions.DEFAULT, (name, cause) -> {}));
    private final GrpcClient client = GrpcClient.client(vertx);
    private final Context context = vertx.getOrCreateContext();
    final int port;

    TestController() {
        Partitions<SegmentCommand, SegmentReply> segments = Partitions.ofSegments(Partitions.evenTable(1));
        Partitions<StreamCommand, StreamReply> streams = Partitions.ofScopes(Partitions.evenTable(STREAMS));
        segments.place(
                0,
                host.open(
                        "segments",
                        (name, loop, listener) ->
                                partition(name, new SegmentsMachine(PooledByteBufAllocator.DEFAULT), loop, listener),
                        Partitions::bytesOf));
        for (int i = 0; i < STREAMS; i++) {
            int number = i;
            streams.place(
                    i,
                    host.open(
                            "streams-" + i,
                            (name, loop, listener) -> {
                                Self self = new Self(loop);
                                self.partition = partition(
                                        name,
                                        new StreamsMachine(
                                                StreamsOptions.of(number, STREAMS),
                                                (command, replyTo) -> loop.execute(
                                                        () -> segments.submit(command.segment(), command, replyTo)),
                                                (command, replyTo) -> loop.execute(
                                                        () -> streams.submit(command.scope(), command, replyTo)),
                                                self),
                                        loop,
                                        listener);
                                return self.partition;
                            },
                            command -> 512));
        }
        ControlVerticle verticle = new ControlVerticle(
                new ControlOptions("127.0.0.1", 0, CONNECTIONS),
                streams,
                Directory.of(new Endpoint("here.test", 0), STORE));
        await(vertx.deployVerticle(verticle));
        port = verticle.port();
    }

    private <C, R> Partition<C, R> partition(
            String name, StateMachine<C, R> machine, Loop loop, PartitionListener listener) {
        return new Partition<>(
                name,
                machine,
                logs,
                (MemoryLogs) logs,
                loop,
                System::currentTimeMillis,
                new SplittableRandom(1),
                PartitionOptions.DEFAULT,
                listener);
    }

    /** The way of a machine back to its partition. */
    private static final class Self implements Consumer<StreamCommand>, ReplyTo<StreamReply> {
        private final Loop loop;
        private @Nullable Partition<StreamCommand, StreamReply> partition;

        Self(Loop loop) {
            this.loop = loop;
        }

        @Override
        public void accept(StreamCommand command) {
            loop.execute(() -> Objects.requireNonNull(partition).submit(command, this));
        }

        @Override
        public void reply(StreamReply reply) {}

        @Override
        public void lost(String reason) {}
    }

    /** How a call ended. */
    record Answer<A>(
            GrpcStatus status, String text, @Nullable A message) {}

    /** Makes a call and waits for its end. */
    <Q extends Message, A extends Message> Answer<A> call(String procedure, Q request, A response) {
        ServiceMethod<A, Q> method = ServiceMethod.client(
                SERVICE, procedure, GrpcMessageEncoder.encoder(), GrpcMessageDecoder.decoder(response));
        Promise<Answer<A>> end = Promise.promise();
        // On its event loop: elsewhere the response could be over before anybody listens to it.
        context.runOnContext(nothing -> client.request(SocketAddress.inetSocketAddress(port, "127.0.0.1"), method)
                .compose(call -> call.send(request))
                .compose(TestController::answer)
                .onComplete(end));
        return await(end.future());
    }

    private static <A> Future<Answer<A>> answer(GrpcClientResponse<?, A> response) {
        Promise<Answer<A>> end = Promise.promise();
        AtomicReference<@Nullable A> message = new AtomicReference<>();
        response.handler(message::set);
        response.exceptionHandler(end::tryFail);
        response.endHandler(nothing -> end.tryComplete(new Answer<>(
                response.status(), Objects.requireNonNullElse(response.statusMessage(), ""), message.get())));
        return end.future();
    }

    /** Makes a call that must succeed. */
    <Q extends Message, A extends Message> A ask(String procedure, Q request, A response) {
        Answer<A> answer = call(procedure, request, response);
        assertThat(answer.status()).as("%s: %s", procedure, answer.text()).isEqualTo(GrpcStatus.OK);
        return Objects.requireNonNull(answer.message());
    }

    /** Makes a call that must fail with a status and a text for people. */
    void refused(GrpcStatus expected, String procedure, Message request, Message response) {
        Answer<?> answer = call(procedure, request, response);
        assertThat(answer.status()).as("%s: %s", procedure, answer.text()).isEqualTo(expected);
        assertReadable(answer.text());
        assertThat(answer.message()).isNull();
    }

    /** A text for people tells what was wrong, and nothing of the inside. */
    static void assertReadable(String text) {
        assertThat(text).isNotBlank().doesNotContain("Exception", "java.", "io.headrace", "\n", "null");
    }

    @Override
    public void close() {
        await(client.close());
        await(host.close());
        await(vertx.close());
    }

    private static <T> T await(Future<T> future) {
        try {
            return future.toCompletionStage().toCompletableFuture().get(30, TimeUnit.SECONDS);
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }
}
