/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.engine.streams;

import io.headrace.codecs.name.SegmentName;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * A change of segments that is decided: the step from one epoch to the next.
 *
 * @param epoch that is left
 * @param sealed ids of the segments that end with it, sorted
 * @param created the segments that take their place, in the order in which they were asked for
 */
record Transition(int epoch, List<Long> sealed, List<SegmentRange> created) {

    /** What is wrong with a wish to scale. */
    enum Fault {
        NONE,
        /** A segment to seal is not current, or too few segments would be left. */
        PRECONDITION,
        /** The ranges do not cover exactly what the sealed segments cover. */
        INPUT
    }

    /** Whether the wish can be fulfilled in an epoch. */
    static Fault validate(Epoch epoch, Set<Long> sealed, List<SegmentRange> ranges, int minSegments) {
        if (!sealed.stream().allMatch(epoch::contains)) {
            return Fault.PRECONDITION;
        }
        if (sealed.isEmpty() || ranges.isEmpty() || ranges.stream().anyMatch(r -> !(r.low() < r.high()))) {
            return Fault.INPUT;
        }
        List<SegmentRange> old =
                epoch.segments().stream().filter(s -> sealed.contains(s.id())).toList();
        List<SegmentRange> sorted = sortedByKey(ranges);
        for (int i = 1; i < sorted.size(); i++) {
            if (sorted.get(i).low() < sorted.get(i - 1).high()) {
                return Fault.INPUT;
            }
        }
        if (!merged(old).equals(merged(sorted))) {
            return Fault.INPUT;
        }
        int count = epoch.segments().size() - sealed.size() + ranges.size();
        long highest = (long) maxNumber(epoch) + ranges.size();
        if (count > ScalingPolicy.MAX_SEGMENTS || highest > Integer.MAX_VALUE - 1) {
            return Fault.INPUT;
        }
        return count < minSegments ? Fault.PRECONDITION : Fault.NONE;
    }

    /** Gives the new segments their ids; the wish must be valid. */
    static Transition of(Epoch epoch, Set<Long> sealed, List<SegmentRange> ranges) {
        int number = maxNumber(epoch);
        List<SegmentRange> created = new ArrayList<>(ranges.size());
        for (SegmentRange range : ranges) {
            number++;
            created.add(new SegmentRange(SegmentName.id(epoch.number() + 1, number), range.low(), range.high()));
        }
        return new Transition(epoch.number(), List.copyOf(new TreeSet<>(sealed)), created);
    }

    /** Replaces all segments of an epoch by equal ranges. */
    static Transition resplit(Epoch epoch, int count) {
        Set<Long> all = new TreeSet<>();
        epoch.segments().forEach(s -> all.add(s.id()));
        return of(epoch, all, equalRanges(count));
    }

    /** The key space in equal parts, as ranges without ids. */
    static List<SegmentRange> equalRanges(int count) {
        return split(new SegmentRange(-1, 0, 1), count);
    }

    /** A range in equal parts that join without gaps. */
    static List<SegmentRange> split(SegmentRange range, int count) {
        double width = range.high() - range.low();
        List<SegmentRange> parts = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            double low = i == 0 ? range.low() : range.low() + width * i / count;
            double high = i == count - 1 ? range.high() : range.low() + width * (i + 1) / count;
            parts.add(new SegmentRange(-1, low, high));
        }
        return parts;
    }

    /** Whether it is what a wish to scale has led to. */
    boolean answers(Set<Long> wantedSealed, List<SegmentRange> ranges) {
        if (!new HashSet<>(sealed).equals(wantedSealed) || ranges.size() != created.size()) {
            return false;
        }
        for (int i = 0; i < ranges.size(); i++) {
            if (ranges.get(i).low() != created.get(i).low()
                    || ranges.get(i).high() != created.get(i).high()) {
                return false;
            }
        }
        return true;
    }

    /** The next epoch. */
    Epoch apply(Epoch from, long nowMillis) {
        Set<Long> gone = new HashSet<>(sealed);
        List<SegmentRange> segments = new ArrayList<>(created);
        from.segments().stream().filter(s -> !gone.contains(s.id())).forEach(segments::add);
        int next = from.number() + 1;
        return new Epoch(next, next, Math.max(nowMillis, from.createdMillis() + 1), segments);
    }

    private static int maxNumber(Epoch epoch) {
        return epoch.segments().stream()
                .mapToInt(s -> SegmentName.numberOf(s.id()))
                .max()
                .orElse(-1);
    }

    private static List<SegmentRange> sortedByKey(List<SegmentRange> ranges) {
        return ranges.stream()
                .sorted(Comparator.comparingDouble(SegmentRange::low))
                .toList();
    }

    /** The union of ranges that are sorted by key and do not overlap. */
    private static List<SegmentRange> merged(List<SegmentRange> ranges) {
        List<SegmentRange> union = new ArrayList<>();
        double low = ranges.get(0).low();
        double high = ranges.get(0).high();
        for (SegmentRange range : ranges) {
            if (range.low() > high) {
                union.add(new SegmentRange(-1, low, high));
                low = range.low();
            }
            high = Math.max(high, range.high());
        }
        union.add(new SegmentRange(-1, low, high));
        return union;
    }
}
