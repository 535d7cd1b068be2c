/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.client.internal.read;

import io.headrace.client.Event;
import io.headrace.client.EventPointer;
import io.headrace.client.HeadraceException;
import io.headrace.client.NotFoundException;
import io.headrace.client.Position.Place;
import io.headrace.client.ProtocolException;
import io.headrace.client.ReadFrom;
import io.headrace.client.ReaderOptions;
import io.headrace.client.Serializer;
import io.headrace.client.StreamCut;
import io.headrace.client.StreamName;
import io.headrace.client.StreamSegment;
import io.headrace.client.TruncatedException;
import io.headrace.client.internal.Errors;
import io.headrace.client.internal.Resources;
import io.headrace.client.internal.Segments;
import io.headrace.client.internal.control.StreamCalls.Successor;
import io.headrace.client.internal.loop.Loop;
import io.headrace.codecs.name.SegmentName;
import io.headrace.codecs.wire.EventFrames;
import io.netty.buffer.ByteBuf;
import io.reactivex.rxjava3.core.Single;
import io.vertx.core.Future;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscriber;
import org.reactivestreams.Subscription;

/**
 * One subscription to the events of a stream. The subscriber asks on any thread; all else happens on the loop, and all
 * signals are sent from there.
 *
 * <p>Each segment that is read has a {@link Lane}. Lanes with an event take turns. A lane asks the store for more only
 * while the subscriber wants events, and only if it holds less than half of its share of the bytes that may be ahead (or no
 * complete event): so what is fetched is bounded, and when nobody asks nothing is fetched.
 */
public final class StreamReading<T> implements Subscription {
    private static final int MIN_SHARE_BYTES = 1024;
    private static final int MAX_SHARE_BYTES = 1 << 20;

    /** A turn of the loop is short, whatever was asked for. */
    private static final int MAX_EVENTS_PER_TURN = 1000;

    private final Loop loop;
    private final Resources resources;
    private final StreamName stream;
    private final Serializer<T> serializer;
    private final ReaderOptions options;
    private final @Nullable StreamCut end;
    private final Subscriber<? super Event<T>> subscriber;

    private final AtomicLong wanted = new AtomicLong();
    private final AtomicBoolean turnScheduled = new AtomicBoolean();
    private volatile boolean done;

    private final PositionLog log = new PositionLog();
    private final Succession succession = new Succession();
    private final Map<Long, Lane> lanes = new LinkedHashMap<>();

    /** Lanes with at least one event, as far as is known. */
    private final Deque<Lane> ready = new ArrayDeque<>();

    /** Lanes that want to ask for more. */
    private final Set<Lane> hungry = new LinkedHashSet<>();

    /** Answers of the controller that are to come: where to begin, or what follows a segment. */
    private int questions;

    private boolean inTurn;
    private Loop.@Nullable Timer ending;

    private StreamReading(
            Resources resources,
            StreamName stream,
            Serializer<T> serializer,
            ReaderOptions options,
            @Nullable StreamCut end,
            Subscriber<? super Event<T>> subscriber) {
        this.loop = resources.loop();
        this.resources = resources;
        this.stream = stream;
        this.serializer = serializer;
        this.options = options;
        this.end = end;
        this.subscriber = subscriber;
    }

    /** Begins to read for a subscriber. */
    public static <T> void begin(
            Resources resources,
            StreamName stream,
            Serializer<T> serializer,
            ReaderOptions options,
            ReadFrom from,
            @Nullable StreamCut end,
            Subscriber<? super Event<T>> subscriber) {
        StreamReading<T> reading = new StreamReading<>(resources, stream, serializer, options, end, subscriber);
        subscriber.onSubscribe(reading);
        if (reading.loop.hasEnded()) {
            reading.fail(Loop.closed());
        }
        reading.loop.execute(() -> reading.start(from));
    }

