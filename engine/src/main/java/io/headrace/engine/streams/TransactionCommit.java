/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.engine.streams;

import io.headrace.codecs.name.SegmentName;
import io.headrace.engine.segments.SegmentCommand;
import io.headrace.engine.segments.SegmentReply;
import io.headrace.engine.streams.Row.EpochRow;
import io.headrace.engine.streams.Row.SealedSizesRow;
import io.headrace.engine.streams.Row.StreamState;
import io.headrace.engine.streams.Row.TransactionRow;
import io.headrace.engine.streams.Work.Commit;
import io.headrace.engine.streams.Work.Subject;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.UUID;

/**
 * Makes transactions visible, those of the lowest epoch first, in the order of their commits.
 *
 * <p>Transactions of the current epoch are merged into its segments. Those of an older one cannot be: data of an epoch
 * must be read before what came after it. So the stream is rolled: a duplicate of the transactions' epoch follows the
 * current one and takes the data, and a duplicate of the current epoch follows that and takes all that comes later.
 */
final class TransactionCommit implements Procedure {
    private static final int MAX_BATCH = 100;

    /** What is to be done next. Constants are durable by their order. */
    enum Step {
        /** Merge into the current epoch; that is all. */
        MERGE,
        /** Create the segments of the duplicate of the transactions' epoch. */
        ROLL_CREATE,
        ROLL_MERGE,
        /** Seal those segments: nothing but the transactions goes there. */
        ROLL_SEAL,
        /** Create the segments of the duplicate of the current epoch; then both epochs are remembered. */
        ROLL_CREATE_NEXT,
        /** Seal the segments of the current epoch. */
        ROLL_SEAL_ACTIVE,
        /** Ask for final lengths; then the second duplicate becomes the current epoch. */
        ROLL_MEASURE
    }

    private final Transactions transactions;

    TransactionCommit(Transactions transactions) {
        this.transactions = transactions;
    }

    /** Begins a commit if the stream has nothing else to do and something to commit. */
    static boolean begin(StreamData stream, Context c) {
        boolean ready = stream.state() == StreamState.ACTIVE || stream.state() == StreamState.SEALING;
        if (!ready || stream.work != null || stream.committing.isEmpty()) {
            return false;
        }
        int epoch = stream.committing.firstKey();
        List<UUID> batch = stream.committing.firstEntry().getValue().values().stream()
                .limit(MAX_BATCH)
                .toList();
        Epoch active = stream.current();
        if (stream.state() == StreamState.ACTIVE) {
            c.put(stream.row.with(StreamState.COMMITTING_TXN));
        }
        Step first = active.reference() == epoch ? Step.MERGE : Step.ROLL_CREATE;
        c.begin(new Subject.OfStream(stream.name()), new Commit(first, epoch, batch, active.number()));
        return true;
    }

    @Override
    public List<Call> calls(Subject subject, Context c) {
        StreamData stream = c.state().stream(((Subject.OfStream) subject).stream());
        if (stream == null || !(stream.work instanceof Commit commit)) {
            return List.of();
        }
        StreamName name = stream.name();
        return switch (commit.step()) {
            case MERGE -> merges(stream, commit, stream.graph.epoch(commit.active()));
            case ROLL_CREATE -> {
                List<Call> calls = new ArrayList<>();
                for (SegmentRange segment : duplicate(stream, commit).segments()) {
                    calls.add(Calls.createPlain(SegmentNames.segment(name, segment.id()), stream.configuration));
                }
                yield calls;
            }
            case ROLL_MERGE -> merges(stream, commit, duplicate(stream, commit));
            case ROLL_SEAL -> Calls.sealAll(name, ids(duplicate(stream, commit)));
            case ROLL_CREATE_NEXT ->
                Calls.createAll(name, nextActive(stream, commit).segments(), stream.configuration);
            case ROLL_SEAL_ACTIVE -> Calls.sealAll(name, ids(stream.graph.epoch(commit.active())));
            case ROLL_MEASURE -> {
                List<Call> calls = Calls.lengths(name, ids(stream.graph.epoch(commit.active())));
                calls.addAll(Calls.lengths(name, ids(stream.graph.epoch(commit.active() + 1))));
                yield calls;
            }
        };
    }

    /** One merge for each segment of the target epoch, of all transactions in order. */
    private static List<Call> merges(StreamData stream, Commit commit, Epoch target) {
        List<Call> calls = new ArrayList<>();
        for (SegmentRange segment : target.segments()) {
            int number = SegmentName.numberOf(segment.id());
            List<String> sources = commit.transactions().stream()
                    .map(id -> SegmentNames.transactionSegment(stream.name(), number, commit.epoch(), id))
                    .toList();
            calls.add(new Call.ToSegment(
                    new SegmentCommand.MergeBatch(SegmentNames.segment(stream.name(), segment.id()), sources)));
        }
        return calls;
    }

