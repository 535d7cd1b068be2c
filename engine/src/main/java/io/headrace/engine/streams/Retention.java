/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.engine.streams;

import io.headrace.engine.streams.RetentionChoice.Needed;
import io.headrace.engine.streams.RetentionChoice.Tail;
import io.headrace.engine.streams.Row.SampleRow;
import io.headrace.engine.streams.Row.StreamState;
import io.headrace.engine.streams.Row.SubscriberRow;
import io.headrace.engine.streams.StreamCuts.Order;
import io.headrace.engine.streams.Work.Subject;
import java.util.Collection;
import java.util.List;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;

/**
 * Truncates streams by their retention policies. Once a period it looks at each stream that has one: asks its segments
 * for their lengths, keeps that as a sample, and truncates at an older sample or at what all subscribers are done with.
 * Only the truncation is remembered as work: a look that is lost with its owner is taken again in the next period, like
 * that at a stream which was busy.
 */
final class Retention implements Procedure {
    /** Streams that one turn begins to look at, at most. */
    private static final int ROUND = 16;

    /** Looks that wait for lengths at a time. */
    private static final int MAX_RUNNING = 32;

    /** Samples of one stream, and segments in all of them. Over that, samples are thinned out: then more is kept. */
    static final int MAX_SAMPLES = 500;

    private static final int MAX_ENTRIES = 100_000;

    private final Rounds rounds;
    private int running;

    Retention(StreamsOptions options) {
        rounds = new Rounds(options.retentionMillis());
    }

    void tick(Context c) {
        for (int i = 0; i < ROUND && running < MAX_RUNNING; i++) {
            StreamName due = rounds.next(c.state().retained, c.now());
            if (due == null) {
                return;
            }
            Subject subject = new Subject.OfSample(due);
            if (isReady(c.state().stream(due)) && !c.isRunning(subject)) {
                running++;
                c.start(subject);
            }
        }
    }

    private static boolean isReady(@Nullable StreamData stream) {
        return stream != null
                && stream.configuration.retention() != null
                && stream.state() == StreamState.ACTIVE
                && stream.work == null;
    }

    @Override
    public List<Call> calls(Subject subject, Context c) {
        StreamData stream = c.state().stream(((Subject.OfSample) subject).stream());
        return stream != null && isReady(stream) ? Calls.lengths(stream.name(), ids(stream)) : List.of();
    }

    private static List<Long> ids(StreamData stream) {
        return stream.current().segments().stream().map(SegmentRange::id).toList();
    }

    @Override
    public void completed(Subject subject, Answers answers, Context c) {
        running--;
        StreamData stream = c.state().stream(((Subject.OfSample) subject).stream());
        if (stream == null || stream.configuration.retention() == null) {
            return;
        }
        SortedMap<Long, Long> lengths = Calls.lengths(stream.name(), ids(stream), answers);
        if (lengths.size() == stream.current().segments().size()) {
            forget(stream, c);
            StreamCut end = new StreamCut(lengths);
            Tail tail = sample(stream, end, c);
            if (isReady(stream)) {
                truncate(stream, stream.configuration.retention(), tail, c);
            }
        }
    }

    /** Forgets the samples that the head has reached: nothing can be truncated there any more. */
    private static void forget(StreamData stream, Context c) {
        StreamCut head = stream.head();
        while (!stream.samples.isEmpty()) {
            SampleRow oldest = stream.samples.firstEntry().getValue();
            if (StreamCuts.compare(stream.graph, head, oldest.cut()) != Order.EQUAL_OR_AFTER) {
                return;
            }
            forget(oldest, c);
        }
    }

    private static void forget(SampleRow sample, Context c) {
        c.remove(new SampleRow(sample.name(), sample.atMillis(), StreamCut.UNBOUNDED, 0));
    }

    /** Keeps where the stream ends now, unless it has ended there for a while. */
    private static Tail sample(StreamData stream, StreamCut end, Context c) {
        var last = stream.samples.lastEntry();
        // Samples are ordered by time as they are by position, also when the clock was set back.
        long at = last == null ? c.now() : Math.max(c.now(), last.getKey() + 1);
        StreamCut known = last == null ? stream.head() : last.getValue().cut();
        long size = sizeBefore(stream, end);
        if (!end.equals(known)) {
            c.put(new SampleRow(stream.name(), at, end, size));
            thinOut(stream, c);
        }
        return new Tail(at, size);
    }

    private static void thinOut(StreamData stream, Context c) {
        int entries = 0;
        for (SampleRow sample : stream.samples.values()) {
            entries += sample.cut().offsets().size();
        }
        while (stream.samples.size() > MAX_SAMPLES || (entries > MAX_ENTRIES && stream.samples.size() > 2)) {
            SampleRow dispensable = dispensable(stream.samples.values());
            entries -= dispensable.cut().offsets().size();
            forget(dispensable, c);
        }
    }

    /** The sample whose neighbours are nearest to each other in time; there are at least three. */
    private static SampleRow dispensable(Collection<SampleRow> samples) {
        List<SampleRow> all = List.copyOf(samples);
        int best = 1;
        for (int i = 2; i < all.size() - 1; i++) {
            if (gap(all, i) < gap(all, best)) {
                best = i;
            }
        }
        return all.get(best);
    }

    /** Time that would lie between two samples without the one between them. */
    private static long gap(List<SampleRow> samples, int index) {
        return samples.get(index + 1).atMillis() - samples.get(index - 1).atMillis();
    }

    private static void truncate(StreamData stream, RetentionPolicy policy, Tail tail, Context c) {
        StreamCut needed = LowerBound.of(
                stream.graph,
                stream.subscribers.values().stream().map(SubscriberRow::cut).toList());
        StreamCut cut = RetentionChoice.cut(
                stream.graph,
                policy,
                stream.samples.values(),
                tail,
                needed == null ? null : new Needed(needed, sizeBefore(stream, needed)));
        if (cut != null && !cut.equals(stream.head())) {
            StreamTruncation.begin(stream, cut, c);
        }
    }

    /** Bytes before a cut, from the beginning of the stream. */
    private static long sizeBefore(StreamData stream, StreamCut cut) {
        StreamCut head = stream.head();
        if (StreamCuts.compare(stream.graph, cut, head) == Order.EQUAL_OR_AFTER) {
            return stream.sizeBeforeHead() + StreamCuts.size(stream.graph, stream.sealedSizes, head, cut);
        }
        return StreamCuts.size(stream.graph, stream.sealedSizes, StreamCuts.beginning(stream.graph), cut);
    }
}
