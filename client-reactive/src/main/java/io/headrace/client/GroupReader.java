/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.client;

import io.headrace.client.internal.Resources;
import io.headrace.client.internal.group.GroupReading;
import io.reactivex.rxjava3.core.Flowable;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;

/**
 * A description of a member of a reader group. Each subscription joins the group, as long as it lasts; there may be one at
 * a time. Members share the segments of the group's streams, so that each event is read by one of them.
 *
 * <p>A subscription fails with {@link ConflictException} if the group has a reader of that name, and with {@link
 * ClosedException} when the reader is declared offline or the group begins anew. Whatever ends it, the reader leaves the
 * group, and others go on where it was; if the program or its connection is lost, they go on at the last checkpoint as soon
 * as {@link ReaderGroup#readerOffline} says so.
 */
public final class GroupReader<T> {
    private final Supplier<Resources> resources;
    private final String scope;
    private final String group;
    private final String id;
    private final Serializer<T> serializer;
    private final ReaderOptions options;

    GroupReader(
            Supplier<Resources> resources,
            String scope,
            String group,
            String id,
            Serializer<T> serializer,
            ReaderOptions options) {
        this.resources = resources;
        this.scope = scope;
        this.group = group;
        this.id = id;
        this.serializer = serializer;
        this.options = options;
    }

    public GroupReader<T> with(ReaderOptions others) {
        return new GroupReader<>(resources, scope, group, id, serializer, others);
    }

    /**
     * The events that this reader gets, for each routing key in the order in which they were written. Nothing is read from
     * a segment while nothing is asked for. Completes when the group has read everything up to its end cuts, or to the end
     * of sealed streams.
     *
     * <p>An event counts as read when it has been emitted: what a subscriber keeps in a queue when it cancels is lost to the
     * group. Who hands events on to other threads takes {@link #eventsAndCheckpoints}.
     */
    public Flowable<Event<T>> events() {
        return reading(false, null).map(read -> ((GroupEvent.Read<T>) read).event());
    }

    /**
     * The same events; one counts as read when {@code acknowledged} has emitted its {@link Event#position}, or a later one.
     * When this reader leaves, others begin there, and get what came since again. When a checkpoint is taken nothing is
     * emitted until everything that was emitted before has been acknowledged.
     */
    public Flowable<Event<T>> events(Publisher<Position> acknowledged) {
        return reading(false, acknowledged).map(read -> ((GroupEvent.Read<T>) read).event());
    }

    /**
     * The same events, and checkpoints. An event counts as read when a checkpoint that came behind it has been passed: when
     * this reader leaves, others begin there, and get what came since again. While a checkpoint is not passed, nothing is
     * emitted.
     */
    public Flowable<GroupEvent<T>> eventsAndCheckpoints() {
        return reading(true, null);
    }

    private Flowable<GroupEvent<T>> reading(boolean showsCheckpoints, @Nullable Publisher<Position> acknowledged) {
        return Flowable.fromPublisher(subscriber -> GroupReading.begin(
                resources.get(), scope, group, id, serializer, options, showsCheckpoints, acknowledged, subscriber));
    }
}
