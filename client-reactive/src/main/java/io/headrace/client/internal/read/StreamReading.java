/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.client.internal.read;

import io.headrace.client.Event;
import io.headrace.client.EventPointer;
import io.headrace.client.NotFoundException;
import io.headrace.client.Position.Place;
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
import io.headrace.client.internal.loop.Emission;
import io.headrace.client.internal.loop.Loop;
import io.headrace.codecs.name.SegmentName;
import io.reactivex.rxjava3.core.Single;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscriber;

/**
 * One subscription to the events of a stream: finds out which segments there are to read, and which follow when one was
 * read to its end.
 */
public final class StreamReading<T> extends Emission<Event<T>> {
    private final Loop loop;
    private final Resources resources;
    private final StreamName stream;
    private final ReadFrom from;
    private final @Nullable StreamCut end;

    private final PositionLog log = new PositionLog();
    private final Succession succession = new Succession();
    private final Lanes<T> lanes;

    /** Answers of the controller that are to come, or are being dealt with: until then it is not known what is left. */
    private int questions;

    private Loop.@Nullable Timer ending;

    private StreamReading(
            Resources resources,
            StreamName stream,
            Serializer<T> serializer,
            ReaderOptions options,
            ReadFrom from,
            @Nullable StreamCut end,
            Subscriber<? super Event<T>> subscriber) {
        super(resources.loop(), subscriber);
        this.loop = resources.loop();
        this.resources = resources;
        this.stream = stream;
        this.from = from;
        this.end = end;
        this.lanes = new Lanes<>(resources, serializer, options, log, this);
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
        new StreamReading<>(resources, stream, serializer, options, from, end, subscriber).begin();
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
    protected void start() {
        ending = loop.whenEnding(() -> fail(Loop.closed()));
        ask(() -> StartPlaces.of(resources, stream, from), places -> {
            places.keySet().forEach(succession::begin);
            places.forEach(this::open);
        });
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
                    if (!isDone()) {
                        then.accept(result);
                        questions--;
                        checkEnd();
                    }
                },
                cause -> fail(Errors.of(cause)));
    }

    private void open(long id, Place place) {
        if (isBeyondEnd(id)) {
            return;
        }
        String name = SegmentName.of(stream.scope(), stream.name(), id).qualified();
        if (place.offset() < 0) {
            log.put(name, place);
            follow(id, name);
            return;
        }
        long endOffset = end == null ? Long.MAX_VALUE : end.offsets().getOrDefault(id, Long.MAX_VALUE);
        lanes.open(name, place, endOffset == StreamCut.END_OF_SEGMENT ? Long.MAX_VALUE : endOffset, lane -> {
            lanes.remove(name);
            follow(id, name);
        });
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
        });
    }

    private void open(Successor successor) {
        StreamSegment segment = successor.segment();
        open(segment.id(), new Place(0, Segments.range(segment)));
    }

    private void checkEnd() {
        while (!isDone() && questions == 0 && lanes.all().isEmpty()) {
            List<Successor> left = succession.beginWaiting();
            if (left.isEmpty()) {
                complete();
                return;
            }
            questions++;
            left.forEach(this::open);
            questions--;
        }
    }

    @Override
    protected boolean hasNext() {
        return lanes.hasNext();
    }

    @Override
    protected void emitNext() {
        lanes.emitNext(this::emit);
    }

    @Override
    protected void feed() {
        lanes.feed();
    }

    @Override
    protected void end() {
        if (ending != null) {
            ending.cancel();
        }
        lanes.end();
    }
}
