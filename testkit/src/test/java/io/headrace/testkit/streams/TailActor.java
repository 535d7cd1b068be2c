/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.testkit.streams;

import io.headrace.engine.segments.SegmentCommand;
import io.headrace.engine.segments.SegmentReply;
import io.headrace.engine.streams.SegmentRange;
import io.headrace.engine.streams.StreamCommand;
import io.headrace.engine.streams.StreamCut;
import io.headrace.engine.streams.StreamReply.Segments;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Finds out, again and again, where a stream ends, and does something with that: each such cut is after the one before. */
abstract class TailActor extends Actor {
    final StreamCast cast;
    private @Nullable StreamLife life;
    private final Deque<Long> left = new ArrayDeque<>();
    private SortedMap<Long, Long> tail = new TreeMap<>();
    private @Nullable StreamLife known;
    private final Map<Long, Long> longest = new HashMap<>();

    TailActor(StreamsWorld world, StreamCast cast, int paceMicros) {
        super(world, paceMicros);
        this.cast = cast;
    }

    @Override
    boolean isIdle() {
        return true;
    }

    @Override
    void proceed() {
        StreamLife now = cast.open();
        if (now == null || world.isFinishing()) {
            life = null;
        } else if (now != life) {
            begin(now);
        } else if (left.isEmpty()) {
            life = null;
            found(now, new StreamCut(tail));
        } else {
            measure(left.getFirst());
        }
    }

    private void begin(StreamLife now) {
        ask(new StreamCommand.GetCurrentSegments(cast.name), reply -> {
            if (reply instanceof Segments segments && !segments.segments().isEmpty()) {
                if (known != now) {
                    known = now;
                    longest.clear();
                }
                life = now;
                left.clear();
                tail = new TreeMap<>();
                segments.segments().stream().map(SegmentRange::id).forEach(left::add);
            }
        });
    }

    private void measure(long id) {
        String segment = world.nameOf(cast.name, id);
        send(
                segment,
                line -> new SegmentCommand.GetInfo(segment),
                reply -> {
                    if (reply instanceof SegmentReply.Info info) {
                        // An owner of old may know of less than was said before.
                        tail.put(id, longest.merge(id, info.length(), Math::max));
                        left.removeFirst();
                    } else {
                        life = null;
                    }
                },
                () -> {});
    }

    /** Does at most one command with a cut at which the stream ended a moment ago. */
    abstract void found(StreamLife now, StreamCut end);

    final void expect(boolean condition, String what) {
        if (!condition) {
            throw world.simulation.violation(cast.name + ": " + what);
        }
    }
}
