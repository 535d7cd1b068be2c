/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.client;

import java.time.Duration;
import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The settings of a reader group.
 *
 * @param streams what it reads, by {@code scope/stream}
 * @param checkpointInterval how often a checkpoint is taken by itself; zero: never. Segments change hands, and what follows
 *     a segment is begun, at checkpoints only: a group without them has to be checkpointed by its users.
 * @param refreshInterval how often readers look at the state of the group
 * @param maxCheckpoints how many checkpoints may be under way at once, at least 1
 * @param retention whether the group keeps its streams from being truncated
 */
public record ReaderGroupConfiguration(
        SortedMap<String, Bounds> streams,
        Duration checkpointInterval,
        Duration refreshInterval,
        int maxCheckpoints,
        Retention retention) {
    private static final Duration CHECKPOINT_INTERVAL = Duration.ofSeconds(30);
    private static final Duration REFRESH_INTERVAL = Duration.ofSeconds(3);
    private static final int MAX_CHECKPOINTS = 3;

    /**
     * What of a stream is read.
     *
     * @param from empty: from the oldest data on
     * @param to empty: for ever
     */
    public record Bounds(Optional<StreamCut> from, Optional<StreamCut> to) {
        /** All of a stream. */
        public static final Bounds NONE = new Bounds(Optional.empty(), Optional.empty());
    }

    /** What a group means to the retention of its streams. */
    public enum Retention {
        /** Nothing. */
        NONE(0),
        /** What lies behind the cuts of {@link ReaderGroup#release} is kept. */
        BY_USER(1),
        /** What lies behind the last checkpoint is kept. */
        BY_CHECKPOINT(2);

        private final int number;

        Retention(int number) {
            this.number = number;
        }

        /** By which other clients and servers know it. */
        public int number() {
            return number;
        }

        /** The one with that number; {@link #NONE} if there is none. */
        public static Retention of(int number) {
            return number == BY_USER.number ? BY_USER : number == BY_CHECKPOINT.number ? BY_CHECKPOINT : NONE;
        }
    }

    /** @throws IllegalArgumentException if there is no stream, or a setting out of bounds */
    public ReaderGroupConfiguration {
        streams = Collections.unmodifiableSortedMap(new TreeMap<>(streams));
        if (streams.isEmpty()) {
            throw new IllegalArgumentException("a reader group needs a stream");
        }
        streams.forEach(ReaderGroupConfiguration::check);
        if (checkpointInterval.isNegative() || refreshInterval.toMillis() < 1 || maxCheckpoints < 1) {
            throw new IllegalArgumentException("settings of a reader group are out of bounds: checkpoints every "
                    + checkpointInterval + ", at most " + maxCheckpoints + ", refreshed every " + refreshInterval);
        }
    }

    private static void check(String stream, Bounds bounds) {
        StreamName name = StreamName.of(stream);
        if (!bounds.from().map(cut -> cut.stream().equals(name)).orElse(true)
                || !bounds.to().map(cut -> cut.stream().equals(name)).orElse(true)) {
            throw new IllegalArgumentException("the cuts " + bounds + " are none of " + stream);
        }
    }

    /** All of some streams, with a checkpoint every 30 seconds and no part in retention. */
    public static ReaderGroupConfiguration of(StreamName... streams) {
        SortedMap<String, Bounds> all = new TreeMap<>();
        for (StreamName stream : streams) {
            all.put(stream.toString(), Bounds.NONE);
        }
        return new ReaderGroupConfiguration(
                all, CHECKPOINT_INTERVAL, REFRESH_INTERVAL, MAX_CHECKPOINTS, Retention.NONE);
    }

    /** Reads one stream between cuts, too. */
    public ReaderGroupConfiguration withStream(StreamName stream, Bounds bounds) {
        SortedMap<String, Bounds> all = new TreeMap<>(streams);
        all.put(stream.toString(), bounds);
        return with(all);
    }

    /** Begins at these cuts in their streams; the other streams are as before. */
    public ReaderGroupConfiguration from(Map<StreamName, StreamCut> cuts) {
        SortedMap<String, Bounds> all = new TreeMap<>(streams);
        cuts.forEach((stream, cut) ->
                all.computeIfPresent(stream.toString(), (name, bounds) -> new Bounds(Optional.of(cut), bounds.to())));
        return with(all);
    }

    private ReaderGroupConfiguration with(SortedMap<String, Bounds> others) {
        return new ReaderGroupConfiguration(others, checkpointInterval, refreshInterval, maxCheckpoints, retention);
    }

    public ReaderGroupConfiguration withCheckpointInterval(Duration interval) {
        return new ReaderGroupConfiguration(streams, interval, refreshInterval, maxCheckpoints, retention);
    }

    public ReaderGroupConfiguration withRefreshInterval(Duration interval) {
        return new ReaderGroupConfiguration(streams, checkpointInterval, interval, maxCheckpoints, retention);
    }

    public ReaderGroupConfiguration withMaxCheckpoints(int number) {
        return new ReaderGroupConfiguration(streams, checkpointInterval, refreshInterval, number, retention);
    }

    public ReaderGroupConfiguration withRetention(Retention other) {
        return new ReaderGroupConfiguration(streams, checkpointInterval, refreshInterval, maxCheckpoints, other);
    }
}