    /** Reads one event. */
    public static <T> Single<T> fetch(
            Resources resources, EventPointer pointer, Serializer<T> serializer, ReaderOptions options) {
        return resources.loop().single(() -> {
            List<T> found = new ArrayList<>();
            return SegmentEvents.read(
                            resources,
                            pointer.segment(),
                            pointer.offset(),
                            pointer.offset() + pointer.length(),
                            options.maxEventBytes(),
                            event -> found.add(serializer.deserialize(event.nioBuffer())))
                    .recover(cause -> Future.failedFuture(
                            cause instanceof TruncatedException
                                    ? new NotFoundException("the event at " + pointer + " was deleted", cause)
                                    : cause))
                    .compose(read -> found.isEmpty()
                            ? Future.failedFuture(new NotFoundException("there is no event at " + pointer))
                            : Future.succeededFuture(found.get(0)));
        });
    }

    @Override
    public void request(long events) {
        if (events <= 0) {
            loop.execute(() -> fail(new IllegalArgumentException("asked for " + events + " events (rule 3.9)")));
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
            loop.execute(this::endLanes);
        }
    }

    private void start(ReadFrom from) {
        ending = loop.whenEnding(() -> fail(Loop.closed()));
        if (done) {
            endLanes();
            return;
        }
        ask(() -> StartPlaces.of(resources, stream, from), this::onStart);
    }

    private void onStart(SortedMap<Long, Place> places) {
        places.keySet().forEach(succession::begin);
        places.forEach(this::open);
        checkEnd();
    }

    /** Asks the controller something; what is done with the answer may ask more. */
    private <R> void ask(Supplier<Future<R>> question, Consumer<R> then) {
        questions++;
        Future<R> answer;
        try {
            answer = question.get();
        } catch (RuntimeException e) {
            fail(e);
            return;
        }
        answer.onComplete(
                result -> {
                    questions--;
                    if (!done) {
                        then.accept(result);
                        scheduleTurn();
                    }
                },
                cause -> fail(Errors.of(cause)));
    }

    private void open(long id, Place place) {
        String name = SegmentName.of(stream.scope(), stream.name(), id).qualified();
        if (isBeyondEnd(id)) {
            return;
        }
        log.put(name, place);
        if (place.offset() < 0) {
            follow(id, name);
        } else {
            Lane lane = new Lane(id, name, place.offset());
            lanes.put(id, lane);
            hungry.add(lane);
        }
    }

    /** Whether a segment lies behind the end cut: it was made after all that are in it. */
    private boolean isBeyondEnd(long id) {
        StreamCut cut = end;
        return cut != null
                && !cut.offsets().containsKey(id)
                && SegmentName.epochOf(id) > SegmentName.epochOf(cut.offsets().lastKey());
    }

    /** A segment was read to its end: its successors may be next. */
    private void follow(long id, String name) {
        StreamCut cut = end;
        if (cut != null && cut.offsets().containsKey(id)) {
            checkEnd();
            return;
        }
        log.put(name, new Place(Place.FINISHED, Optional.empty()));
        ask(() -> resources.streams().successors(stream, id), successors -> {
            succession.finish(id, successors).forEach(this::open);
            for (long settled : succession.takeSettled()) {
                if (!successors.isEmpty()) {
                    log.remove(SegmentName.of(stream.scope(), stream.name(), settled)
                            .qualified());
                }
            }
            checkEnd();
        });
    }

    private void open(Successor successor) {
        StreamSegment segment = successor.segment();
        open(segment.id(), new Place(0, Segments.range(segment)));
    }

