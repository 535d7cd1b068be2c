/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.engine.streams;

import io.headrace.codecs.name.SegmentName;
import io.headrace.engine.partition.ReplyTo;
import io.headrace.engine.segments.SegmentCommand;
import io.headrace.engine.streams.Row.CompletedRow;
import io.headrace.engine.streams.Row.CounterRow;
import io.headrace.engine.streams.Row.StreamState;
import io.headrace.engine.streams.Row.TransactionRow;
import io.headrace.engine.streams.StreamReply.Code;
import io.headrace.engine.streams.StreamReply.CompletedTransactions;
import io.headrace.engine.streams.StreamReply.PingStatus;
import io.headrace.engine.streams.StreamReply.TransactionCreated;
import io.headrace.engine.streams.StreamReply.TransactionState;
import io.headrace.engine.streams.StreamReply.TransactionStatus;
import io.headrace.engine.streams.Waiters.Event;
import io.headrace.engine.streams.Work.Subject;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The life of transactions but for their commit, which {@link TransactionCommit} does.
 *
 * <p>A transaction's row is all that is remembered of it: OPEN with segments that may not all exist yet (its caller has
 * no answer then, so it dies by its lease), COMMITTING until the commit has it, ABORTING until its segments are gone.
 */
final class Transactions implements Procedure {
    static final long MIN_LEASE_MILLIS = 10_000;
    static final long MAX_LEASE_MILLIS = 600_000;
    private static final int MAX_OPEN = 100_000;
    private static final int LIST_LIMIT = 500;

    /** How many a turn aborts, or forgets, at most. */
    private static final int ROUND = 128;

    /** Outcomes that are remembered for a stream at a time. */
    private static final int MAX_COMPLETED = 20_000;

    /**
     * How long the question what became of a transaction waits while it is being committed. Clients have no other way to
     * learn of it than to ask again and again; most commits take some milliseconds.
     */
    private static final long OUTCOME_MILLIS = 1_000;

    private final StreamsOptions options;
    private final Waiters outcomes = Waiters.content(OUTCOME_MILLIS, TransactionState.COMMITTING);
    private final Leases leases = new Leases();
    private long nextPurgeMillis;

    Transactions(StreamsOptions options) {
        this.options = options;
    }

    void create(StreamCommand.CreateTransaction command, ReplyTo<? super StreamReply> replyTo, Context c) {
        StreamData stream = c.state().stream(command.stream());
        long lease = command.leaseMillis();
        if (stream == null) {
            c.fail(replyTo, Code.NOT_FOUND, "there is no stream " + command.stream());
        } else if (stream.state() == StreamState.CREATING) {
            c.fail(replyTo, Code.INTERNAL, "stream " + command.stream() + " is being created");
        } else if (stream.isSealed() || stream.state() == StreamState.SEALING) {
            c.fail(replyTo, Code.INVALID_ARGUMENT, "stream " + command.stream() + " is sealed");
        } else if (lease < MIN_LEASE_MILLIS || lease > MAX_LEASE_MILLIS) {
            c.fail(
                    replyTo,
                    Code.INVALID_ARGUMENT,
                    "a lease has " + MIN_LEASE_MILLIS + " to " + MAX_LEASE_MILLIS + " ms, not " + lease);
        } else if (stream.transactions.size() >= MAX_OPEN) {
            c.fail(replyTo, Code.RESOURCE_EXHAUSTED, "stream " + command.stream() + " has too many transactions");
        } else {
            int epoch = stream.current().reference();
            long number = c.state().nextTransaction();
            UUID id = new UUID((long) epoch << 32 | options.partition(), number);
            long last = c.now() + Math.min(1_000 * lease, options.transactionMillis());
            c.put(new CounterRow(number + 1));
            c.put(new TransactionRow(
                    command.stream(), id, TransactionState.OPEN, epoch, c.now(), last, 0, "", Long.MIN_VALUE));
            leases.set(command.stream(), id, Math.min(c.now() + lease, last));
            Subject subject = new Subject.OfTransaction(command.stream(), id);
            c.park(subject, Event.CREATED, replyTo);
            c.start(subject);
        }
    }

    void ping(StreamCommand.PingTransaction command, ReplyTo<? super StreamReply> replyTo, Context c) {
        TransactionState state = stateOf(command.stream(), command.transaction(), c);
        switch (state) {
            case UNKNOWN -> c.reply(replyTo, PingStatus.UNKNOWN);
            case COMMITTING, COMMITTED -> c.reply(replyTo, PingStatus.COMMITTED);
            case ABORTING, ABORTED -> c.reply(replyTo, PingStatus.ABORTED);
            case OPEN -> c.reply(replyTo, renew(command, c));
        }
    }

