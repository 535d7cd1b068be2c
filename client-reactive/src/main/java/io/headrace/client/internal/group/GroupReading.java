/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.client.internal.group;

import io.headrace.client.GroupEvent;
import io.headrace.client.Position;
import io.headrace.client.Position.Place;
import io.headrace.client.ReaderOptions;
import io.headrace.client.Serializer;
import io.headrace.client.internal.Resources;
import io.headrace.client.internal.loop.Emission;
import io.headrace.client.internal.loop.Loop;
import io.headrace.client.internal.read.Lane;
import io.headrace.client.internal.read.Lanes;
import io.headrace.client.internal.read.PositionLog;
import io.reactivex.rxjava3.core.Flowable;
import io.reactivex.rxjava3.disposables.Disposable;
import io.vertx.core.Future;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import org.reactivestreams.Subscriber;

/**
 * One subscription to the events that a member of a group gets. Which segments it reads is the matter of its {@link
 * GroupMember}. A segment that was emitted to its end stays, with that place, until a checkpoint is passed.
 */
public final class GroupReading<T> extends Emission<GroupEvent<T>> implements GroupMember.Reader {
    private final Loop loop;
    private final boolean showsCheckpoints;
    private final @Nullable Publisher<Position> acknowledgements;
    private final Acknowledged acknowledged = new Acknowledged();
    private final GroupMember member;
    private final Barrier barrier;
    private final PositionLog log = new PositionLog();
    private final Lanes<T> lanes;

    private boolean hasRead;
    private @Nullable Disposable listening;
    private Loop.@Nullable Timer farewell;
    private @Nullable Future<Void> leaving;

    private GroupReading(
            Resources resources,
            String scope,
            String group,
            String id,
            Serializer<T> serializer,
            ReaderOptions options,
            boolean showsCheckpoints,
            @Nullable Publisher<Position> acknowledgements,
            Subscriber<? super GroupEvent<T>> subscriber) {
        super(resources.loop(), subscriber);
        this.loop = resources.loop();
        this.showsCheckpoints = showsCheckpoints;
        this.acknowledgements = acknowledgements;
        this.barrier = new Barrier(showsCheckpoints, acknowledgements != null, acknowledged);
        this.member = new GroupMember(resources, scope, group, id, this);
        this.lanes = new Lanes<>(resources, serializer, options, log, this);
    }

    /**
     * Joins a group for a subscriber.
     *
     * @param showsCheckpoints whether checkpoints are emitted, for the subscriber to pass; if not, they are passed as soon
     *     as they are seen, by what was emitted
     * @param acknowledgements up to where the subscriber has dealt with what it got: then checkpoints, which are not emitted,
     *     wait until that is all; null if what was emitted has been dealt with
     */
    public static <T> void begin(
            Resources resources,
            String scope,
            String group,
            String id,
            Serializer<T> serializer,
            ReaderOptions options,
            boolean showsCheckpoints,
            @Nullable Publisher<Position> acknowledgements,
            Subscriber<? super GroupEvent<T>> subscriber) {
        new GroupReading<>(
                        resources,
                        scope,
                        group,
                        id,
                        serializer,
                        options,
                        showsCheckpoints,
                        acknowledgements,
                        subscriber)
                .begin();
    }

    @Override
    protected void start() {
        farewell = loop.beforeEnding(this::sayFarewell);
        if (acknowledgements != null) {
            listening = Flowable.fromPublisher(acknowledgements)
                    .subscribe(
                            position -> loop.execute(() -> acknowledge(position)),
                            cause -> loop.execute(() -> fail(cause)));
        }
        member.join();
    }

    private void acknowledge(Position position) {
        acknowledged.upTo(position);
        String passed = barrier.passed();
        if (passed != null) {
            member.passed(passed);
        }
    }

    /** The client ends, but not before the group knows. */
    private Future<Void> sayFarewell() {
        fail(Loop.closed());
        Future<Void> begun = leaving;
        return begun == null ? Future.succeededFuture() : begun;
    }

    @Override
    protected void end() {
        Loop.Timer registered = farewell;
        if (registered == null || leaving != null) {
            return; // never started, or ended before
        }
        if (listening != null) {
            listening.dispose();
        }
        // They keep their places, which the group has to be told.
        lanes.end();
        Future<Void> left = member.leave();
        leaving = left;
        left.onComplete(told -> registered.cancel(), failed -> registered.cancel());
    }

    /** Events, unless a checkpoint is to be passed; that, unless it was emitted. */
    @Override
    protected boolean hasNext() {
        return barrier.isDown() ? barrier.next() != null : lanes.hasNext();
    }

    @Override
    protected void emitNext() {
        String reached = barrier.next();
        if (reached != null) {
            barrier.emitted();
            emit(new GroupEvent.AtCheckpoint<>(reached, () -> loop.execute(() -> member.passed(reached))));
            return;
        }
        lanes.emitNext(event -> {
            hasRead = true;
            acknowledged.emitted(
                    event.pointer().segment(),
                    event.pointer().offset() + event.pointer().length());
            emit(new GroupEvent.Read<>(event));
        });
    }

    @Override
    protected void feed() {
        lanes.feed();
    }

    @Override
    public void open(String segment, Place place, long endOffset) {
        if (!isDone()) {
            acknowledged.open(segment, place.offset());
            lanes.open(segment, place, endOffset, this::finished);
        }
    }

    private void finished(Lane<T> lane) {
        log.put(lane.segment(), lane.place());
        member.onFinished(lane.segment());
    }

    @Override
    public long close(String segment) {
        Lane<T> lane = lanes.remove(segment);
        if (lane == null) {
            throw new IllegalStateException(segment + " is not open");
        }
        log.remove(segment);
        acknowledged.close(segment);
        return lane.offset();
    }

    @Override
    public SortedMap<String, Place> places() {
        SortedMap<String, Place> places = new TreeMap<>();
        lanes.all().forEach(lane -> places.put(lane.segment(), lane.place()));
        return places;
    }

    @Override
    public Map<String, Long> leavingOffsets() {
        Map<String, Long> offsets = new TreeMap<>();
        if (!showsCheckpoints) {
            lanes.all()
                    .forEach(lane -> offsets.put(
                            lane.segment(),
                            acknowledgements == null
                                    ? lane.offset()
                                    : acknowledged.leaveAt(lane.segment(), lane.offset())));
        }
        return offsets;
    }

    @Override
    public boolean hasRead() {
        return hasRead;
    }

    @Override
    public boolean reach(String name) {
        if (barrier.reach(name)) {
            return true;
        }
        scheduleTurn();
        return false;
    }

    @Override
    public void forget(String name) {
        barrier.lift();
        scheduleTurn();
    }

    @Override
    public void onEndOfData() {
        complete();
    }

    @Override
    public void onFailed(Throwable cause) {
        fail(cause);
    }
}
