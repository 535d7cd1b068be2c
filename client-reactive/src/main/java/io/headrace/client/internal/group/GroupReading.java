/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.client.internal.group;

import io.headrace.client.Event;
import io.headrace.client.EventPointer;
import io.headrace.client.GroupEvent;
import io.headrace.client.Position.Place;
import io.headrace.client.ReaderOptions;
import io.headrace.client.Serializer;
import io.headrace.client.internal.Resources;
import io.headrace.client.internal.loop.Loop;
import io.headrace.client.internal.read.PositionLog;
import io.netty.buffer.ByteBuf;
import io.vertx.core.Future;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscriber;
import org.reactivestreams.Subscription;

/**
 * One subscription to the events that a member of a group gets. The subscriber asks on any thread; all else happens on the
 * loop. Which segments it reads is the matter of its {@link GroupMember}; they take turns as those of a reader without a
 * group do, and nothing is fetched while nothing is asked for.
 */
public final class GroupReading<T> implements Subscription, GroupMember.Reader {
    private static final int MIN_SHARE_BYTES = 1024;
    private static final int MAX_SHARE_BYTES = 1 << 20;

    /** A turn of the loop is short, whatever was asked for. */
    private static final int MAX_EVENTS_PER_TURN = 1000;

    private final Resources resources;
    private final Loop loop;
    private final Serializer<T> serializer;
    private final ReaderOptions options;
    private final boolean showsCheckpoints;
    private final Subscriber<? super GroupEvent<T>> subscriber;
    private final GroupMember member;

    private final AtomicLong wanted = new AtomicLong();
    private final AtomicBoolean turnScheduled = new AtomicBoolean();
    private volatile boolean done;

    private final PositionLog log = new PositionLog();
    private final Map<String, GroupLane<T>> lanes = new LinkedHashMap<>();

    /** Lanes with at least one event, as far as is known. */
    private final Deque<GroupLane<T>> ready = new ArrayDeque<>();

    /** Lanes that want to ask for more. */
    private final Set<GroupLane<T>> hungry = new LinkedHashSet<>();

    /** A checkpoint that has to be passed before anything else is emitted. */
    private @Nullable String checkpoint;