    /** The epoch that takes the transactions' data: a copy of theirs. */
    private static Epoch duplicate(StreamData stream, Commit commit) {
        int number = commit.active() + 1;
        return new Epoch(
                number,
                stream.graph.epoch(commit.epoch()).reference(),
                stream.graph.epoch(commit.active()).createdMillis() + 1,
                StreamQueries.withEpoch(stream.graph.epoch(commit.epoch()), number));
    }

    /** The epoch in which the stream goes on: a copy of the one that was current. */
    private static Epoch nextActive(StreamData stream, Commit commit) {
        int number = commit.active() + 2;
        Epoch active = stream.graph.epoch(commit.active());
        return new Epoch(
                number, active.reference(), active.createdMillis() + 2, StreamQueries.withEpoch(active, number));
    }

    private static List<Long> ids(Epoch epoch) {
        return epoch.segments().stream().map(SegmentRange::id).toList();
    }

    @Override
    public void completed(Subject subject, Answers answers, Context c) {
        StreamData stream = c.state().stream(((Subject.OfStream) subject).stream());
        if (stream == null || !(stream.work instanceof Commit commit)) {
            return;
        }
        switch (commit.step()) {
            case MERGE -> {
                noteWriters(stream, commit, stream.graph.epoch(commit.active()), answers, c);
                finish(subject, stream, commit, c);
            }
            case ROLL_CREATE -> go(subject, commit, Step.ROLL_MERGE, c);
            case ROLL_MERGE -> {
                noteWriters(stream, commit, duplicate(stream, commit), answers, c);
                go(subject, commit, Step.ROLL_SEAL, c);
            }
            case ROLL_SEAL -> go(subject, commit, Step.ROLL_CREATE_NEXT, c);
            case ROLL_CREATE_NEXT -> {
                Epoch first = duplicate(stream, commit);
                Epoch second = nextActive(stream, commit);
                long created = Math.max(c.now(), first.createdMillis());
                c.put(new EpochRow(
                        stream.name(), new Epoch(first.number(), first.reference(), created, first.segments())));
                c.put(new EpochRow(
                        stream.name(), new Epoch(second.number(), second.reference(), created + 1, second.segments())));
                go(subject, commit, Step.ROLL_SEAL_ACTIVE, c);
            }
            case ROLL_SEAL_ACTIVE -> go(subject, commit, Step.ROLL_MEASURE, c);
            case ROLL_MEASURE -> {
                StreamName name = stream.name();
                int first = commit.active() + 1;
                List<Long> active = ids(stream.graph.epoch(commit.active()));
                c.put(new SealedSizesRow(name, first, Calls.lengths(name, active, answers)));
                Scale.forgetCold(stream, active, c);
                List<Long> rolled = ids(stream.graph.epoch(first));
                c.put(new SealedSizesRow(name, first + 1, Calls.lengths(name, rolled, answers)));
                c.put(stream.row.withEpoch(first + 1));
                finish(subject, stream, commit, c);
            }
        }
    }

    private static void go(Subject subject, Commit commit, Step next, Context c) {
        c.begin(subject, new Commit(next, commit.epoch(), commit.transactions(), commit.active()));
    }

    private void finish(Subject subject, StreamData stream, Commit commit, Context c) {
        for (UUID id : commit.transactions()) {
            TransactionRow row = stream.transactions.get(id);
            if (row != null) {
                transactions.end(row, true, c);
            }
        }
        if (stream.state() == StreamState.COMMITTING_TXN) {
            c.put(stream.row.with(StreamState.ACTIVE));
        }
        c.end(subject);
    }

    /** Transactions that carry a time note their writers' positions: the ends of the target segments after each merge. */
    private static void noteWriters(StreamData stream, Commit commit, Epoch target, Answers answers, Context c) {
        for (int i = 0; i < commit.transactions().size(); i++) {
            TransactionRow row = stream.transactions.get(commit.transactions().get(i));
            if (row == null || row.writer().isEmpty() || row.timestamp() == Long.MIN_VALUE) {
                continue;
            }
            TreeMap<Long, Long> position = new TreeMap<>();
            for (int s = 0; s < target.segments().size(); s++) {
                if (answers.replies().get(s) instanceof SegmentReply.Merged merged
                        && merged.lengths().size() == commit.transactions().size()
                        && merged.lengths().get(i) >= 0) {
                    position.put(target.segments().get(s).id(), merged.lengths().get(i));
                }
            }
            if (position.size() == target.segments().size()) {
                Watermarks.note(stream, row.writer(), row.timestamp(), new StreamCut(position), c);
            }
        }
    }
}
