/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.engine.streams;

import io.headrace.codecs.name.Slots;
import io.headrace.engine.calls.CallStamp;
import io.headrace.engine.partition.ReplyTo;
import io.headrace.engine.partition.StateMachine;
import io.headrace.engine.partition.Turn;
import io.headrace.engine.streams.Row.CallerRow;
import io.headrace.engine.streams.Row.OwnerRow;
import io.headrace.engine.streams.StreamReply.NotImplemented;
import io.headrace.engine.streams.Work.Subject;
import io.netty.buffer.ByteBuf;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The controller: executes {@link StreamCommand}s. Short commands change rows and reply. Long ones become work: what is
 * to be done is remembered in the state, its calls go to other partitions when that is durable, and the caller's reply
 * waits until all is done. There is never more than one work at a time on a stream; other changes wait for it to end.
 *
 * <p>Every reply is confirmed by the log, also one that only tells what is: an owner of old would not know of the newest
 * epoch, and a writer that is told of no successors takes the stream for sealed.
 */
public final class StreamsMachine implements StateMachine<StreamCommand, StreamReply> {
    private static final int SNAPSHOT_VERSION = 1;

    private final StreamsOptions options;
    private final State state = new State();

    // Volatile: what this owner of the partition is about to do.
    private final Works works;
    private final Waiters waiters;
    private final Set<Subject> released = new LinkedHashSet<>();
    private final Set<StreamName> committedLast = new HashSet<>();

    private final Scopes scopes = new Scopes();
    private final StreamCreation creation = new StreamCreation();
    private final StreamQueries queries = new StreamQueries();
    private final StreamUpdate update = new StreamUpdate();
    private final StreamTruncation truncation = new StreamTruncation();
    private final StreamEnd end = new StreamEnd();
    private final Scale scale = new Scale();
    private final AutoScaling autoScaling;
    private final Transactions transactions;
    private final TransactionCommit commit;
    private final WatermarkEmission emission = new WatermarkEmission();
    private final Watermarks watermarks;
    private final Retention retention;
    private final ReaderGroups groups = new ReaderGroups();
    private final Subscriptions subscriptions = new Subscriptions();
    private final KeyValueTables tables = new KeyValueTables();

    /**
     * @param segments the way to segments
     * @param streams the way to all {@code streams} partitions, this one included
     * @param self submits a command to this very partition, without a reply; may be called on any thread and must not
     *     execute the command before it returns. Commands that come when the partition is gone are dropped
     */
    public StreamsMachine(
            StreamsOptions options, SegmentCalls segments, StreamCalls streams, Consumer<StreamCommand> self) {
        this.options = options;
        this.works = new Works(segments, streams, self, options.callMillis(), options.partition());
        this.waiters = Waiters.failing(options.waitMillis());
        this.autoScaling = new AutoScaling(options.scaling());
        this.transactions = new Transactions(options);
        this.commit = new TransactionCommit(transactions);
        this.watermarks = new Watermarks(options, emission);
        this.retention = new Retention(options);
    }

    @Override
    public void execute(
            StreamCommand command, ReplyTo<? super StreamReply> replyTo, Turn<StreamCommand, StreamReply> turn) {
        Context c = context(turn);
        dispatch(command, replyTo, c);
        settle(c);
    }

    private Context context(Turn<StreamCommand, StreamReply> turn) {
        return new Context(turn, state, works, waiters, released, this::procedureOf);
    }

    private void dispatch(StreamCommand command, ReplyTo<? super StreamReply> replyTo, Context c) {
        if (command instanceof InternalCommand internal) {
            internal(internal, replyTo, c);
        } else if (command instanceof StreamCommand.OfStream ofStream) {
            ofStream(ofStream, replyTo, c);
        } else if (command instanceof StreamCommand.CreateScope x) {
            scopes.create(x, replyTo, c);
        } else if (command instanceof StreamCommand.DeleteScope x) {
            scopes.delete(x, replyTo, c);
        } else if (command instanceof StreamCommand.DeleteScopeRecursive x) {
            scopes.deleteRecursive(x, replyTo, c);
        } else if (command instanceof StreamCommand.CheckScopeExists x) {
            scopes.exists(x, replyTo, c);
        } else if (command instanceof StreamCommand.ListScopes x) {
            scopes.list(x, replyTo, c);
        } else if (command instanceof StreamCommand.ListStreams x) {
            scopes.listStreams(x, replyTo, c);
        } else if (command instanceof StreamCommand.ListStreamsForTag x) {
            scopes.listForTag(x, replyTo, c);
        } else if (command instanceof StreamCommand.ListTables x) {
            scopes.listTables(x, replyTo, c);
        } else if (command instanceof StreamCommand.CreateReaderGroup x) {
            groups.create(x, replyTo, c);
        } else if (command instanceof StreamCommand.GetReaderGroup x) {
            groups.get(x, replyTo, c);
        } else if (command instanceof StreamCommand.UpdateReaderGroup x) {
            groups.update(x, replyTo, c);
        } else if (command instanceof StreamCommand.DeleteReaderGroup x) {
            groups.delete(x, replyTo, c);
        } else if (command instanceof StreamCommand.CreateTable x) {
            tables.create(x, replyTo, c);
        } else if (command instanceof StreamCommand.GetTableConfiguration x) {
            tables.configuration(x, replyTo, c);
        } else if (command instanceof StreamCommand.GetTableSegments x) {
            tables.segments(x, replyTo, c);
        } else if (command instanceof StreamCommand.DeleteTable x) {
            tables.delete(x, replyTo, c);
        } else {
            c.reply(replyTo, new NotImplemented(command.getClass().getSimpleName()));
        }
    }