    private boolean checkpointEmitted;
    private boolean hasRead;
    private boolean inTurn;
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
            Subscriber<? super GroupEvent<T>> subscriber) {
        this.resources = resources;
        this.loop = resources.loop();
        this.serializer = serializer;
        this.options = options;
        this.showsCheckpoints = showsCheckpoints;
        this.subscriber = subscriber;
        this.member = new GroupMember(resources, scope, group, id, this);
    }

    /**
     * Joins a group for a subscriber.
     *
     * @param showsCheckpoints whether checkpoints are emitted, for the subscriber to pass; if not, they are passed as soon
     *     as they are seen, by what was emitted
     */
    public static <T> void begin(
            Resources resources,
            String scope,
            String group,
            String id,
            Serializer<T> serializer,
            ReaderOptions options,
            boolean showsCheckpoints,
            Subscriber<? super GroupEvent<T>> subscriber) {
        GroupReading<T> reading =
                new GroupReading<>(resources, scope, group, id, serializer, options, showsCheckpoints, subscriber);
        subscriber.onSubscribe(reading);
        if (reading.loop.hasEnded()) {
            reading.onFailed(Loop.closed());
        }
        reading.loop.execute(reading::start);
    }

    ReaderOptions options() {
        return options;
    }

    Resources resources() {
        return resources;
    }

    @Override
    public void request(long events) {
        if (events <= 0) {
            loop.execute(() -> onFailed(new IllegalArgumentException("asked for " + events + " events (rule 3.9)")));
            return;
        }
        wanted.getAndAccumulate(events, (a, b) -> a + b < 0 ? Long.MAX_VALUE : a + b);
        if (!loop.inLoop() || !inTurn) {
            scheduleTurn();
        }
    }

    @Override
    public void cancel() {
        if (!done) {
            done = true;
            loop.execute(this::end);
        }
    }

    private void start() {
        if (!done) {
            farewell = loop.beforeEnding(this::sayFarewell);
            member.join();
        }
    }

    /** The client ends, but not before the group knows. */
    private Future<Void> sayFarewell() {
        onFailed(Loop.closed());
        Future<Void> begun = leaving;
        return begun == null ? Future.succeededFuture() : begun;
    }

    private void end() {
        Loop.Timer registered = farewell;
        if (registered == null || leaving != null) {
            return; // never started, or ended before
        }
        // They keep their places, which the group has to be told.
        lanes.values().forEach(GroupLane::close);
        ready.clear();
        hungry.clear();
        Future<Void> left = member.leave();
        leaving = left;
        left.onComplete(told -> registered.cancel(), failed -> registered.cancel());
    }

    private void scheduleTurn() {
        if (turnScheduled.compareAndSet(false, true)) {
            loop.execute(this::turn);
        }
    }

    private void turn() {
        turnScheduled.set(false);
        inTurn = true;
        try {
            int left = MAX_EVENTS_PER_TURN;
            while (!done && wanted.get() > 0 && mayEmit()) {
                if (left-- == 0) {
                    scheduleTurn();
                    break;
                }
                emitNext();
            }
            feed();
        } catch (RuntimeException e) {
            onFailed(e);
        } finally {
            inTurn = false;
        }
    }

    /** Events, unless a checkpoint is to be passed; that, unless it was emitted. */
    private boolean mayEmit() {
        return checkpoint != null ? !checkpointEmitted : !ready.isEmpty();
    }

    private void emitNext() {
        String reached = checkpoint;
        if (reached != null) {
            checkpointEmitted = true;
            emit(new GroupEvent.AtCheckpoint<>(reached, () -> loop.execute(() -> member.passed(reached))));
            return;
        }
        GroupLane<T> lane = ready.remove();
        Optional<Event<T>> event = lane.next();
        if (event.isPresent()) {
            // What comes behind it, if anything, is found in a later round.
            ready.add(lane);
            emit(new GroupEvent.Read<>(event.get()));
        }
    }

    private void emit(GroupEvent<T> event) {
        wanted.getAndUpdate(n -> n == Long.MAX_VALUE ? n : n - 1);
        subscriber.onNext(event);
    }

    /** Lets those ask for more that want to, if events are wanted. */
    private void feed() {
        while (!done && wanted.get() > 0 && !hungry.isEmpty()) {
            List<GroupLane<T>> all = List.copyOf(hungry);
            hungry.clear();
            int share = shareBytes();
            all.forEach(lane -> lane.read(share));
        }
    }

    int shareBytes() {
        int share = options.maxBytesAhead() / Math.max(1, lanes.size()) * 2 / 3;
        return Math.max(MIN_SHARE_BYTES, Math.min(MAX_SHARE_BYTES, share));
    }

    T deserialize(ByteBuf payload) {
        return serializer.deserialize(payload.nioBuffer());
    }

    /** An event that is about to be emitted; the reader is at {@code offset} then. */
    Event<T> event(T value, EventPointer pointer, long offset) {
        hasRead = true;
        log.step(pointer.segment(), offset);
        return new Event<>(value, pointer, log.now()::position);
    }

    void ready(GroupLane<T> lane) {
        ready.add(lane);
        scheduleTurn();
    }

    void hungry(GroupLane<T> lane) {
        if (!lane.isClosed()) {
            hungry.add(lane);
            if (!inTurn) {
                scheduleTurn();
            }
        }
    }

    void moved(GroupLane<T> lane) {
        log.step(lane.segment(), lane.offset());
    }

    void finished(GroupLane<T> lane) {
        log.put(lane.segment(), lane.place());
        member.onFinished(lane.segment());
    }

    @Override
    public void open(String segment, Place place, long endOffset) {
        if (done) {
            return;
        }
        GroupLane<T> lane = new GroupLane<>(this, segment, place, endOffset);
        lanes.put(segment, lane);
        log.put(segment, place);
        lane.begin();
    }

    @Override
    public long close(String segment) {
        GroupLane<T> lane = lanes.remove(segment);
        if (lane == null) {
            throw new IllegalStateException(segment + " is not open");
        }
        lane.close();
        hungry.remove(lane);
        log.remove(segment);
        return lane.offset();
    }

    @Override
    public SortedMap<String, Place> places() {
        SortedMap<String, Place> places = new TreeMap<>();
        lanes.forEach((segment, lane) -> places.put(segment, lane.place()));
        return places;
    }

    @Override
    public Map<String, Long> leavingOffsets() {
        Map<String, Long> offsets = new TreeMap<>();
        if (!showsCheckpoints) {
            lanes.forEach((segment, lane) -> offsets.put(segment, lane.offset()));
        }
        return offsets;
    }

    @Override
    public boolean hasRead() {
        return hasRead;
    }

    @Override
    public boolean reach(String name) {
        if (!showsCheckpoints) {
            return true;
        }
        checkpoint = name;
        checkpointEmitted = false;
        scheduleTurn();
        return false;
    }

    @Override
    public void forget(String name) {
        checkpoint = null;
        scheduleTurn();
    }

    @Override
    public void onEndOfData() {
        if (!done) {
            done = true;
            end();
            subscriber.onComplete();
        }
    }

    @Override
    public void onFailed(Throwable cause) {
        if (!done) {
            done = true;
            end();
            subscriber.onError(cause);
        }
    }
}
