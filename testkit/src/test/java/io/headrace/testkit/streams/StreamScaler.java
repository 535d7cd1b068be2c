/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.testkit.streams;

import io.headrace.engine.streams.ScalingPolicy;
import io.headrace.engine.streams.SegmentRange;
import io.headrace.engine.streams.StreamCommand;
import io.headrace.engine.streams.StreamReply.CheckScaleStatus;
import io.headrace.engine.streams.StreamReply.ScaleStarted;
import io.headrace.engine.streams.StreamReply.ScaleStatus;
import io.headrace.engine.streams.StreamReply.Segments;
import io.headrace.engine.streams.StreamReply.UpdateStreamStatus;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Splits and merges segments of a stream, and changes how many it wants. */
final class StreamScaler extends Actor {
    private static final int MAX_SEGMENTS = 5;

    private final StreamCast cast;
    private List<SegmentRange> current = List.of();
    private @Nullable StreamLife scaled;
    private StreamCommand.@Nullable Scale accepted;
    private @Nullable ScaleStarted answer;

    StreamScaler(StreamsWorld world, StreamCast cast, int paceMicros) {
        super(world, paceMicros);
        this.cast = cast;
    }

    @Override
    boolean isIdle() {
        return answer == null;
    }

    @Override
    void proceed() {
        StreamLife life = cast.open();
        if (answer != null && accepted != null) {
            follow(accepted, answer);
        } else if (life == null || world.isFinishing()) {
            current = List.of();
        } else if (current.isEmpty()) {
            ask(new StreamCommand.GetCurrentSegments(cast.name), reply -> {
                if (reply instanceof Segments segments) {
                    current = segments.segments();
                }
            });
        } else if (world.random.nextInt(4) == 0) {
            update(life);
        } else {
            scale(life);
        }
    }

    private void scale(StreamLife life) {
        StreamCommand.Scale scale = wish();
        current = List.of();
        ask(scale, reply -> {
            ScaleStarted started = (ScaleStarted) reply;
            if (started.status() == ScaleStatus.STARTED) {
                check(scale, started);
                scaled = life;
                accepted = scale;
                answer = started;
            }
        });
    }

    /** Repeats the wish, which must have the same answer, or asks whether it is fulfilled. */
    private void follow(StreamCommand.Scale scale, ScaleStarted started) {
        StreamLife life = scaled;
        if (life == null || life.deleted) {
            accepted = null;
            answer = null;
        } else if (world.random.nextInt(3) == 0) {
            ask(scale, reply -> {
                if (!life.deleted && !reply.equals(started)) {
                    throw world.simulation.violation(
                            "repeated " + scale + " is answered with " + reply + ", not with " + started);
                }
            });
        } else {
            ask(new StreamCommand.CheckScale(cast.name, started.epoch()), reply -> {
                if (reply != CheckScaleStatus.IN_PROGRESS) {
                    accepted = null;
                    answer = null;
                }
            });
        }
    }

    private void check(StreamCommand.Scale scale, ScaleStarted started) {
        if (started.segments().size() != scale.ranges().size()) {
            throw world.simulation.violation(scale + " is answered with " + started);
        }
        for (int i = 0; i < scale.ranges().size(); i++) {
            SegmentRange wanted = scale.ranges().get(i);
            SegmentRange made = started.segments().get(i);
            if (wanted.low() != made.low() || wanted.high() != made.high()) {
                throw world.simulation.violation(scale + " is answered with " + started);
            }
        }
    }

    /** Neighbours that are to be replaced by one to three segments. */
    private StreamCommand.Scale wish() {
        int first = world.random.nextInt(current.size());
        int last = first + world.random.nextInt(current.size() - first);
        Set<Long> sealed = new HashSet<>();
        for (int i = first; i <= last; i++) {
            sealed.add(current.get(i).id());
        }
        double low = current.get(first).low();
        double high = current.get(last).high();
        int parts = current.size() >= MAX_SEGMENTS ? 1 : 1 + world.random.nextInt(3);
        List<SegmentRange> ranges = new ArrayList<>();
        double from = low;
        for (int i = 1; i <= parts; i++) {
            double to = i == parts ? high : low + (high - low) * i / parts;
            ranges.add(new SegmentRange(-1, from, to));
            from = to;
        }
        return new StreamCommand.Scale(cast.name, sealed, ranges);
    }

    private void update(StreamLife life) {
        current = List.of();
        ScalingPolicy policy = world.random.nextBoolean()
                ? ScalingPolicy.fixed(1 + world.random.nextInt(3))
                : new ScalingPolicy(ScalingPolicy.Type.BY_RATE_IN_EVENTS_PER_SEC, StreamDirector.BUSY, 2, 1);
        ask(new StreamCommand.UpdateStream(cast.name, cast.configuration(policy)), reply -> {
            if (reply != UpdateStreamStatus.SUCCESS && life.open) {
                throw world.simulation.violation("an update of " + cast.name + " is answered with " + reply);
            }
        });
    }
}
