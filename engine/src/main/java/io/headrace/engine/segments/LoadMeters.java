/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.engine.segments;

import io.headrace.engine.partition.Turn;
import io.netty.util.collection.LongObjectHashMap;
import io.netty.util.collection.LongObjectMap;
import java.util.ArrayList;
import java.util.List;

/**
 * Measures the load of the segments that have a scaling policy, and reports it. Volatile: measuring begins anew with each
 * owner of the partition. There is a meter for each segment that was written to of late, and none for all others.
 */
final class LoadMeters {
    private static final int KBYTES = 1;
    private static final int EVENTS = 2;

    /** Meters that one tick of the partition looks at: it bounds the time that this takes. */
    private static final int SWEEP = 256;

    private final LoadOptions options;
    private final LoadReports reports;
    private final LongObjectMap<LoadMeter> bySegment = new LongObjectHashMap<>();

    /** The same meters in no order, and the next one to be looked at. */
    private final List<LoadMeter> all = new ArrayList<>();

    private int next;

    /**
     * Segments with lower numbers were there when this owner began. Those that have not been written to when {@code
     * idleMillis} have passed are silent, and may have fallen silent without a report.
     */
    private long firstOwn;

    private boolean inheritedReported;
    private long ownedSinceMillis;

    LoadMeters(LoadOptions options, LoadReports reports) {
        this.options = options;
        this.reports = reports;
    }

    int count() {
        return all.size();
    }

    void recovered(SegmentsState state, long nowMillis) {
        ownedSinceMillis = nowMillis;
        firstOwn = state.nextId();
    }

    /** Whether a segment has a policy that depends on its load. */
    static boolean isMeasured(Segment segment) {
        return segment.scaleType == KBYTES || segment.scaleType == EVENTS;
    }

    /** A segment has a new policy, or is new itself: silence counts from here on, too. */
    void policySet(Segment segment, long nowMillis) {
        LoadMeter meter = bySegment.get(segment.id);
        if (meter != null && !meter.fits(segment)) {
            ended(segment);
            meter = null;
        }
        if (meter == null && isMeasured(segment)) {
            add(segment, nowMillis, nowMillis);
        }
    }

    /** Nothing will be written to a segment any more. */
    void ended(Segment segment) {
        ended(segment.id);
    }

    private void ended(long segment) {
        LoadMeter meter = bySegment.remove(segment);
        if (meter != null) {
            LoadMeter last = all.remove(all.size() - 1);
            if (last != meter) {
                all.set(meter.index, last);
                last.index = meter.index;
            }
        }
    }

    void appended(Segment segment, int bytes, int events, Turn<SegmentCommand, SegmentReply> turn) {
        if (!isMeasured(segment)) {
            return;
        }
        long now = turn.now();
        LoadMeter meter = bySegment.get(segment.id);
        if (meter == null) {
            meter = add(segment, now, now);
        }
        meter.add(bytes, events, now);
        report(meter, turn);
    }

    /**
     * A whole segment becomes part of another: what it holds was written in the course of its life.
     *
     * @param source as it was before; the whole of a transient segment is one event
     */
    void merged(Segment target, Segment source, Turn<SegmentCommand, SegmentReply> turn) {
        ended(source);
        if (!isMeasured(target)) {
            return;
        }
        long now = turn.now();
        LoadMeter meter = bySegment.get(target.id);
        if (meter == null) {
            // Nothing was written to the target since this owner began, or it would have a meter.
            long known = Math.max(ownedSinceMillis, target.createdMillis);
            meter = add(target, Math.min(now, Math.max(known, source.createdMillis)), now);
        }
        long events = source.isTransient ? 1 : source.eventCount;
        meter.addSpread(source.length, events, source.createdMillis, now);
    }

    /** Reports the target of merges if that is due, now that all of them are counted. */
    void mergesDone(Segment target, Turn<SegmentCommand, SegmentReply> turn) {
        LoadMeter meter = bySegment.get(target.id);
        if (meter != null) {
            report(meter, turn);
        }
    }

    private LoadMeter add(Segment segment, long startMillis, long nowMillis) {
        LoadMeter meter = new LoadMeter(segment, options, startMillis, nowMillis);
        meter.index = all.size();
        all.add(meter);
        bySegment.put(segment.id, meter);
        return meter;
    }

    private void report(LoadMeter meter, Turn<SegmentCommand, SegmentReply> turn) {
        if (meter.takeReport(turn.now())) {
            send(meter.name, meter.load(turn.now(), false), turn);
        }
    }

    private void send(String segment, Load load, Turn<SegmentCommand, SegmentReply> turn) {
        turn.afterCommit(() -> reports.report(segment, load));
    }

    /** Reports silence; true if the segments that were inherited are to be looked at now, by {@link #reportIfInherited}. */
    boolean tick(Turn<SegmentCommand, SegmentReply> turn) {
        for (int left = Math.min(SWEEP, all.size()); left > 0; left--) {
            next = next < all.size() ? next : 0;
            LoadMeter meter = all.get(next);
            if (meter.isIdle(turn.now())) {
                send(meter.name, meter.load(turn.now(), true), turn);
                ended(meter.segment);
            } else {
                next++;
            }
        }
        boolean due = !inheritedReported && turn.now() - ownedSinceMillis >= options.idleMillis();
        inheritedReported |= due;
        return due;
    }

    void reportIfInherited(Segment segment, Turn<SegmentCommand, SegmentReply> turn) {
        if (segment.id < firstOwn && isMeasured(segment) && !segment.sealed && bySegment.get(segment.id) == null) {
            long owned = turn.now() - ownedSinceMillis;
            send(segment.name, Load.silence(segment.scaleType, owned, turn.now()), turn);
        }
    }
}
