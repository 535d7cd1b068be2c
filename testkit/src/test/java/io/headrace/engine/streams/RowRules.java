/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.engine.streams;

import io.headrace.codecs.name.SegmentName;
import io.headrace.engine.streams.Row.CompletedRow;
import io.headrace.engine.streams.Row.EpochRow;
import io.headrace.engine.streams.Row.RetiredRow;
import io.headrace.engine.streams.Row.StreamRow;
import io.headrace.engine.streams.Row.TransactionRow;
import io.headrace.engine.streams.Row.TruncationRow;
import io.headrace.engine.streams.StreamCuts.Order;
import io.headrace.engine.streams.StreamReply.TransactionState;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** What no record may do to the state of a {@code streams} partition, whatever command it is for. */
final class RowRules {
    private final Function<String, AssertionError> violation;

    /** Writers that a stream had when its newest watermark was done with. */
    private final Map<StreamName, List<String>> waitedFor = new HashMap<>();

    RowRules(Function<String, AssertionError> violation) {
        this.violation = violation;
    }

    /** Judges a row that is about to be put into {@code state}. */
    void put(Row row, State state) {
        if (row instanceof EpochRow r) {
            epoch(r, state);
        } else if (row instanceof StreamRow r) {
            stream(r, state.stream(r.name()));
        } else if (row instanceof TruncationRow r) {
            truncation(r, state.stream(r.name()));
        } else if (row instanceof TransactionRow r) {
            transaction(r, state);
        } else if (row instanceof CompletedRow r) {
            completed(r, state);
        } else if (row instanceof Row.WorkRow r) {
            work(r, state);
        } else if (row instanceof Row.WriterRow r) {
            writer(r, state.stream(r.name()));
        } else if (row instanceof Row.MarkRow r) {
            mark(r, state.stream(r.name()));
        } else if (row instanceof RetiredRow r) {
            require(r.nextNumber() >= state.firstNumber(r.name()), row, "segment numbers go back");
        }
    }

    private void epoch(EpochRow row, State state) {
        StreamData stream = state.stream(row.name());
        Epoch epoch = row.epoch();
        if (stream == null) {
            throw violation.apply(row + ": there is no such stream");
        }
        require(epoch.number() == stream.graph.size(), row, "it does not follow epoch " + (stream.graph.size() - 1));
        double covered = 0;
        for (SegmentRange segment : epoch.segments()) {
            require(segment.low() == covered && segment.low() < segment.high(), row, "the ranges do not join");
            covered = segment.high();
        }
        require(covered == 1, row, "not all keys are covered");
        if (epoch.number() == 0) {
            int first = state.firstNumber(row.name());
            require(epoch.segments().stream().allMatch(s -> number(s) >= first), row, "numbers are used again");
            return;
        }
        require(
                epoch.createdMillis() > stream.graph.last().createdMillis(),
                row,
                "it is not later than the epoch before");
        for (SegmentRange segment : epoch.segments()) {
            boolean known = stream.graph.last().contains(segment.id());
            boolean isNew = SegmentName.epochOf(segment.id()) == epoch.number();
            boolean copy = epoch.reference() != epoch.number();
            require(known || isNew, row, "segment " + segment + " is neither new nor in the epoch before");
            require(
                    known || copy || number(segment) > stream.graph.highestNumber(),
                    row,
                    "the number of " + segment + " has been used");
        }
    }

    private static int number(SegmentRange segment) {
        return SegmentName.numberOf(segment.id());
    }

    private void stream(StreamRow row, @Nullable StreamData known) {
        if (known == null) {
            waitedFor.remove(row.name());
            require(row.currentEpoch() == 0 && row.state() == Row.StreamState.CREATING, row, "a strange beginning");
            return;
        }
        StreamRow before = known.row;
        require(row.currentEpoch() >= before.currentEpoch(), row, "it goes back to an epoch before");
        require(row.currentEpoch() < known.graph.size(), row, "there is no such epoch");
        require(row.nextOrder() >= before.nextOrder(), row, "the order of commits goes back");
        require(!known.isSealed() || row.state() == Row.StreamState.SEALED, row, "it was sealed");
        boolean sealing = before.state() == Row.StreamState.SEALING;
        boolean goesOn = row.state() == Row.StreamState.SEALING || row.state() == Row.StreamState.SEALED;
        require(!sealing || goesOn, row, "it was to be sealed");
    }

