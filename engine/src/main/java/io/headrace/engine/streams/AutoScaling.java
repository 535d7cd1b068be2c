/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.engine.streams;

import io.headrace.engine.partition.ReplyTo;
import io.headrace.engine.segments.Load;
import io.headrace.engine.streams.Decision.Cold;
import io.headrace.engine.streams.Decision.Merge;
import io.headrace.engine.streams.Decision.None;
import io.headrace.engine.streams.Decision.Reason;
import io.headrace.engine.streams.Decision.Split;
import io.headrace.engine.streams.Decision.Warm;
import io.headrace.engine.streams.InternalCommand.ReportLoad;
import io.headrace.engine.streams.Row.ColdRow;
import io.headrace.engine.streams.Row.VerdictRow;
import io.headrace.engine.streams.StreamReply.Accepted;
import io.headrace.engine.streams.StreamReply.Code;
import io.headrace.engine.streams.StreamReply.Scaling;
import io.headrace.engine.streams.StreamReply.SegmentScaling;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Lets streams follow their load: asks {@link AutoScale} about each report, does what it says or, if the stream is busy,
 * asks again when it no longer is, and explains itself. The latest verdict on each segment is volatile, those that had an
 * effect are rows.
 */
final class AutoScaling {
    /** Streams that one tick looks at: it bounds the time that this takes. */
    private static final int SWEEP = 16;

    private final ScaleLimits limits;
    private final NavigableMap<StreamName, Watch> watches = new TreeMap<>();

    /** Where the search for streams that are gone has got to. */
    private @Nullable StreamName swept;

    /** What is known of the load of a stream. */
    private static final class Watch {
        /** Tells epochs apart, also those of a stream and of a former one of its name. */
        long epochCreatedMillis;

        /** By segment of that epoch. */
        final Map<Long, Verdict> latest = new TreeMap<>();

        /** Segments that ought to be replaced, but the stream was busy. */
        final Set<Long> waiting = new LinkedHashSet<>();

        void enter(Epoch epoch) {
            if (epochCreatedMillis == epoch.createdMillis()) {
                return;
            }
            epochCreatedMillis = epoch.createdMillis();
            Set<Long> current = new HashSet<>();
            epoch.segments().forEach(segment -> current.add(segment.id()));
            latest.keySet().retainAll(current);
            waiting.retainAll(current);
        }
    }

    AutoScaling(ScaleLimits limits) {
        this.limits = limits;
    }

    void report(ReportLoad command, ReplyTo<? super StreamReply> replyTo, Context c) {
        StreamData stream = c.state().stream(command.stream());
        if (stream != null) {
            consider(stream, command.segmentId(), command.load(), c);
        }
        // It says nothing about the stream, so it need not be confirmed by the log, which would cost a frame.
        c.turn().reply(replyTo, Accepted.INSTANCE);
    }

    private Decision decide(StreamData stream, long segmentId, Load load, long now) {
        return isActive(stream)
                ? AutoScale.decide(AutoScale.View.of(stream), segmentId, load, limits, now)
                : new None(Reason.NOT_ACTIVE);
    }

    private static boolean isActive(StreamData stream) {
        return switch (stream.state()) {
            case CREATING, SEALING, SEALED -> false;
            default -> true;
        };
    }

    private void consider(StreamData stream, long segmentId, Load load, Context c) {
        Decision decision = decide(stream, segmentId, load, c.now());
        if (decision.reason() == Reason.NOT_CURRENT || decision.reason() == Reason.NOT_ACTIVE) {
            return;
        }
        Watch watch = watches.computeIfAbsent(stream.name(), name -> new Watch());
        watch.enter(stream.current());
        watch.waiting.remove(segmentId);
        boolean replaces = decision instanceof Split || decision instanceof Merge;
        if (replaces && stream.isBusy()) {
            watch.waiting.add(segmentId);
            if (decision instanceof Merge) {
                Decision marked = AutoScale.mark(AutoScale.View.of(stream), segmentId, load, limits, c.now());
                act(stream, verdict(stream, segmentId, load, marked, c), c);
            }
            decision = new None(Reason.BUSY);
        }
        Verdict verdict = verdict(stream, segmentId, load, decision, c);
        watch.latest.put(segmentId, verdict);
        act(stream, verdict, c);
    }

    private static Verdict verdict(StreamData stream, long segmentId, Load load, Decision decision, Context c) {
        int targetRate = stream.configuration.scaling().targetRate();
        return new Verdict(c.now(), stream.row.currentEpoch(), segmentId, targetRate, load, decision);
    }

