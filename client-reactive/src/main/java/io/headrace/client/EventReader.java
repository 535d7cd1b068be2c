/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.client;

import io.headrace.client.internal.Resources;
import io.headrace.client.internal.read.SegmentRanges;
import io.headrace.client.internal.read.StreamReading;
import io.headrace.client.internal.read.TimeWindows;
import io.reactivex.rxjava3.core.Flowable;
import io.reactivex.rxjava3.core.Single;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A description of what to read; each subscription to {@link #events} reads it anew. Readers know nothing of each other:
 * each gets every event.
 *
 * <p>Immutable: the methods that refine it return another one.
 *
 * <pre>{@code
 * EventReader<String> reader = client.reader(StreamName.of("shop/orders"), Serializers.utf8());
 * Flowable<String> all = reader.events().map(Event::value);
 * Flowable<String> inParts = reader.ranges().flatMap(reader::events).map(Event::value);
 * }</pre>
 */
public final class EventReader<T> {
    private final Supplier<Resources> resources;
    private final StreamName stream;
    private final Serializer<T> serializer;
    private final ReaderOptions options;
    private final ReadFrom from;
    private final @Nullable StreamCut end;

    EventReader(
            Supplier<Resources> resources,
            StreamName stream,
            Serializer<T> serializer,
            ReaderOptions options,
            ReadFrom from,
            @Nullable StreamCut end) {
        this.resources = resources;
        this.stream = stream;
        this.serializer = serializer;
        this.options = options;
        this.from = from;
        this.end = end;
    }

    /** Begins there, and not at the oldest data. */
    public EventReader<T> from(ReadFrom start) {
        return new EventReader<>(resources, stream, serializer, options, start, end);
    }

    /** Ends there, and not when the stream is sealed. The cut must not lie before the start. */
    public EventReader<T> until(StreamCut cut) {
        return new EventReader<>(resources, stream, serializer, options, from, cut);
    }

    public EventReader<T> with(ReaderOptions others) {
        return new EventReader<>(resources, stream, serializer, others, from, end);
    }

    /**
     * The events, for each routing key in the order in which they were written. Nothing is read from a segment while
     * nothing is asked for, and never more than the options say ahead of that. Completes at the end cut, or when a sealed
     * stream has been read.
     */
    public Flowable<Event<T>> events() {
        return Flowable.fromPublisher(
                subscriber -> StreamReading.begin(resources.get(), stream, serializer, options, from, end, subscriber));
    }

    /** Where this reader would begin now, as a cut. {@link SealedException} if that is the end of a sealed stream. */
    public Single<StreamCut> start() {
        Resources here = resources.get();
        return here.loop()
                .single(() -> SegmentRanges.start(here, stream, from))
                .map(offsets -> new StreamCut(stream, offsets));
    }

    /**
     * The parts of segments from where this reader begins to where it ends, or to what is there now: what a batch job divides
     * among its workers. Each can be read by itself, by {@link #events(SegmentRange)}, in any order.
     */
    public Flowable<SegmentRange> ranges() {
        Resources here = resources.get();
        return here.loop()
                .single(() -> SegmentRanges.between(here, stream, from, end))
                .flatMapPublisher(Flowable::fromIterable);
    }

    /**
     * The events of a part of a segment, which may be of any stream, in their order.
     *
     * @param range begins and ends between two events
     */
    public Flowable<Event<T>> events(SegmentRange range) {
        StreamName of = range.stream();
        ReadFrom start = ReadFrom.cut(new StreamCut(of, Map.of(range.segmentId(), range.fromOffset())));
        StreamCut stop = new StreamCut(of, Map.of(range.segmentId(), range.toOffset()));
        return new EventReader<>(resources, of, serializer, options, start, stop).events();
    }

    /**
     * Between which times a position lies, by the watermarks that there are now. It reads all of them, so it is meant for
     * now and then, not for each event.
     *
     * @param position of an event of this stream
     */
    public Single<TimeWindow> timeWindow(Position position) {
        Resources here = resources.get();
        return here.loop().single(() -> TimeWindows.at(here, stream, position));
    }

    /** The event that is stored at one place. {@link NotFoundException} if it has been deleted. */
    public Single<T> fetch(EventPointer pointer) {
        return StreamReading.fetch(resources.get(), pointer, serializer, options);
    }
}