    private void ofStream(StreamCommand.OfStream command, ReplyTo<? super StreamReply> replyTo, Context c) {
        if (queries.execute(command, replyTo, c)) {
            return;
        }
        if (command instanceof StreamCommand.CreateStream x) {
            creation.create(x, replyTo, c);
        } else if (command instanceof StreamCommand.UpdateStream x) {
            update.update(x, replyTo, c);
        } else if (command instanceof StreamCommand.TruncateStream x) {
            truncation.truncate(x, replyTo, c);
        } else if (command instanceof StreamCommand.SealStream x) {
            end.seal(x, replyTo, c);
        } else if (command instanceof StreamCommand.DeleteStream x) {
            end.delete(x, replyTo, c);
        } else if (command instanceof StreamCommand.Scale x) {
            scale.scale(x, replyTo, c);
        } else if (command instanceof StreamCommand.CheckScale x) {
            scale.check(x, replyTo, c);
        } else if (command instanceof StreamCommand.GetScaling x) {
            autoScaling.describe(x, replyTo, c);
        } else if (command instanceof StreamCommand.CreateTransaction x) {
            transactions.create(x, replyTo, c);
        } else if (command instanceof StreamCommand.PingTransaction x) {
            transactions.ping(x, replyTo, c);
        } else if (command instanceof StreamCommand.CommitTransaction x) {
            transactions.commit(x, replyTo, c);
        } else if (command instanceof StreamCommand.AbortTransaction x) {
            transactions.abort(x, replyTo, c);
        } else if (command instanceof StreamCommand.GetTransactionState x) {
            transactions.state(x, replyTo, c);
        } else if (command instanceof StreamCommand.ListCompletedTransactions x) {
            transactions.list(x, replyTo, c);
        } else if (command instanceof StreamCommand.NoteTimestamp x) {
            watermarks.note(x, replyTo, c);
        } else if (command instanceof StreamCommand.RemoveWriter x) {
            watermarks.removeWriter(x, replyTo, c);
        } else if (command instanceof StreamCommand.ListSubscribers x) {
            subscriptions.list(x, replyTo, c);
        } else if (command instanceof StreamCommand.UpdateSubscriberCut x) {
            subscriptions.update(x, replyTo, c);
        } else {
            c.reply(replyTo, new NotImplemented(command.getClass().getSimpleName()));
        }
    }

    private void internal(InternalCommand command, ReplyTo<? super StreamReply> replyTo, Context c) {
        if (command instanceof InternalCommand.CallDone x) {
            works.callDone(x, c);
        } else if (command instanceof InternalCommand.Called x) {
            called(x, replyTo, c);
        } else if (command instanceof InternalCommand.EnsureStream x) {
            creation.ensure(x, replyTo, c);
        } else if (command instanceof InternalCommand.AddSubscriber x) {
            subscriptions.add(x, replyTo, c);
        } else if (command instanceof InternalCommand.RemoveSubscriber x) {
            subscriptions.remove(x, replyTo, c);
        } else if (command instanceof InternalCommand.ReportLoad x) {
            autoScaling.report(x, replyTo, c);
        }
    }

    /** Executes a command of a workflow, unless the workflow has gone on. */
    private void called(InternalCommand.Called called, ReplyTo<? super StreamReply> replyTo, Context c) {
        CallStamp stamp = called.stamp();
        int slot = Slots.ofScope(called.scope());
        boolean own = stamp.caller() == options.partition();
        if (own ? !works.isOpen(stamp, called.command()) : state.calls().isOutdated(slot, stamp)) {
            c.reply(replyTo, StreamReply.Outdated.INSTANCE);
            return;
        }
        if (!own && state.calls().isAhead(slot, stamp)) {
            c.put(new CallerRow(slot, stamp.caller(), stamp.owner(), stamp.progress()));
        }
        dispatch(called.command(), replyTo, c);
    }

    /** Does what has become possible in this turn: commands that waited, work that may begin, steps without calls. */
    private void settle(Context c) {
        do {
            while (!released.isEmpty()) {
                Subject subject = released.iterator().next();
                released.remove(subject);
                proceed(subject, c);
            }
        } while (works.runNext(c) || !released.isEmpty());
    }