    private PingStatus renew(StreamCommand.PingTransaction command, Context c) {
        TransactionRow row = find(command.stream(), command.transaction(), c);
        long lease = Math.max(0, command.leaseMillis());
        if (lease > MAX_LEASE_MILLIS) {
            return PingStatus.LEASE_TOO_LARGE;
        }
        if (row == null || c.now() + lease > row.lastMillis()) {
            return PingStatus.MAX_EXECUTION_TIME_EXCEEDED;
        }
        leases.set(command.stream(), command.transaction(), c.now() + lease);
        return PingStatus.OK;
    }

    void commit(StreamCommand.CommitTransaction command, ReplyTo<? super StreamReply> replyTo, Context c) {
        switch (stateOf(command.stream(), command.transaction(), c)) {
            case COMMITTING, COMMITTED -> c.reply(replyTo, TransactionStatus.SUCCESS);
            case UNKNOWN, ABORTING, ABORTED -> c.reply(replyTo, TransactionStatus.FAILURE);
            case OPEN -> {
                StreamData stream = c.state().stream(command.stream());
                TransactionRow row = find(command.stream(), command.transaction(), c);
                if (stream == null || row == null || command.writer().length() > Watermarks.MAX_WRITER_LENGTH) {
                    c.reply(replyTo, TransactionStatus.FAILURE);
                    return;
                }
                long order = stream.row.nextOrder();
                c.put(stream.row.withNextOrder(order + 1));
                c.put(new TransactionRow(
                        row.name(),
                        row.id(),
                        TransactionState.COMMITTING,
                        row.epoch(),
                        row.createdMillis(),
                        row.lastMillis(),
                        order,
                        command.writer(),
                        command.timestamp()));
                leases.end(row.name(), row.id());
                c.reply(replyTo, TransactionStatus.SUCCESS);
                c.release(new Subject.OfStream(command.stream()));
            }
        }
    }

    void abort(StreamCommand.AbortTransaction command, ReplyTo<? super StreamReply> replyTo, Context c) {
        switch (stateOf(command.stream(), command.transaction(), c)) {
            case ABORTING, ABORTED -> c.reply(replyTo, TransactionStatus.SUCCESS);
            case UNKNOWN, COMMITTING, COMMITTED -> c.reply(replyTo, TransactionStatus.FAILURE);
            case OPEN -> {
                TransactionRow row = find(command.stream(), command.transaction(), c);
                if (row != null) {
                    abort(row, c);
                }
                c.reply(replyTo, TransactionStatus.SUCCESS);
            }
        }
    }

    private void abort(TransactionRow row, Context c) {
        c.put(new TransactionRow(
                row.name(),
                row.id(),
                TransactionState.ABORTING,
                row.epoch(),
                row.createdMillis(),
                row.lastMillis(),
                0,
                "",
                Long.MIN_VALUE));
        leases.end(row.name(), row.id());
        c.start(subjectOf(row));
    }

    /** Aborts open transactions of a stream that is being sealed: some now, more when one of these is gone. */
    void abortOpen(StreamData stream, Context c) {
        if (stream.openTransactions() == 0) {
            return;
        }
        List<TransactionRow> open = stream.transactions.values().stream()
                .filter(row -> row.state() == TransactionState.OPEN)
                .limit(ROUND)
                .toList();
        open.forEach(row -> abort(row, c));
    }

    /** Replaces a transaction by its outcome, and forgets the oldest outcome if there are too many. */
    void end(TransactionRow row, boolean committed, Context c) {
        c.put(new CompletedRow(row.name(), row.id(), committed, c.now()));
        c.remove(row);
        CompletedRow oldest = c.state().completed.surplus(row.name(), MAX_COMPLETED);
        if (oldest != null) {
            c.remove(oldest);
        }
        if (committed) {
            outcomes.answer(subjectOf(row), Event.COMMITTED, TransactionState.COMMITTED, c.turn());
        }
    }

    void state(StreamCommand.GetTransactionState command, ReplyTo<? super StreamReply> replyTo, Context c) {
        TransactionState state = stateOf(command.stream(), command.transaction(), c);
        if (state == TransactionState.COMMITTING) {
            Subject subject = new Subject.OfTransaction(command.stream(), command.transaction());
            outcomes.park(subject, Event.COMMITTED, replyTo, c.turn());
        } else {
            c.reply(replyTo, state);
        }
    }

