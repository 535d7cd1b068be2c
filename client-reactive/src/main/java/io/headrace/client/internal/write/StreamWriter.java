/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.client.internal.write;

import io.headrace.client.ClosedException;
import io.headrace.client.HeadraceException;
import io.headrace.client.OverloadedException;
import io.headrace.client.StreamName;
import io.headrace.client.StreamSegment;
import io.headrace.client.UnavailableException;
import io.headrace.client.WriterOptions;
import io.headrace.client.internal.Errors;
import io.headrace.client.internal.Resources;
import io.headrace.client.internal.loop.Loop;
import io.reactivex.rxjava3.core.Completable;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Sends the events of one stream to its segments. Any thread may offer events; all else happens on the loop.
 *
 * <p>When a segment turns out to be sealed, its successors take its part of the key space, and what was not acknowledged
 * goes to them in its old order, before anything that comes later. A successor of several segments is used for the part
 * of one of them as soon as that one is seen to be sealed: no key is in two parts.
 */
public final class StreamWriter implements SegmentOutput.Owner {
    private static final int MAX_EVENTS_PER_TURN = 4096;

    private final Resources resources;
    private final Loop loop;
    private final StreamName stream;
    private final Target target;
    private final WriterOptions options;

    private final Inbox offered = new Inbox();
    private final AtomicLong heldBytes = new AtomicLong();

    /** Null while the segments are being asked for. */
    private @Nullable KeySpace<SegmentOutput> keySpace;

    private boolean started;
    private final Deque<PendingEvent> withoutSegment = new ArrayDeque<>();
    private final Map<Long, SegmentOutput> outputs = new HashMap<>();

    /** Those to which something was added in this turn. */
    private final Set<SegmentOutput> touched = new LinkedHashSet<>();

    /** Why nothing is taken any more. */
    private @Nullable HeadraceException end;

    /** Why something that was taken will never be durable. */
    private @Nullable HeadraceException failure;

    private Loop.@Nullable Timer watch;

    /** There while something may be under way. */
    private Loop.@Nullable Timer ending;

    private final List<Promise<Void>> whenDrained = new ArrayList<>();

    /** A writer of the stream itself. */
    public StreamWriter(Resources resources, StreamName stream, WriterOptions options) {
        this(resources, stream, Target.stream(resources, stream), options);
    }

    /** A writer of a stream that is one row of bytes. */
    public static StreamWriter ofBytes(Resources resources, StreamName stream, WriterOptions options) {
        return new StreamWriter(resources, stream, Target.bytes(resources, stream), options);
    }

    StreamWriter(Resources resources, StreamName stream, Target target, WriterOptions options) {
        this.resources = resources;
        this.loop = resources.loop();
        this.stream = stream;
        this.target = target;
        this.options = options;
    }

    /** Takes an event, or tells it that there are too many. */
    public void offer(PendingEvent event) {
        OverloadedException refusal = refusal(event.heldBytes());
        if (refusal == null) {
            offerAsked(event);
        } else {
            event.outcome().failed(refusal);
        }
    }

    /** What is to be told if so many bytes more are too many; null if they are not. */
    public @Nullable OverloadedException refusal(long bytes) {
        long held = heldBytes.get();
        return held == 0 || held + bytes <= options.maxBytesInFlight()
                ? null
                : new OverloadedException(held + " bytes for " + stream + " are under way, at most "
                        + options.maxBytesInFlight() + " may be");
    }

    /** Takes an event that this side has asked for, or that was not refused. */
    public void offerAsked(PendingEvent event) {
        if (loop.hasEnded()) {
            event.outcome().failed(Loop.closed());
            return;
        }
        heldBytes.addAndGet(event.heldBytes());
        if (offered.offer(event)) {
            loop.execute(this::drain);
        }
    }

    long maxBytes() {
        return options.maxBytesInFlight();
    }

    /** Completes when all that was taken is durable, and fails if something never will be; takes nothing from then on. */
    public Completable close() {
        return loop.completable(() -> {
            do {
                drain();
            } while (offered.hasRest());
            if (failure != null) {
                return Future.failedFuture(failure);
            }
            if (end == null) {
                end = new ClosedException("the writer of " + stream + " was closed");
            }
            Promise<Void> drained = Promise.promise();
            whenDrained.add(drained);
            checkDrained();
            return drained.future();
        });
    }

    /** Lets go of everything that is under way. */
    void discard() {
        loop.execute(() -> fail(target.ended()));
    }

    /** Tells the controller a time; see {@link io.headrace.client.EventWriter#noteTime}. */
    public Completable noteTime(long millis) {
        return loop.completable(() -> segments().compose(space -> {
            Map<Long, Long> position = new HashMap<>();
            space.values().forEach(output -> position.put(output.segmentId(), output.writeOffset()));
            return resources.streams().noteTime(stream, options.name(), millis, position);
        }));
    }

    private Future<KeySpace<SegmentOutput>> segments() {
        KeySpace<SegmentOutput> known = keySpace;
        return known != null
                ? Future.succeededFuture(known)
                : target.segments().map(current -> {
                    KeySpace<SegmentOutput> space = keySpace;
                    if (space == null) {
                        space = KeySpace.of(current, segment -> output(segment.id()));
                        keySpace = space;
                    }
                    return space;
                });
    }