    /** A subject has nothing to do: finds it something. Commits and other changes of a stream take turns. */
    private void proceed(Subject subject, Context c) {
        if (!(subject instanceof Subject.OfStream of)) {
            executeQueue(subject, c);
            return;
        }
        StreamData stream = state.stream(of.stream());
        boolean wasCommit = committedLast.remove(of.stream());
        if (stream != null && !wasCommit && beginCommit(stream, c)) {
            return;
        }
        if (stream == null || !stream.isBusy()) {
            executeQueue(subject, c);
        }
        stream = state.stream(of.stream());
        if (stream != null) {
            autoScaling.proceed(stream, c);
        }
        if (stream == null || beginCommit(stream, c)) {
            return;
        }
        end.proceed(stream, transactions, c);
    }

    private boolean beginCommit(StreamData stream, Context c) {
        if (!TransactionCommit.begin(stream, c)) {
            return false;
        }
        committedLast.add(stream.name());
        return true;
    }

    /** Executes what waits for a subject, until one of the commands begins new work. What waits again has its turn later. */
    private void executeQueue(Subject subject, Context c) {
        for (int left = waiters.queued(subject); left > 0 && state.work(subject) == null; left--) {
            Waiters.Queued queued = waiters.take(subject);
            dispatch(queued.command(), queued.replyTo(), c);
        }
    }

    private @Nullable Procedure procedureOf(Subject subject) {
        if (subject instanceof Subject.OfTransaction) {
            return transactions;
        } else if (subject instanceof Subject.OfSample) {
            return retention;
        } else if (subject instanceof Subject.OfMark) {
            return emission;
        }
        Work work = state.work(subject);
        if (work == null) {
            return null;
        } else if (work instanceof Work.CreateStream) {
            return creation;
        } else if (work instanceof Work.UpdateStream || work instanceof Work.ResplitStream) {
            return update;
        } else if (work instanceof Work.VerifyCut || work instanceof Work.TruncateStream) {
            return truncation;
        } else if (work instanceof Work.SealStream || work instanceof Work.DeleteStream) {
            return end;
        } else if (work instanceof Work.ScaleStream) {
            return scale;
        } else if (work instanceof Work.Commit) {
            return commit;
        } else if (work instanceof Work.DeleteScope) {
            return scopes;
        } else if (work instanceof Work.CreateTable || work instanceof Work.DeleteTable) {
            return tables;
        } else {
            return groups;
        }
    }

    @Override
    public void apply(int type, ByteBuf body, long frame, int offset) {
        Row row = RowCodec.read(new In(body));
        if (body.isReadable()) {
            throw new IllegalStateException(body.readableBytes() + " bytes follow " + row);
        }
        switch (type) {
            case RowCodec.PUT -> state.put(row);
            case RowCodec.REMOVE -> state.remove(row);
            default -> throw new IllegalStateException("a record has the unknown type " + type);
        }
    }

    /** A version byte, then all rows. */
    @Override
    public void snapshot(ByteBuf out) {
        out.writeByte(SNAPSHOT_VERSION);
        Out rows = new Out(out);
        state.forEachRow(row -> RowCodec.write(rows, row));
    }

    @Override
    public void restore(ByteBuf in) {
        int version = in.readUnsignedByte();
        if (version != SNAPSHOT_VERSION) {
            throw new IllegalStateException(
                    "a snapshot has version " + version + ", this program knows " + SNAPSHOT_VERSION);
        }
        In rows = new In(in);
        while (rows.hasMore()) {
            state.put(RowCodec.read(rows));
        }
    }

    @Override
    public void recovered(Turn<StreamCommand, StreamReply> turn) {
        Context c = context(turn);
        c.put(new OwnerRow(state.owner() + 1));
        works.begin(state.owner(), turn.random().nextLong() >>> 2);
        scopes.createSystemScope(options, c);
        for (ScopeData scope : state.scopes.values()) {
            String name = scope.row.scope();
            if (scope.work != null) {
                works.start(new Subject.OfScope(name));
            }
            scope.groupWork.keySet().forEach(g -> works.start(new Subject.OfGroup(name, g)));
            scope.tableWork.keySet().forEach(t -> works.start(new Subject.OfTable(name, t)));
            for (StreamData stream : scope.streams.values()) {
                transactions.recovered(stream, c);
                emission.recovered(stream, c);
                autoScaling.recovered(stream, c);
                if (stream.work == null) {
                    released.add(new Subject.OfStream(stream.name()));
                } else {
                    works.start(new Subject.OfStream(stream.name()));
                }
            }
        }
        settle(c);
    }

    @Override
    public void tick(Turn<StreamCommand, StreamReply> turn) {
        Context c = context(turn);
        waiters.tick(turn);
        transactions.tick(c);
        retention.tick(c);
        watermarks.tick(c);
        works.tick(c);
        autoScaling.tick(c);
        settle(c);
    }

    /** Rows are copied out of the log. */
    @Override
    public long oldestFrame() {
        return Long.MAX_VALUE;
    }

    @Override
    public void lost(String reason) {
        waiters.lost(reason);
        transactions.lost(reason);
    }
}