    private void checkEnd() {
        if (done || questions > 0 || !lanes.isEmpty()) {
            return;
        }
        List<Successor> left = succession.beginWaiting();
        left.forEach(this::open);
        if (lanes.isEmpty() && questions == 0) {
            done = true;
            endLanes();
            subscriber.onComplete();
        }
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
            while (!done && wanted.get() > 0 && !ready.isEmpty()) {
                if (left-- == 0) {
                    scheduleTurn();
                    break;
                }
                Lane lane = ready.remove();
                if (lane.emitNext()) {
                    ready.add(lane);
                }
            }
            feed();
        } finally {
            inTurn = false;
        }
    }

    /** Lets those ask for more that want to, if events are wanted. */
    private void feed() {
        while (!done && wanted.get() > 0 && !hungry.isEmpty()) {
            List<Lane> all = List.copyOf(hungry);
            hungry.clear();
            int share = shareBytes();
            all.forEach(lane -> lane.input.read(share));
        }
    }

    private int shareBytes() {
        int share = options.maxBytesAhead() / Math.max(1, lanes.size()) * 2 / 3;
        return Math.max(MIN_SHARE_BYTES, Math.min(MAX_SHARE_BYTES, share));
    }

    private void fail(Throwable cause) {
        if (done) {
            return;
        }
        done = true;
        endLanes();
        subscriber.onError(cause);
    }

    private void endLanes() {
        if (ending != null) {
            ending.cancel();
        }
        lanes.values().forEach(lane -> lane.input.end());
        lanes.clear();
        ready.clear();
        hungry.clear();
    }

    /** One segment that is being read. */
    private final class Lane implements SegmentInput.Sink {
        private final long id;
        private final SegmentInput input;
        private final EventFrameBuffer frames = new EventFrameBuffer(options.maxEventBytes());

        /** Of the next event. */
        private long offset;

        private boolean isReady;
        private boolean ended;

        /** What was to be read next has been deleted; takes effect when all that was read before has been emitted. */
        private @Nullable TruncatedException truncated;

        Lane(long id, String name, long offset) {
            this.id = id;
            this.offset = offset;
            long endOffset = end == null ? Long.MAX_VALUE : end.offsets().getOrDefault(id, Long.MAX_VALUE);
            this.input = new SegmentInput(
                    resources, name, offset, endOffset == StreamCut.END_OF_SEGMENT ? Long.MAX_VALUE : endOffset, this);
        }

        /** Emits one event if there is one; says whether there was. */
        boolean emitNext() {
            ByteBuf payload;
            Event<T> event;
            try {
                payload = frames.next();
                if (payload == null) {
                    isReady = false;
                    onDry();
                    return false;
                }
                event = event(payload);
            } catch (RuntimeException e) {
                fail(e);
                return false;
            }
            wanted.getAndUpdate(n -> n == Long.MAX_VALUE ? n : n - 1);
            if (frames.heldBytes() < shareBytes() / 2 && !ended && truncated == null && !input.isReading()) {
                hungry.add(this);
            }
            subscriber.onNext(event);
            if (done) {
                return false;
            }
            if (frames.heldBytes() == 0) {
                isReady = false;
                onDry();
                return false;
            }
            return true;
        }

        private Event<T> event(ByteBuf payload) {
            int length = EventFrames.sizeOf(payload);
            EventPointer pointer = new EventPointer(input.segment(), offset, length);
            T value = serializer.deserialize(payload.nioBuffer());
            offset += length;
            log.step(input.segment(), offset);
            return new Event<>(value, pointer, log.now()::position);
        }

        /** There is no complete event. */
        private void onDry() {
            TruncatedException missing = truncated;
            if (missing != null) {
                onDryAndTruncated(missing);
            } else if (!ended) {
                hungry.add(this);
            } else if (frames.heldBytes() > 0) {
                fail(new ProtocolException(input.segment() + " ends in the middle of an event"));
            } else {
                close();
            }
        }

        private void onDryAndTruncated(TruncatedException missing) {
            if (!options.skipTruncated()) {
                fail(missing);
                return;
            }
            truncated = null;
            frames.clear();
            if (missing.startOffset() < 0) {
                close();
                return;
            }
            offset = missing.startOffset();
            input.seek(offset);
            log.step(input.segment(), offset);
            hungry.add(this);
        }

        private void close() {
            input.end();
            lanes.remove(id);
            hungry.remove(this);
            follow(id, input.segment());
        }

        @Override
        public void onBytes(ByteBuf bytes) {
            frames.add(bytes);
            becomeReady();
        }

        @Override
        public void onEnd() {
            ended = true;
            onNoMore();
        }

        @Override
        public void onTruncated(long startOffset) {
            truncated = new TruncatedException(
                    input.segment() + " was truncated before it was read at " + input.offset(), startOffset);
            onNoMore();
        }

        /** Also if nothing is wanted: that there is nothing may be told at any time. */
        private void onNoMore() {
            if (frames.heldBytes() == 0) {
                onDry();
                scheduleTurn();
            } else {
                becomeReady();
            }
        }

        @Override
        public void onFailed(HeadraceException cause) {
            fail(cause);
        }

        private void becomeReady() {
            if (!isReady) {
                isReady = true;
                ready.add(this);
            }
            scheduleTurn();
        }
    }
}
