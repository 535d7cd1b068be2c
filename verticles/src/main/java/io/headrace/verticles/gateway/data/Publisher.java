/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.verticles.gateway.data;

import io.headrace.client.EventWriter;
import io.headrace.client.HeadraceClient;
import io.headrace.client.OverloadedException;
import io.headrace.client.Serializers;
import io.headrace.client.StreamName;
import io.headrace.client.Transaction;
import io.headrace.client.WriterOptions;
import io.reactivex.rxjava3.core.Single;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Publishes for all connections, with one writer for each stream: a writer for each connection would leave something behind
 * in each segment for every request. Events of one connection keep their order. Belongs to the event loop of the HTTP port.
 */
final class Publisher {
    /** The one that was not used for longest is closed for another. */
    private static final int MAX_WRITERS = 1_024;

    private final HeadraceClient client;
    private final Context context;
    private final WriterOptions options;
    private final Map<StreamName, EventWriter<byte[]>> writers = new LinkedHashMap<>(16, 0.75f, true);

    /** @param maxBytesInFlight no more than that is ever published at a time, whatever the stream */
    Publisher(HeadraceClient client, Context context, long maxBytesInFlight) {
        this.client = client;
        this.context = context;
        // Events are larger to the writer than they were as messages: by a header and what belongs to it.
        this.options = WriterOptions.defaults().withMaxBytesInFlight(2 * maxBytesInFlight);
    }

    /** Completes, on the event loop, when the event is durable. */
    Future<Void> publish(StreamName stream, @Nullable String key, byte[] event) {
        EventWriter<byte[]> writer = writers.get(stream);
        if (writer == null) {
            writer = client.writer(stream, Serializers.bytes(), options);
            writers.put(stream, writer);
            closeEldest();
        }
        EventWriter<byte[]> used = writer;
        return onContext(key == null ? used.write(event) : used.write(key, event))
                .<Void>mapEmpty()
                .onFailure(failure -> {
                    if (!(failure instanceof OverloadedException)) {
                        // A writer that has lost an event takes no other: the next one begins anew.
                        writers.remove(stream, used);
                    }
                });
    }

    /** Begins a transaction. */
    Future<Transaction<byte[]>> begin(StreamName stream, Duration lease) {
        return onContext(forTransactions(stream, lease).begin());
    }

    /** Goes on with a transaction that was begun on another connection. */
    Future<Transaction<byte[]>> resume(StreamName stream, UUID transaction, Duration lease) {
        return onContext(forTransactions(stream, lease).resume(transaction));
    }

    /** What has been decided about a transaction. */
    Future<Transaction.Status> status(StreamName stream, UUID transaction) {
        return onContext(client.writer(stream, Serializers.bytes(), options)
                .resume(transaction)
                .flatMap(found -> found.release().andThen(found.status())));
    }

    private EventWriter<byte[]> forTransactions(StreamName stream, Duration lease) {
        return client.writer(stream, Serializers.bytes(), options.withLease(lease));
    }

    /** Brings what comes of a call of the client to the event loop. */
    <T> Future<T> onContext(Single<T> call) {
        Promise<T> done = Promise.promise();
        var unused = call.subscribe(
                result -> context.runOnContext(nothing -> done.complete(result)),
                failure -> context.runOnContext(nothing -> done.fail(failure)));
        return done.future();
    }

    private void closeEldest() {
        if (writers.size() > MAX_WRITERS) {
            var eldest = writers.entrySet().iterator();
            EventWriter<byte[]> writer = eldest.next().getValue();
            eldest.remove();
            var unused = writer.close().onErrorComplete().subscribe();
        }
    }
}
