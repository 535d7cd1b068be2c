/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.engine.streams;

import io.headrace.engine.streams.Row.SampleRow;
import io.headrace.engine.streams.StreamCuts.Order;
import java.util.Collection;
import java.util.List;
import java.util.function.LongPredicate;
import org.jspecify.annotations.Nullable;

/**
 * Chooses where a stream is to be truncated: at one of the samples of its past, or at what all subscribers are done with.
 * A pure function.
 *
 * <p>The <em>value</em> of a position is how much would be kept by truncating there: bytes behind it, or its age.
 */
final class RetentionChoice {

    /**
     * A position and the bytes before it, from the beginning of the stream.
     *
     * @param atMillis when the stream ended there
     */
    record Tail(long atMillis, long size) {}

    /** The lowest position that a subscriber still needs, and the bytes before it, from the beginning of the stream. */
    record Needed(StreamCut cut, long size) {}

    private final EpochGraph graph;
    private final RetentionPolicy policy;
    private final List<SampleRow> samples;
    private final Tail tail;

    private RetentionChoice(EpochGraph graph, RetentionPolicy policy, Collection<SampleRow> samples, Tail tail) {
        this.graph = graph;
        this.policy = policy;
        this.samples = List.copyOf(samples);
        this.tail = tail;
    }

    /**
     * The cut to truncate at; null if nothing may go. It may lie before the head: then nothing more is to go either.
     *
     * @param samples oldest first, none of them behind one before it
     * @param tail where the stream ends now
     * @param needed null if no subscriber has told what it needs: then the upper limit of the policy is of no meaning
     */
    static @Nullable StreamCut cut(
            EpochGraph graph,
            RetentionPolicy policy,
            Collection<SampleRow> samples,
            Tail tail,
            @Nullable Needed needed) {
        RetentionChoice choice = new RetentionChoice(graph, policy, samples, tail);
        int least = choice.last(value -> value >= policy.min());
        if (needed == null) {
            return choice.cutOf(least);
        }
        return policy.type() == RetentionPolicy.Type.SIZE
                ? choice.bySize(least, needed)
                : choice.byTime(least, needed.cut());
    }

    /** @param least index of the sample that keeps the minimum and no more than it must; -1 if there is none */
    private @Nullable StreamCut bySize(int least, Needed needed) {
        long kept = tail.size() - needed.size();
        if (kept < policy.min()) {
            return notAfter(least, needed.cut());
        } else if (kept < policy.max() || least < 0) {
            return needed.cut();
        }
        int most = most(least);
        return value(most) < kept ? cutOf(most) : needed.cut();
    }

    private @Nullable StreamCut byTime(int least, StreamCut needed) {
        if (least < 0) {
            return null;
        } else if (StreamCuts.compare(graph, samples.get(least).cut(), needed) != Order.EQUAL_OR_AFTER) {
            return notAfter(least, needed);
        }
        int overdue = last(value -> value >= policy.max());
        if (overdue < 0) {
            return needed;
        }
        StreamCut limit = samples.get(overdue).cut();
        return switch (StreamCuts.compare(graph, needed, limit)) {
            case EQUAL_OR_AFTER -> needed;
            case BEFORE -> cutOf(most(least));
            case OVERLAPS -> limit;
        };
    }

    /** The latest sample up to one of them that lies nowhere after a cut. */
    private @Nullable StreamCut notAfter(int latest, StreamCut cut) {
        if (latest >= 0 && liesNowhereAfter(latest, cut)) {
            return cutOf(latest);
        }
        int low = 0;
        int high = Math.max(0, latest);
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (liesNowhereAfter(middle, cut)) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return cutOf(low - 1);
    }

    private boolean liesNowhereAfter(int sample, StreamCut cut) {
        return StreamCuts.compare(graph, cut, samples.get(sample).cut()) == Order.EQUAL_OR_AFTER;
    }

    /** The sample that keeps the most within the limits; {@code least} if there is none. */
    private int most(int least) {
        for (int i = 0; i < samples.size(); i++) {
            if (value(i) <= policy.max()) {
                return value(i) >= policy.min() ? i : least;
            }
        }
        return least;
    }

    /** Index of the latest sample with such a value; -1 if there is none. */
    private int last(LongPredicate isWanted) {
        int i = samples.size() - 1;
        while (i >= 0 && !isWanted.test(value(i))) {
            i--;
        }
        return i;
    }

    private long value(int sample) {
        SampleRow row = samples.get(sample);
        return policy.type() == RetentionPolicy.Type.SIZE ? tail.size() - row.size() : tail.atMillis() - row.atMillis();
    }

    private @Nullable StreamCut cutOf(int sample) {
        return sample < 0 ? null : samples.get(sample).cut();
    }
}