    void list(StreamCommand.ListCompletedTransactions command, ReplyTo<? super StreamReply> replyTo, Context c) {
        boolean exists = c.state().stream(command.stream()) != null;
        c.reply(
                replyTo,
                new CompletedTransactions(
                        exists ? c.state().completed.latest(command.stream(), LIST_LIMIT) : Map.of()));
    }

    private static TransactionState stateOf(StreamName stream, UUID id, Context c) {
        TransactionRow row = find(stream, id, c);
        if (row != null) {
            return row.state();
        }
        CompletedRow completed = c.state().completed.find(stream, id);
        if (completed == null) {
            return TransactionState.UNKNOWN;
        }
        return completed.committed() ? TransactionState.COMMITTED : TransactionState.ABORTED;
    }

    private static @Nullable TransactionRow find(StreamName name, UUID id, Context c) {
        StreamData stream = c.state().stream(name);
        return stream == null ? null : stream.transactions.get(id);
    }

    /** Takes over the transactions of a former owner. */
    void recovered(StreamData stream, Context c) {
        for (TransactionRow row : stream.transactions.values()) {
            if (row.state() == TransactionState.OPEN) {
                leases.set(row.name(), row.id(), Math.min(c.now() + MAX_LEASE_MILLIS, row.lastMillis()));
            } else if (row.state() == TransactionState.ABORTING) {
                c.start(subjectOf(row));
            }
        }
    }

    /** Aborts what has not been pinged, and forgets what ended long ago. */
    void tick(Context c) {
        outcomes.tick(c.turn());
        for (Leases.Expired expired : leases.takeExpired(c.now(), ROUND)) {
            TransactionRow row = find(expired.stream(), expired.transaction(), c);
            if (row != null && row.state() == TransactionState.OPEN) {
                abort(row, c);
            }
        }
        if (c.now() >= nextPurgeMillis) {
            List<CompletedRow> old = c.state().completed.expired(c.now() - options.completedMillis(), ROUND);
            old.forEach(c::remove);
            nextPurgeMillis = old.size() == ROUND ? 0 : c.now() + 1_000;
        }
    }

    @Override
    public List<Call> calls(Subject subject, Context c) {
        StreamData stream = c.state().stream(((Subject.OfTransaction) subject).stream());
        TransactionRow row = rowOf(subject, c);
        List<Call> calls = new ArrayList<>();
        if (stream == null || row == null || row.state() == TransactionState.COMMITTING) {
            return calls;
        }
        for (SegmentRange segment : stream.graph.epoch(row.epoch()).segments()) {
            String name = SegmentNames.transactionSegment(
                    stream.name(), SegmentName.numberOf(segment.id()), row.epoch(), row.id());
            calls.add(
                    row.state() == TransactionState.OPEN
                            ? Calls.createPlain(name, stream.configuration)
                            : Calls.delete(name));
        }
        return calls;
    }

    @Override
    public void completed(Subject subject, Answers answers, Context c) {
        Subject.OfTransaction of = (Subject.OfTransaction) subject;
        StreamData stream = c.state().stream(of.stream());
        TransactionRow row = rowOf(subject, c);
        if (stream == null || row == null) {
            return;
        }
        boolean created = !answers.calls().isEmpty()
                && answers.calls().get(0) instanceof Call.ToSegment call
                && call.command() instanceof SegmentCommand.Create;
        if (created && row.state() != TransactionState.ABORTING) {
            Epoch epoch = stream.graph.epoch(row.epoch());
            c.answer(
                    subject,
                    Event.CREATED,
                    new TransactionCreated(row.id(), StreamQueries.withEpoch(epoch, row.epoch())));
        } else if (created) {
            c.answer(
                    subject,
                    Event.CREATED,
                    new StreamReply.Failed(Code.INVALID_ARGUMENT, "the transaction was aborted already"));
            c.start(subject);
        } else if (row.state() == TransactionState.ABORTING) {
            end(row, false, c);
            c.release(new Subject.OfStream(of.stream()));
        }
    }

    void lost(String reason) {
        outcomes.lost(reason);
    }

    private static Subject subjectOf(TransactionRow row) {
        return new Subject.OfTransaction(row.name(), row.id());
    }

    private static @Nullable TransactionRow rowOf(Subject subject, Context c) {
        Subject.OfTransaction of = (Subject.OfTransaction) subject;
        return find(of.stream(), of.transaction(), c);
    }
}
