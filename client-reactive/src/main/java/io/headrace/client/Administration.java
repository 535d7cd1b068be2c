/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.client;

import io.headrace.client.internal.Resources;
import io.headrace.client.internal.Segments;
import io.headrace.client.internal.control.AdminCalls;
import io.headrace.client.internal.control.ScopeCalls;
import io.headrace.client.internal.control.TableCalls;
import io.headrace.client.internal.control.TransactionCalls;
import io.reactivex.rxjava3.core.Completable;
import io.reactivex.rxjava3.core.Flowable;
import io.reactivex.rxjava3.core.Single;
import io.vertx.core.Future;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/**
 * Administration of scopes, streams and key-value tables. Calls begin when somebody subscribes, are repeated while no
 * controller answers, and fail with a {@link HeadraceException}.
 */
public final class Administration {
    private static final long SCALE_POLL_MILLIS = 50;

    private final Resources resources;
    private final ScopeCalls scopes;
    private final AdminCalls streams;
    private final TableCalls tables;

    Administration(Resources resources) {
        this.resources = resources;
        this.scopes = new ScopeCalls(resources.controller());
        this.streams = new AdminCalls(resources.controller());
        this.tables = new TableCalls(resources.controller());
    }

    /** Creates a scope; false if it is there already. */
    public Single<Boolean> createScope(String scope) {
        return resources.loop().single(() -> scopes.create(scope));
    }

    public Single<Boolean> scopeExists(String scope) {
        return resources.loop().single(() -> scopes.exists(scope));
    }

    /** All scopes, those of the system too. */
    public Flowable<String> scopes() {
        return pages("", scopes::list);
    }

    /** Deletes an empty scope; false if there is none. {@link ConflictException} if it is not empty. */
    public Single<Boolean> deleteScope(String scope) {
        return resources.loop().single(() -> scopes.delete(scope, false));
    }

    /** Deletes a scope and everything in it; true also if there is none. */
    public Single<Boolean> deleteScopeRecursively(String scope) {
        return resources.loop().single(() -> scopes.delete(scope, true));
    }

    /** The streams of a scope, internal ones too, whose names begin with an underscore. */
    public Flowable<StreamName> streams(String scope) {
        return pages("", from -> scopes.streams(scope, from));
    }

    /** The streams of a scope that have a tag. */
    public Flowable<StreamName> streamsWithTag(String scope, String tag) {
        return pages("", from -> scopes.streamsWithTag(scope, tag, from));
    }

    /** Creates a key-value table; false if it is there already, whatever its settings. */
    public Single<Boolean> createTable(TableName table, TableConfiguration settings) {
        return resources.loop().single(() -> tables.create(table, settings));
    }

    public Single<TableConfiguration> configuration(TableName table) {
        return resources.loop().single(() -> tables.configuration(table));
    }

    /** The key-value tables of a scope. */
    public Flowable<TableName> tables(String scope) {
        return pages("", from -> tables.list(scope, from));
    }

    /** Deletes a key-value table with all that is in it; false if there is none. */
    public Single<Boolean> deleteTable(TableName table) {
        return resources.loop().single(() -> tables.delete(table));
    }

    /** Creates a stream; false if it is there already, whatever its settings. */
    public Single<Boolean> createStream(StreamName stream, StreamConfiguration settings) {
        return resources.loop().single(() -> streams.create(stream, settings));
    }

    public Single<Boolean> streamExists(StreamName stream) {
        return resources.loop().single(() -> streams.exists(stream));
    }

    public Single<StreamConfiguration> configuration(StreamName stream) {
        return resources.loop().single(() -> streams.configuration(stream));
    }

    /** Gives a stream new settings. If the number of segments does not fit to them, it is scaled. */
    public Completable updateStream(StreamName stream, StreamConfiguration settings) {
        return resources.loop().completable(() -> streams.update(stream, settings));
    }

    /** The segments that take data now, in the order of their parts of the key space; none if the stream is sealed. */
    public Single<List<StreamSegment>> currentSegments(StreamName stream) {
        return resources.loop().single(() -> resources.streams().currentSegments(stream));
    }

    /**
     * Replaces segments by others. Completes when the new ones take data.
     *
     * @param segments ids of current segments, which will be sealed
     * @param ranges the parts of the new segments; together they must be what the old ones have
     */
    public Completable scale(StreamName stream, Set<Long> segments, List<KeyRange> ranges) {
        return resources
                .loop()
                .single(() -> streams.scale(stream, segments, ranges))
                .flatMapCompletable(scaling -> awaitScaled(stream, scaling.epoch()));
    }

    private Completable awaitScaled(StreamName stream, int epoch) {
        return resources
                .loop()
                .single(() -> streams.isScaled(stream, epoch))
                .repeatWhen(repeats -> repeats.delay(SCALE_POLL_MILLIS, TimeUnit.MILLISECONDS))
                .takeUntil(done -> done)
                .ignoreElements()
                .timeout(
                        resources.options().deadline().toMillis(),
                        TimeUnit.MILLISECONDS,
                        Completable.error(() -> new UnavailableException("scaling " + stream + " takes long")));
    }

    /** Where the stream begins now: its oldest data. */
    public Single<StreamCut> head(StreamName stream) {
        return resources
                .loop()
                .single(() -> resources.streams().head(stream))
                .map(offsets -> new StreamCut(stream, offsets));
    }

    /** Where the stream ends now. {@link SealedException} if it takes no more data. */
    public Single<StreamCut> tail(StreamName stream) {
        return resources
                .loop()
                .single(() -> Segments.tails(resources, stream))
                .map(offsets -> new StreamCut(stream, offsets));
    }

    /** Deletes all data before the cut. */
    public Completable truncate(StreamCut cut) {
        return resources.loop().completable(() -> streams.truncate(cut));
    }

    /** Lets the stream take no more data; also if it is sealed already. */
    public Completable sealStream(StreamName stream) {
        return resources.loop().completable(() -> streams.seal(stream));
    }

    /** Deletes a sealed stream; false if there is none. {@link ConflictException} if it is not sealed. */
    public Single<Boolean> deleteStream(StreamName stream) {
        return resources.loop().single(() -> streams.delete(stream));
    }

    /** The transactions of a stream that have ended, as far back as the server remembers: committed or aborted. */
    public Single<SortedMap<UUID, Transaction.Status>> completedTransactions(StreamName stream) {
        return resources.loop().single(() -> new TransactionCalls(resources.controller()).completed(stream));
    }

    private <T> Flowable<T> pages(String from, Function<String, Future<ScopeCalls.Page<T>>> ask) {
        return resources
                .loop()
                .single(() -> ask.apply(from))
                .flatMapPublisher(page -> page.items().isEmpty()
                        ? Flowable.empty()
                        : Flowable.fromIterable(page.items())
                                .concatWith(Flowable.defer(() -> pages(page.next(), ask))));
    }
}
