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
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** What no record may do to the state of a {@code streams} partition, whatever command it is for. */
final class RowRules {
    private final Function<String, AssertionError> violation;

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