    /** Does to a stream what was decided, and keeps the verdict if it is news. */
    private static void act(StreamData stream, Verdict verdict, Context c) {
        Decision decision = verdict.decision();
        boolean news = true;
        if (decision instanceof Split d) {
            news = Scale.begin(stream, Set.of(d.segmentId()), AutoScale.ranges(stream.current(), d), c) != null;
        } else if (decision instanceof Merge d) {
            news = Scale.begin(stream, Set.copyOf(d.segmentIds()), AutoScale.ranges(stream.current(), d), c) != null;
        } else if (decision instanceof Cold d) {
            ColdRow cold = new ColdRow(stream.name(), d.segmentId(), d.untilMillis());
            news = !stream.cold.containsKey(d.segmentId()) || cold.isForEver();
            c.put(cold);
        } else if (decision instanceof Warm d) {
            c.remove(new ColdRow(stream.name(), d.segmentId(), 0));
        } else {
            news = false;
        }
        if (news) {
            long number = stream.verdicts.isEmpty() ? 1 : stream.verdicts.lastKey() + 1;
            c.put(new VerdictRow(stream.name(), number, verdict));
        }
    }

    /** A stream has nothing to do: what waited for that is decided now. */
    void proceed(StreamData stream, Context c) {
        Watch watch = watches.get(stream.name());
        while (watch != null && !watch.waiting.isEmpty() && !stream.isBusy()) {
            long segmentId = watch.waiting.iterator().next();
            watch.waiting.remove(segmentId);
            Verdict latest = watch.latest.get(segmentId);
            if (latest != null) {
                consider(stream, segmentId, present(latest.load(), c.now()), c);
            }
        }
    }

    /** Silence lasts until the next report. */
    private static Load present(Load load, long now) {
        return load.silent() ? Load.silence(load.scaleType(), load.ageMillis(), now) : load;
    }

    /** A silent segment is reported once: what that was good for and a former owner did not get to do is taken up. */
    void recovered(StreamData stream, Context c) {
        for (ColdRow cold : stream.cold.values()) {
            if (cold.isForEver() && stream.current().contains(cold.segmentId())) {
                ScalingPolicy policy = stream.configuration.scaling();
                Load load = Load.silence(policy.storeType(), limits.measured().longestMillis(), c.now());
                Watch watch = watches.computeIfAbsent(stream.name(), name -> new Watch());
                watch.enter(stream.current());
                watch.latest.put(cold.segmentId(), verdict(stream, cold.segmentId(), load, new None(Reason.BUSY), c));
                watch.waiting.add(cold.segmentId());
            }
        }
    }

    /** Forgets streams that are gone. */
    void tick(Context c) {
        for (int i = 0; i < SWEEP && !watches.isEmpty(); i++) {
            StreamName next = swept == null ? watches.firstKey() : watches.higherKey(swept);
            swept = next;
            if (next == null) {
                return;
            }
            if (c.state().stream(next) == null) {
                watches.remove(next);
            }
        }
    }

    void describe(StreamCommand.GetScaling command, ReplyTo<? super StreamReply> replyTo, Context c) {
        StreamData stream = c.state().stream(command.stream());
        if (stream == null) {
            c.fail(replyTo, Code.NOT_FOUND, "there is no stream " + command.stream());
            return;
        }
        List<SegmentScaling> segments = stream.isSealed()
                ? List.of()
                : stream.current().segments().stream()
                        .map(segment -> describe(stream, segment, c.now()))
                        .toList();
        c.reply(
                replyTo,
                new Scaling(
                        stream.name(),
                        stream.configuration.scaling(),
                        limits,
                        stream.row.currentEpoch(),
                        stream.isBusy(),
                        segments,
                        stream.verdicts.values().stream()
                                .map(VerdictRow::verdict)
                                .toList()));
    }

    private SegmentScaling describe(StreamData stream, SegmentRange segment, long now) {
        Watch watch = watches.get(stream.name());
        Verdict latest = watch == null ? null : watch.latest.get(segment.id());
        ColdRow cold = stream.cold.get(segment.id());
        long coldUntil = cold == null || cold.untilMillis() <= now ? 0 : cold.untilMillis();
        return new SegmentScaling(segment, coldUntil, latest, next(stream, segment.id(), latest, now));
    }

    private Decision next(StreamData stream, long segmentId, @Nullable Verdict latest, long now) {
        if (latest != null) {
            return decide(stream, segmentId, present(latest.load(), now), now);
        } else if (!isActive(stream)) {
            return new None(Reason.NOT_ACTIVE);
        }
        return new None(stream.configuration.scaling().isFixed() ? Reason.FIXED : Reason.NO_REPORT);
    }
}
