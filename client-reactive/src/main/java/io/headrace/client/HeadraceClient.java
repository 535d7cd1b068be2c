/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.client;

import io.headrace.client.internal.Resources;
import io.headrace.client.internal.loop.Loop;
import io.headrace.client.internal.loop.Loops;
import io.reactivex.rxjava3.core.Completable;
import io.vertx.core.Future;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.net.NetClient;
import io.vertx.core.net.NetClientOptions;
import io.vertx.grpc.client.GrpcClient;
import io.vertx.grpc.client.GrpcClientOptions;
import java.net.URI;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A client of a cluster: the only object that has threads and connections. A program needs one of them. May be used by
 * any thread.
 */
public final class HeadraceClient implements AutoCloseable {
    private static final int CONNECT_TIMEOUT_MILLIS = 5_000;
    private static final long CLOSE_SECONDS = 10;

    /** All segments of the largest stream. */
    private static final long MAX_ANSWER_BYTES = 4L << 20;

    private final Loops loops;
    private final GrpcClient grpc;
    private final List<Resources> resources;
    private final AtomicInteger next = new AtomicInteger();

    private HeadraceClient(ClientOptions options) {
        this.loops = Loops.start(options.loops());
        this.grpc = GrpcClient.client(
                loops.vertx(),
                new GrpcClientOptions().setScheduleDeadlineAutomatically(true).setMaxMessageSize(MAX_ANSWER_BYTES),
                new HttpClientOptions()
                        .setProtocolVersion(HttpVersion.HTTP_2)
                        .setHttp2ClearTextUpgrade(false)
                        .setConnectTimeout(CONNECT_TIMEOUT_MILLIS));
        NetClient sockets =
                loops.vertx().createNetClient(new NetClientOptions().setConnectTimeout(CONNECT_TIMEOUT_MILLIS));
        this.resources = loops.all().stream()
                .map(loop -> Resources.on(loop, grpc, sockets, options))
                .toList();
    }

    /**
     * Makes a client. Connections are opened when they are needed: this neither waits nor fails if there is no server.
     *
     * @param controller {@code tcp://host:port}
     */
    public static HeadraceClient connect(URI controller) {
        return connect(ClientOptions.of(controller));
    }

    /** Makes a client with settings of its own. */
    public static HeadraceClient connect(ClientOptions options) {
        return new HeadraceClient(options);
    }

    /** Administration of scopes and streams. */
    public Administration administration() {
        return new Administration(nextResources());
    }

    /** A writer of a stream. What is made here takes no connection until something is written. */
    public <T> EventWriter<T> writer(StreamName stream, Serializer<T> serializer) {
        return writer(stream, serializer, WriterOptions.defaults());
    }

    /** A writer with settings of its own. */
    public <T> EventWriter<T> writer(StreamName stream, Serializer<T> serializer, WriterOptions options) {
        return new EventWriter<>(nextResources(), stream, serializer, options);
    }

    /**
     * A writer whose events have numbers, by which the stream knows what it has of them, whatever becomes of this program.
     *
     * @param producer identifies the writer to the stream for good: letters, digits, dots and hyphens
     * @throws IllegalArgumentException if no producer can have such a name
     */
    public <T> NumberedWriter<T> numberedWriter(
            StreamName stream, String producer, Serializer<T> serializer, WriterOptions options) {
        return new NumberedWriter<>(nextResources(), stream, producer, serializer, options);
    }

    /** A reader of a whole stream, from its oldest data on, that may be refined. */
    public <T> EventReader<T> reader(StreamName stream, Serializer<T> serializer) {
        return new EventReader<>(
                this::nextResources, stream, serializer, ReaderOptions.defaults(), ReadFrom.earliest(), null);
    }

    /** A writer of a stream of bytes, which has one segment. */
    public ByteStreamWriter byteWriter(StreamName stream) {
        return byteWriter(stream, WriterOptions.defaults());
    }

    /** A writer of a stream of bytes with settings of its own. */
    public ByteStreamWriter byteWriter(StreamName stream, WriterOptions options) {
        return new ByteStreamWriter(nextResources(), stream, options);
    }

    /** A reader of a stream of bytes, which has one segment. */
    public ByteStreamReader byteReader(StreamName stream) {
        return new ByteStreamReader(this::nextResources, stream);
    }

    /** A key-value table, which must be there when it is used. */
    public <K, V> KeyValueTable<K, V> table(TableName table, TableKeySerializer<K> keys, Serializer<V> values) {
        return new KeyValueTable<>(nextResources(), table, keys, values);
    }

    /** A stream of one segment that is written on conditions. */
    public <T> RevisionedStream<T> revisionedStream(StreamName stream, Serializer<T> serializer) {
        return new RevisionedStream<>(nextResources(), stream, serializer);
    }

    /** A state that is shared by a stream of one segment, which nothing else may write. */
    public <S, U> StateSynchronizer<S, U> synchronizer(StreamName stream, StateModel<S, U> model) {
        return new StateSynchronizer<>(nextResources(), stream, model);
    }

    /** The reader groups of a scope. */
    public ReaderGroups readerGroups(String scope) {
        return new ReaderGroups(this::nextResources, scope);
    }

    /** Whatever is made anew goes to the loop whose turn it is. */
    private Resources nextResources() {
        return resources.get(Math.floorMod(next.getAndIncrement(), resources.size()));
    }

    /**
     * Ends everything that was made from this client, at once. What is under way fails, and may have happened. Readers of
     * groups leave them before, if that takes no more than three seconds.
     */
    public Completable shutdown() {
        return Completable.create(done -> loops.end().onComplete(ended -> done.onComplete(), done::tryOnError));
    }

    /** As {@link #shutdown}; returns when it is done, at most ten seconds later. On an event loop it does not wait. */
    @Override
    public void close() {
        Future<Void> ended = loops.end();
        if (loops.all().stream().noneMatch(Loop::inLoop)) {
            var unused = Completable.fromCompletionStage(ended.toCompletionStage())
                    .onErrorComplete()
                    .blockingAwait(CLOSE_SECONDS, TimeUnit.SECONDS);
        }
    }
}