    private void truncation(TruncationRow row, @Nullable StreamData stream) {
        if (stream == null) {
            throw violation.apply(row + ": there is no such stream");
        }
        StreamCut before = stream.head();
        require(
                StreamCuts.compare(stream.graph, row.cut(), before) == Order.EQUAL_OR_AFTER,
                row,
                "it began at " + before + " already");
        require(row.sizeBefore() >= stream.sizeBeforeHead(), row, "less is truncated than before");
    }

    /** Where there is a policy without an upper limit, and no client truncates, this is what retention has chosen. */
    private void work(Row.WorkRow row, State state) {
        if (!(row.work() instanceof Work.VerifyCut verify) || !(row.subject() instanceof Work.Subject.OfStream of)) {
            return;
        }
        StreamData stream = state.stream(of.stream());
        RetentionPolicy policy = stream == null ? null : stream.configuration.retention();
        if (stream == null || policy == null || policy.max() != Long.MAX_VALUE) {
            return;
        }
        for (Row.SubscriberRow subscriber : stream.subscribers.values()) {
            require(
                    subscriber.cut().isUnbounded()
                            || StreamCuts.compare(stream.graph, subscriber.cut(), verify.cut()) == Order.EQUAL_OR_AFTER,
                    row,
                    "it is needed by " + subscriber);
        }
    }

    private void writer(Row.WriterRow row, @Nullable StreamData stream) {
        Row.WriterRow before = stream == null ? null : stream.writers.get(row.writer());
        require(before == null || before.timestamp() <= row.timestamp(), row, "its time goes back: " + before);
    }

    /** Who had noted a time before a watermark was decided on is waited for: no writer of these runs is given up. */
    private void mark(Row.MarkRow row, @Nullable StreamData stream) {
        if (stream == null) {
            throw violation.apply(row + ": there is no such stream");
        }
        Row.Emitted last = row.last();
        Row.Emitted known = stream.mark == null ? null : stream.mark.last();
        require(
                known == null
                        || (last != null
                                && last.watermark().lower() >= known.watermark().lower()),
                row,
                "the last one was " + known);
        if (row.next() == null) {
            waitedFor.put(row.name(), List.copyOf(stream.writers.keySet()));
        } else if (!row.written()) {
            watermark(row, row.next().watermark(), last == null ? null : last.watermark(), stream);
        }
    }

    private void watermark(Row.MarkRow row, Watermark next, @Nullable Watermark last, StreamData stream) {
        require(next.lower() <= next.upper(), row, "its bounds are the wrong way round");
        long newest = stream.writers.values().stream()
                .mapToLong(Row.WriterRow::timestamp)
                .max()
                .orElse(Long.MIN_VALUE);
        require(next.upper() <= newest, row, "no writer has come so far");
        if (last == null) {
            return;
        }
        require(next.lower() > last.lower(), row, "it is no later than the one before");
        require(
                StreamCuts.compare(stream.graph, next.position(), last.position()) == Order.EQUAL_OR_AFTER,
                row,
                "its position goes back");
        for (String name : waitedFor.getOrDefault(row.name(), List.of())) {
            Row.WriterRow writer = stream.writers.get(name);
            require(writer == null || writer.timestamp() >= next.lower(), row, "it is later than " + writer);
            require(writer == null || writer.timestamp() > last.lower(), row, writer + " should be waited for");
        }
    }

    private void transaction(TransactionRow row, State state) {
        StreamData stream = state.stream(row.name());
        if (stream == null) {
            throw violation.apply(row + ": there is no such stream");
        }
        require(state.completed.find(row.name(), row.id()) == null, row, "it had ended");
        TransactionRow before = stream.transactions.get(row.id());
        if (before == null) {
            require(row.state() == TransactionState.OPEN, row, "a strange beginning");
        } else if (before.state() != row.state()) {
            require(before.state() == TransactionState.OPEN, row, "its end had been decided: " + before);
            stream.committing
                    .values()
                    .forEach(orders -> require(
                            orders.isEmpty() || row.order() == 0 || orders.lastKey() < row.order(),
                            row,
                            "a later commit comes first"));
        }
    }

    private void completed(CompletedRow row, State state) {
        StreamData stream = state.stream(row.name());
        TransactionRow before = stream == null ? null : stream.transactions.get(row.id());
        TransactionState expected = row.committed() ? TransactionState.COMMITTING : TransactionState.ABORTING;
        require(before != null && before.state() == expected, row, "it was " + before);
    }

    private void require(boolean condition, Row row, String why) {
        if (!condition) {
            throw violation.apply("the row " + row + " must not be: " + why);
        }
    }
}
