/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.client.internal.read;

import io.headrace.client.Event;
import io.headrace.client.EventPointer;
import io.headrace.client.Position.Place;
import io.headrace.client.ReaderOptions;
import io.headrace.client.Serializer;
import io.headrace.client.internal.Resources;
import io.headrace.client.internal.loop.Emission;
import io.netty.buffer.ByteBuf;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Collections;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The segments that one subscription reads. Those that have an event take turns. A lane asks the store for more only while
 * the subscriber wants events, and only if it holds less than half of its share of the bytes that may be ahead (or no
 * complete event): so what is fetched is bounded, and when nobody asks nothing is fetched. On the loop.
 */
public final class Lanes<T> {
    private static final int MIN_SHARE_BYTES = 1024;
    private static final int MAX_SHARE_BYTES = 1 << 20;

    private final Resources resources;
    private final Serializer<T> serializer;
    private final ReaderOptions options;
    private final PositionLog log;
    private final Emission<?> emission;
    private final Map<String, Lane<T>> bySegment = new LinkedHashMap<>();

    /** Lanes with at least one event, as far as is known. */
    private final Deque<Lane<T>> ready = new ArrayDeque<>();

    /** Lanes that want to ask for more. */
    private final Set<Lane<T>> hungry = new LinkedHashSet<>();

    /**
     * @param log where the reader is: is kept by the lanes while they are read, by their owner before and after
     * @param emission to the subscriber, in whose turns events are emitted
     */
    public Lanes(
            Resources resources,
            Serializer<T> serializer,
            ReaderOptions options,
            PositionLog log,
            Emission<?> emission) {
        this.resources = resources;
        this.serializer = serializer;
        this.options = options;
        this.log = log;
        this.emission = emission;
    }

    /**
     * Begins to read a segment.
     *
     * @param endOffset where to end, unless the segment ends before
     * @param whenFinished is told when it was emitted to its end, which may be at once; the lane stays until it is removed
     */
    public void open(String segment, Place place, long endOffset, Consumer<Lane<T>> whenFinished) {
        Lane<T> lane = new Lane<>(this, segment, place, endOffset, whenFinished);
        bySegment.put(segment, lane);
        log.put(segment, place);
        lane.begin();
    }

    /** Emits nothing of a segment any more, and forgets it; null if it was not open. */
    public @Nullable Lane<T> remove(String segment) {
        Lane<T> lane = bySegment.remove(segment);
        if (lane != null) {
            lane.end();
            hungry.remove(lane);
        }
        return lane;
    }

    /** Those that were not removed. */
    public Collection<Lane<T>> all() {
        return Collections.unmodifiableCollection(bySegment.values());
    }

    public boolean hasNext() {
        return !ready.isEmpty();
    }

    /** Emits the next event of the lane whose turn it is, if it has one. */
    public void emitNext(Consumer<Event<T>> event) {
        Lane<T> lane = ready.remove();
        if (lane.emitNext(event)) {
            ready.add(lane);
        }
    }

    /** Lets those ask for more that want to, if events are wanted. */
    public void feed() {
        while (emission.isWanted() && !hungry.isEmpty()) {
            List<Lane<T>> asking = List.copyOf(hungry);
            hungry.clear();
            int share = shareBytes();
            asking.forEach(lane -> lane.read(share));
        }
    }

    /** Emits nothing any more; the lanes stay where they are. */
    public void end() {
        bySegment.values().forEach(Lane::end);
        ready.clear();
        hungry.clear();
    }

    Resources resources() {
        return resources;
    }

    ReaderOptions options() {
        return options;
    }

    int shareBytes() {
        int share = options.maxBytesAhead() / Math.max(1, bySegment.size()) * 2 / 3;
        return Math.max(MIN_SHARE_BYTES, Math.min(MAX_SHARE_BYTES, share));
    }

    T deserialize(ByteBuf payload) {
        return serializer.deserialize(payload.nioBuffer());
    }

    /** An event that is about to be emitted; the reader is at {@code offset} then. */
    Event<T> event(T value, EventPointer pointer, long offset) {
        log.step(pointer.segment(), offset);
        return new Event<>(value, pointer, log.now()::position);
    }

    void moved(Lane<T> lane) {
        log.step(lane.segment(), lane.offset());
    }

    void ready(Lane<T> lane) {
        ready.add(lane);
        emission.scheduleTurn();
    }

    void hungry(Lane<T> lane) {
        if (!lane.hasEnded()) {
            hungry.add(lane);
            emission.wake();
        }
    }

    void wake() {
        emission.wake();
    }

    boolean areDone() {
        return emission.isDone();
    }

    void fail(Throwable cause) {
        emission.fail(cause);
    }
}
