/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.client.internal.write;

import io.headrace.client.StreamName;
import io.headrace.client.Transaction;
import io.headrace.client.WriterOptions;
import io.headrace.client.internal.Resources;
import io.headrace.client.internal.control.TransactionCalls;
import io.headrace.client.internal.control.TransactionCalls.Begun;
import io.headrace.client.internal.loop.Loop;
import io.reactivex.rxjava3.core.Completable;
import io.reactivex.rxjava3.core.Single;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** An open transaction: its events, its end, and the pings that keep it open until then. */
public final class TransactionWriter {
    /** What stands for "no time" on the wire. */
    private static final long NO_TIME = Long.MIN_VALUE;

    private final Resources resources;
    private final TransactionCalls calls;
    private final StreamName stream;
    private final UUID id;
    private final WriterOptions options;
    private final StreamWriter events;
    private Loop.@Nullable Timer ping;
    private boolean ended;

    private TransactionWriter(
            Resources resources, TransactionCalls calls, StreamName stream, Begun begun, WriterOptions options) {
        this.resources = resources;
        this.calls = calls;
        this.stream = stream;
        this.id = begun.id();
        this.options = options;
        this.events = new StreamWriter(resources, stream, Target.transaction(stream, id, begun.segments()), options);
        schedulePing();
    }

    /** Begins a transaction. */
    public static Single<TransactionWriter> begin(Resources resources, StreamName stream, WriterOptions options) {
        TransactionCalls calls = new TransactionCalls(resources.controller());
        return resources.loop().single(() -> calls.begin(stream, options.lease())
                .map(begun -> new TransactionWriter(resources, calls, stream, begun, options)));
    }

    /** Takes up a transaction that was begun elsewhere. Its epoch, and so its segments, follow from its id. */
    public static Single<TransactionWriter> resume(
            Resources resources, StreamName stream, UUID id, WriterOptions options) {
        TransactionCalls calls = new TransactionCalls(resources.controller());
        int epoch = (int) (id.getMostSignificantBits() >> 32);
        return resources.loop().single(() -> calls.status(stream, id)
                .compose(status -> resources.streams().epochSegments(stream, epoch))
                .map(segments -> new TransactionWriter(resources, calls, stream, new Begun(id, segments), options)));
    }

    public UUID id() {
        return id;
    }

    public StreamWriter events() {
        return events;
    }

    /** Commits; {@code timeMillis} may be null. */
    public Completable commit(@Nullable Long timeMillis) {
        return events.close().andThen(resources.loop().completable(() -> calls.commit(
                        stream, id, options.name(), timeMillis == null ? NO_TIME : timeMillis)
                .onSuccess(done -> end())));
    }

    public Completable abort() {
        return resources
                .loop()
                .completable(() -> calls.abort(stream, id).onSuccess(done -> end()))
                .doOnComplete(events::discard);
    }

    /** Prolongs the lease no longer. */
    public Completable release() {
        return resources.loop().completable(() -> {
            end();
            events.discard();
            return Future.succeededFuture();
        });
    }

    public Single<Transaction.Status> status() {
        return resources.loop().single(() -> calls.status(stream, id));
    }

    private void schedulePing() {
        if (!ended) {
            ping = resources.loop().after(pingInterval(options.lease()), this::ping);
        }
    }

    /** Rarer for long leases, but always several in one. */
    static Duration pingInterval(Duration lease) {
        return Duration.ofMillis(Math.round(lease.toMillis() / Math.max(2, Math.sqrt(lease.toMillis() / 1000.0))));
    }

    private void ping() {
        calls.ping(stream, id, options.lease())
                .onComplete(
                        open -> {
                            if (open) {
                                schedulePing();
                            }
                        },
                        cause -> schedulePing());
    }

    private void end() {
        ended = true;
        if (ping != null) {
            ping.cancel();
        }
    }
}
