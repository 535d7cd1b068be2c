/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.client;

import io.headrace.client.internal.Resources;
import io.headrace.client.internal.read.StreamReading;
import io.reactivex.rxjava3.core.Flowable;
import io.reactivex.rxjava3.core.Single;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A description of what to read; each subscription to {@link #events} reads it anew. Readers know nothing of each other:
 * each gets every event.
 *
 * <p>Immutable: the methods that refine it return another one.
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

    /** The event that is stored at one place. {@link NotFoundException} if it has been deleted. */
    public Single<T> fetch(EventPointer pointer) {
        return StreamReading.fetch(resources.get(), pointer, serializer, options);
    }
}