    /** Takes what was offered, but leaves the loop its turns. */
    private void drain() {
        long now = System.nanoTime();
        int taken = 0;
        for (PendingEvent event = offered.poll(); event != null; event = offered.poll()) {
            event.accepted(now);
            HeadraceException ended = end;
            if (ended != null) {
                heldBytes.addAndGet(-event.heldBytes());
                event.outcome().failed(ended);
            } else {
                route(event);
            }
            if (++taken == MAX_EVENTS_PER_TURN) {
                break;
            }
        }
        if (offered.hasRest()) {
            loop.execute(this::drain);
        }
        pumpTouched();
        armWatch();
    }

    private void route(PendingEvent event) {
        KeySpace<SegmentOutput> space = keySpace;
        if (space == null) {
            withoutSegment.add(event);
            start();
        } else {
            SegmentOutput output = space.at(event.position());
            output.add(event);
            touched.add(output);
        }
    }

    private void start() {
        if (started) {
            return;
        }
        started = true;
        segments().onComplete(this::onSegments, cause -> fail(Errors.of(cause)));
    }

    private void onSegments(KeySpace<SegmentOutput> space) {
        if (space.isEmpty()) {
            fail(target.ended());
            return;
        }
        withoutSegment.forEach(this::route);
        withoutSegment.clear();
        pumpTouched();
    }

    private SegmentOutput output(long segmentId) {
        return outputs.computeIfAbsent(segmentId, id -> new SegmentOutput(resources, id, target.nameOf(id), this));
    }

    private void pumpTouched() {
        touched.forEach(SegmentOutput::pump);
        touched.clear();
    }

    @Override
    public void onSealed(SegmentOutput sealed) {
        target.successors(sealed.segmentId())
                .onComplete(successors -> replace(sealed, successors), cause -> fail(Errors.of(cause)));
    }

    private void replace(SegmentOutput sealed, List<StreamSegment> successors) {
        KeySpace<SegmentOutput> space = keySpace;
        if (space == null || outputs.remove(sealed.segmentId()) == null) {
            return; // this writer has failed meanwhile
        }
        if (successors.isEmpty()) {
            outputs.put(sealed.segmentId(), sealed);
            fail(target.ended());
            return;
        }
        space.replace(sealed, successors, segment -> output(segment.id()));
        sealed.takeAll().forEach(this::route);
        pumpTouched();
    }

    @Override
    public void onDurable(List<PendingEvent> events) {
        forget(events);
        events.forEach(event -> event.outcome().durable());
    }

    @Override
    public void onProgress() {
        checkDrained();
    }

    private void forget(List<PendingEvent> events) {
        long bytes = 0;
        for (PendingEvent event : events) {
            bytes += event.heldBytes();
        }
        heldBytes.addAndGet(-bytes);
    }

    private void checkDrained() {
        if (whenDrained.isEmpty()
                || !withoutSegment.isEmpty()
                || outputs.values().stream().anyMatch(o -> !o.isIdle())) {
            return;
        }
        outputs.values().forEach(SegmentOutput::end);
        List<Promise<Void>> waiting = List.copyOf(whenDrained);
        whenDrained.clear();
        waiting.forEach(Promise::tryComplete);
    }

    /** Everything that is not durable fails, and all that comes. */
    @Override
    public void fail(HeadraceException cause) {
        end = cause;
        failure = cause;
        List<PendingEvent> lost = new ArrayList<>(withoutSegment);
        withoutSegment.clear();
        for (SegmentOutput output : outputs.values()) {
            output.end();
            lost.addAll(output.takeAll());
        }
        outputs.clear();
        keySpace = null;
        forget(lost);
        lost.forEach(event -> event.outcome().failed(cause));
        List<Promise<Void>> waiting = List.copyOf(whenDrained);
        whenDrained.clear();
        waiting.forEach(promise -> promise.tryFail(cause));
    }

    /** Sees to it that somebody looks after the deadlines while something is under way. */
    private void armWatch() {
        if (watch == null && heldBytes.get() > 0) {
            if (ending == null) {
                ending = loop.whenEnding(() -> fail(Loop.closed()));
            }
            watch = loop.after(options.deadline().dividedBy(8), this::watch);
        }
    }

    private void watch() {
        watch = null;
        long oldest = outputs.values().stream()
                .mapToLong(SegmentOutput::oldestNanos)
                .reduce(System.nanoTime(), (a, b) -> a - b < 0 ? a : b);
        PendingEvent waiting = withoutSegment.peek();
        if (waiting != null && waiting.acceptedNanos() - oldest < 0) {
            oldest = waiting.acceptedNanos();
        }
        Duration age = Duration.ofNanos(System.nanoTime() - oldest);
        if (age.compareTo(options.deadline()) > 0) {
            fail(new UnavailableException("an event for " + stream + " was not durable after " + options.deadline()));
        }
        armWatch();
        if (watch == null && ending != null) {
            ending.cancel();
            ending = null;
        }
    }
}
