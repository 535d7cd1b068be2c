/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.engine.streams;

import io.headrace.engine.segments.Load;
import io.headrace.engine.streams.Decision.Cold;
import io.headrace.engine.streams.Decision.Merge;
import io.headrace.engine.streams.Decision.None;
import io.headrace.engine.streams.Decision.Reason;
import io.headrace.engine.streams.Decision.Split;
import io.headrace.engine.streams.Decision.Warm;
import io.headrace.engine.streams.Row.ColdRow;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What load does to the number of segments. {@link #decide} is a function of its arguments and has no effect: so the same
 * question can be asked to act on the answer and to explain it.
 */
final class AutoScale {

    /**
     * What must be known of a stream.
     *
     * @param epoch the current one
     * @param cold markers by segment id
     */
    record View(Epoch epoch, ScalingPolicy policy, Map<Long, ColdRow> cold) {
        static View of(StreamData stream) {
            return new View(stream.current(), stream.configuration.scaling(), stream.cold);
        }

        private boolean isCold(SegmentRange segment, long now) {
            ColdRow marker = cold.get(segment.id());
            return marker != null && marker.untilMillis() > now;
        }
    }

    private AutoScale() {}

    /** What is to be done about the load of a segment. What it answers can be done to the stream as it is. */
    static Decision decide(View stream, long segmentId, Load load, ScaleLimits limits, long now) {
        ScalingPolicy policy = stream.policy();
        SegmentRange segment = stream.epoch().find(segmentId);
        if (policy.isFixed()) {
            return new None(Reason.FIXED);
        } else if (segment == null) {
            return new None(Reason.NOT_CURRENT);
        } else if (load.scaleType() != policy.storeType()) {
            return new None(Reason.OTHER_UNIT);
        } else if (now - load.atMillis() > limits.validMillis()) {
            return new None(Reason.TOO_OLD);
        } else if (load.silent()) {
            return down(stream, segment, load, limits, now);
        }
        int target = policy.targetRate();
        boolean low = isLow(load, target);
        boolean cooledDown = load.ageMillis() > limits.coolDownMillis();
        Reason high = cooledDown ? high(load, target, limits) : null;
        if (high != null) {
            return split(stream, segment, parts(load, policy), high);
        } else if (!low && stream.cold().containsKey(segmentId)) {
            return new Warm(segmentId, Reason.BACK);
        } else if (!cooledDown) {
            return new None(Reason.COOLING_DOWN);
        } else if (!low) {
            return new None(Reason.WITHIN_LIMITS);
        } else if (load.ageMillis() <= limits.measured().longestMillis()) {
            return new None(Reason.LOW_TOO_BRIEFLY);
        }
        return down(stream, segment, load, limits, now);
    }

    private static @Nullable Reason high(Load load, int target, ScaleLimits limits) {
        long age = load.ageMillis();
        if (load.shortRate() > target * ScaleLimits.SHORT_FACTOR
                && age > limits.measured().shortMillis()) {
            return Reason.BURST;
        } else if (load.mediumRate() > target * ScaleLimits.MEDIUM_FACTOR
                && age > limits.measured().mediumMillis()) {
            return Reason.HIGH;
        } else if (load.longRate() > target * ScaleLimits.LONG_FACTOR
                && age > limits.measured().longMillis()) {
            return Reason.ABOVE_TARGET;
        }
        return null;
    }

    private static boolean isLow(Load load, int target) {
        return load.shortRate() < target
                && load.mediumRate() < target
                && load.longRate() < target
                && load.longestRate() < target * ScaleLimits.LOW_FACTOR;
    }

    /** As many as would each have the target rate at the highest of the rates, within what the policy allows. */
    private static int parts(Load load, ScalingPolicy policy) {
        double highest = Math.max(load.shortRate(), Math.max(load.mediumRate(), load.longRate()));
        double wanted = Math.max(2, Math.floor(highest / policy.targetRate()));
        return (int) Math.min(wanted, Math.max(2, policy.scaleFactor()));
    }

    private static Decision split(View stream, SegmentRange segment, int wanted, Reason reason) {
        int room = ScalingPolicy.MAX_SEGMENTS - stream.epoch().segments().size() + 1;
        if (room < 2) {
            return new None(Reason.AT_MAXIMUM);
        }
        Split split = new Split(segment.id(), Math.min(wanted, room), reason);
        boolean divides = ranges(stream.epoch(), split).stream().allMatch(part -> part.low() < part.high());
        return divides ? split : new None(Reason.TOO_NARROW);
    }

    private static Decision down(View stream, SegmentRange segment, Load load, ScaleLimits limits, long now) {
        int dispensable = stream.epoch().segments().size() - stream.policy().minSegments();
        if (dispensable <= 0) {
            return new None(Reason.AT_MINIMUM);
        }
        List<Long> merged = coldAround(stream, segment, Math.min(ScaleLimits.MAX_MERGED, dispensable + 1), now);
        if (merged.size() > 1) {
            return new Merge(merged, load.silent() ? Reason.SILENT : Reason.LOW);
        }
        return mark(stream, segment.id(), load, limits, now);
    }

    /** The part of a merge that can be done while the stream is busy: a marker, unless one holds already. */
    static Decision mark(View stream, long segmentId, Load load, ScaleLimits limits, long now) {
        ColdRow marker = stream.cold().get(segmentId);
        long marked = marker == null ? Long.MIN_VALUE : marker.untilMillis();
        if (load.silent() ? marked == ColdRow.FOR_EVER : marked > now) {
            return new None(Reason.COLD_ALREADY);
        }
        return load.silent()
                ? new Cold(segmentId, ColdRow.FOR_EVER, Reason.SILENT)
                : new Cold(segmentId, Math.min(now, load.atMillis()) + limits.coldMillis(), Reason.LOW);
    }

    /** The segment itself and its cold neighbours, the left one first if there is not room for both. */
    private static List<Long> coldAround(View stream, SegmentRange segment, int most, long now) {
        List<SegmentRange> segments = stream.epoch().segments();
        int place = segments.indexOf(segment);
        List<Long> ids = new ArrayList<>(ScaleLimits.MAX_MERGED);
        if (place > 0 && stream.isCold(segments.get(place - 1), now)) {
            ids.add(segments.get(place - 1).id());
        }
        ids.add(segment.id());
        if (ids.size() < most && place < segments.size() - 1 && stream.isCold(segments.get(place + 1), now)) {
            ids.add(segments.get(place + 1).id());
        }
        return ids;
    }

    /** The parts of a segment that is split, as ranges without ids. */
    static List<SegmentRange> ranges(Epoch epoch, Split split) {
        SegmentRange segment = epoch.find(split.segmentId());
        return segment == null ? List.of() : Transition.split(segment, split.parts());
    }

    /** The one range that takes the place of merged ones. */
    static List<SegmentRange> ranges(Epoch epoch, Merge merge) {
        List<SegmentRange> merged = epoch.segments().stream()
                .filter(segment -> merge.segmentIds().contains(segment.id()))
                .toList();
        return List.of(new SegmentRange(
                -1, merged.get(0).low(), merged.get(merged.size() - 1).high()));
    }
}
