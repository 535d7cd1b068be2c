/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.engine.streams;

import io.headrace.codecs.name.SegmentName;
import io.headrace.engine.streams.Row.StreamState;
import io.headrace.engine.streams.StreamReply.TransactionState;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;

/** The state of a {@code streams} partition, for checkers: written for them, not shared with the code under test. */
public final class StreamsView {

    /**
     * A stream.
     *
     * @param epochs segments of each, from epoch 0 to the current one
     * @param head where it begins: segment to offset; empty if it was never truncated
     * @param transactions those that have not ended
     * @param subscribers by {@code scope/group}
     */
    public record Stream(
            StreamName name,
            boolean sealed,
            List<List<SegmentRange>> epochs,
            SortedMap<Long, Long> head,
            Map<UUID, TransactionState> transactions,
            Map<String, Subscription> subscribers) {

        /** Segments that have not been truncated as a whole, by id. */
        public SortedMap<Long, SegmentRange> present() {
            SortedMap<Long, SegmentRange> present = new TreeMap<>();
            epochs.forEach(epoch -> epoch.forEach(segment -> {
                if (!isBeforeHead(segment)) {
                    present.put(segment.id(), segment);
                }
            }));
            return present;
        }

        private boolean isBeforeHead(SegmentRange segment) {
            if (head.isEmpty() || head.containsKey(segment.id())) {
                return false;
            }
            // What serves a key later has a higher epoch, and so a higher id.
            return epochs.stream()
                    .flatMap(List::stream)
                    .filter(s -> head.containsKey(s.id()) && s.overlaps(segment))
                    .allMatch(s -> s.id() > segment.id());
        }

        /** The segments that served a key, oldest first. */
        public List<SegmentRange> chain(double key) {
            List<SegmentRange> chain = new ArrayList<>();
            for (List<SegmentRange> epoch : epochs) {
                for (SegmentRange segment : epoch) {
                    if (segment.low() <= key && key < segment.high() && !chain.contains(segment)) {
                        chain.add(segment);
                    }
                }
            }
            return chain;
        }
    }

    /** What a stream knows of a reader group that has a say in its retention. */
    public record Subscription(UUID groupId, long generation) {}

    private final State state;

    StreamsView(State state) {
        this.state = state;
    }

    /** What is not at rest: unfinished work, and streams in between. */
    public List<String> unfinished() {
        List<String> unfinished = new ArrayList<>();
        state.forEachRow(row -> {
            if (row instanceof Row.WorkRow work) {
                unfinished.add(work.toString());
            } else if (row instanceof Row.StreamRow stream
                    && stream.state() != StreamState.ACTIVE
                    && stream.state() != StreamState.SEALED) {
                unfinished.add(stream.toString());
            } else if (row instanceof Row.GroupRow group && group.state() != Row.GroupState.ACTIVE) {
                unfinished.add(group.toString());
            } else if (row instanceof Row.ScopeRow scope && scope.removing()) {
                unfinished.add(scope.toString());
            }
        });
        return unfinished;
    }

    /** Streams that have watermarks, streams that retention has truncated, and decisions that load has led to. */
    public record Signs(int watermarked, int retained, int decisions) {}

    /** What time and load have brought about. */
    public Signs signs() {
        int[] counts = new int[3];
        state.forEachRow(row -> {
            if (row instanceof Row.MarkRow mark && mark.last() != null) {
                counts[0]++;
            } else if (row instanceof Row.TruncationRow cut) {
                StreamData stream = state.stream(cut.name());
                counts[1] += stream != null && stream.configuration.retention() != null ? 1 : 0;
            } else if (row instanceof Row.VerdictRow) {
                counts[2]++;
            }
        });
        return new Signs(counts[0], counts[1], counts[2]);
    }

    /** All streams, internal ones too. */
    public List<Stream> streams() {
        List<Stream> streams = new ArrayList<>();
        for (ScopeData scope : state.scopes.values()) {
            scope.streams.values().forEach(stream -> streams.add(view(stream)));
        }
        return streams;
    }

    private static Stream view(StreamData data) {
        List<List<SegmentRange>> epochs = new ArrayList<>();
        data.graph.epochs().forEach(epoch -> epochs.add(epoch.segments()));
        Map<UUID, TransactionState> transactions = new TreeMap<>();
        data.transactions.forEach((id, row) -> transactions.put(id, row.state()));
        SortedMap<Long, Long> head = data.truncation == null
                ? new TreeMap<>()
                : data.truncation.cut().offsets();
        Map<String, Subscription> subscribers = new TreeMap<>();
        data.subscribers.forEach(
                (name, row) -> subscribers.put(name, new Subscription(row.groupId(), row.generation())));
        return new Stream(data.name(), data.isSealed(), epochs, head, transactions, subscribers);
    }

    /** Names of all segments that should exist. */
    public SortedSet<String> segments() {
        SortedSet<String> names = new TreeSet<>();
        for (Stream stream : streams()) {
            StreamName name = stream.name();
            stream.present()
                    .keySet()
                    .forEach(id -> names.add(
                            SegmentName.of(name.scope(), name.stream(), id).qualified()));
        }
        return names;
    }
}
