/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.engine.segments;

import io.headrace.codecs.name.Slots;
import io.headrace.engine.calls.CallStamp;
import io.headrace.engine.partition.ConfirmedTurn;
import io.headrace.engine.partition.ReplyTo;
import io.headrace.engine.partition.StateMachine;
import io.headrace.engine.partition.Turn;
import io.headrace.engine.state.LayeredState;
import io.headrace.engine.state.NotInMemory;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufUtil;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Executes {@link SegmentCommand}s. The data of segments is not copied out of the log: the state keeps where in which
 * frame it stands, and reads are answered from frames. Table segments keep their entries in the state instead.
 *
 * <p>Replies are held as long as needed and no longer: what reports on a segment waits for the last change of that
 * segment, data for the frames it stands in. What reports that a segment is missing, or is there already, waits until the
 * log confirms that this owner is no owner of old: a client gives up data on the one, a workflow goes on at the other.
 */
public final class SegmentsMachine implements StateMachine<SegmentCommand, SegmentReply> {
    /** Segments that one command considers for eviction at most. */
    private static final int LOOKS = 16;

    /** The same for a tick. */
    private static final int LOOKS_OF_TICK = 2_048;

    private final SegmentsState state;
    private final Connections connections;
    private final LoadMeters loads;
    private final Reads reads;
    private final Merges merges;
    private final @Nullable Tiering tiering;
    private final Appends appends;
    private final TableSegments tables;

    /** A machine whose loads nobody wants to know, without long-term storage. */
    public SegmentsMachine(ByteBufAllocator allocator) {
        this(allocator, LoadOptions.DEFAULT, LoadReports.NONE, null);
    }

    /** A machine with {@link SegmentMemory#DEFAULT}. */
    public SegmentsMachine(ByteBufAllocator allocator, LoadOptions options, LoadReports reports, @Nullable Tier tier) {
        this(allocator, options, reports, tier, SegmentMemory.DEFAULT);
    }

    /**
     * @param allocator of read replies that are copies
     * @param reports receives the loads of segments with a scaling policy
     * @param tier where data goes from the log; null to leave it there
     * @param memory for segments
     */
    public SegmentsMachine(
            ByteBufAllocator allocator,
            LoadOptions options,
            LoadReports reports,
            @Nullable Tier tier,
            SegmentMemory memory) {
        this.connections = new Connections(memory.tied());
        this.state = new SegmentsState(memory.idle());
        this.loads = new LoadMeters(options, reports);
        this.tiering = tier == null ? null : new Tiering(state, tier, allocator, this::executeOrLater);
        this.reads = new Reads(allocator, connections, tiering == null ? null : tiering.reads());
        this.merges = new Merges(state, connections, reads, loads, tiering);
        this.appends = new Appends(connections, loads, reads, tiering);
        this.tables = new TableSegments(state);
    }

    @Override
    public void execute(
            SegmentCommand command, ReplyTo<? super SegmentReply> replyTo, Turn<SegmentCommand, SegmentReply> turn) {
        state.trim(LOOKS, turn.committedFrame());
        executeInMemory(command, replyTo, turn);
    }

    private void executeInMemory(
            SegmentCommand command, ReplyTo<? super SegmentReply> replyTo, Turn<SegmentCommand, SegmentReply> turn) {
        if (command instanceof SegmentCommand.Create create) {
            create(create, replyTo, turn);
        } else if (command instanceof SegmentCommand.CreateTransient create) {
            createTransient(create, replyTo, turn);
        } else if (command instanceof SegmentCommand.CreateTable create) {
            tables.create(create, replyTo, turn);
        } else if (command instanceof SegmentCommand.Merge merge) {
            merges.merge(merge, replyTo, turn);
        } else if (command instanceof SegmentCommand.MergeBatch merge) {
            merges.mergeBatch(merge, replyTo, turn);
        } else if (command instanceof SegmentCommand.Called called) {
            called(called, replyTo, turn);
        } else if (!executeOwn(command, replyTo, turn)) {
            Segment segment = state.find(command.segment());
            if (segment == null) {
                turn.replyConfirmed(replyTo, new SegmentReply.NoSuchSegment(command.segment()));
            } else {
                execute(segment, command, replyTo, turn);
            }
        }
    }

    /** Executes what the partition tells itself, or hears from its node; false if it is nothing of that. */
    private boolean executeOwn(
            SegmentCommand command, ReplyTo<? super SegmentReply> replyTo, Turn<SegmentCommand, SegmentReply> turn) {
        if (command instanceof SegmentCommand.Disconnected disconnected) {
            disconnect(disconnected.connection(), turn);
            turn.executeBehindOthers(new SegmentCommand.Forget(disconnected.connection()));
        } else if (command instanceof SegmentCommand.Forget forget) {
            disconnect(forget.connection(), turn);
        } else if (command instanceof SegmentCommand.Continue next) {
            if (tiering != null) {
                tiering.goOn(next.frame(), turn);
            }
        } else if (command instanceof SegmentCommand.Load load) {
            state.find(load.number());
        } else if (command instanceof SegmentCommand.Work work) {
            work.work().accept(turn);
        } else if (command instanceof SegmentCommand.Review review) {
            review(review, replyTo, turn);
        } else {
            return false;
        }
        return true;
    }

    private void disconnect(long connection, Turn<SegmentCommand, SegmentReply> turn) {
        for (Segment segment : connections.disconnect(connection)) {
            delete(segment, turn);
        }
    }

    /** Executes a command inside the turn of another one. */
    private void executeOrLater(
            SegmentCommand command, ReplyTo<? super SegmentReply> replyTo, Turn<SegmentCommand, SegmentReply> turn) {
        try {
            executeInMemory(command, replyTo, turn);
        } catch (NotInMemory e) {
            turn.executeLater(command, replyTo);
        }
    }

    /** Begins a review of all segments with one of some marks. */
    private void review(int marks, Turn<SegmentCommand, SegmentReply> turn) {
        turn.executeLater(new SegmentCommand.Review(1, marks, state.changed().last()), ReplyTo.none());
    }

    private void review(
            SegmentCommand.Review review,
            ReplyTo<? super SegmentReply> replyTo,
            Turn<SegmentCommand, SegmentReply> turn) {
        if (!state.changed().write(review.changes())) {
            turn.executeLater(review, replyTo);
            return;
        }
        SegmentRows.Marked marked = state.rows().nextMarked(review.from(), review.marks());
        Segment segment = marked.segment() == 0 ? null : state.find(marked.segment());
        if (segment == null) {
            // It may have ended since it was marked.
        } else if (review.marks() == SegmentRows.MEASURED) {
            loads.reportIfInherited(segment, turn);
        } else if (segment.isTransient && (segment.attached == null || segment.attached.owner == null)) {
            delete(segment, turn);
        } else if (tiering != null) {
            tiering.found(segment, turn);
        }
        if (tiering != null && review.marks() == Tiering.MARKS && (marked.next() == 0 || tiering.isFull())) {
            tiering.reviewed(marked.next() == 0 ? 0 : Math.max(marked.segment(), review.from()));
        } else if (marked.next() > 0) {
            turn.executeLater(new SegmentCommand.Review(marked.next(), review.marks(), review.changes()), replyTo);
        }
    }

    /** Executes a command of a workflow, unless the workflow has gone on. */
    private void called(
            SegmentCommand.Called called,
            ReplyTo<? super SegmentReply> replyTo,
            Turn<SegmentCommand, SegmentReply> turn) {
        CallStamp stamp = called.stamp();
        int slot = Slots.of(called.segment());
        if (state.calls().isOutdated(slot, stamp)) {
            turn.replyConfirmed(replyTo, new SegmentReply.Outdated());
            return;
        }
        if (replaces(called.command()) && state.calls().isAhead(slot, stamp)) {
            merges.need(called.command());
            turn.log(new SegmentRecord.Called(slot, stamp.caller(), stamp.owner(), stamp.progress()));
        }
        // Nothing may be evicted in between: what is needed was found before the record.
        executeInMemory(called.command(), replyTo, new ConfirmedTurn<>(turn));
    }

    /** Whether an earlier command of the workflow, if it came afterwards, would spoil what this one does. */
    private static boolean replaces(SegmentCommand command) {
        return command instanceof SegmentCommand.Delete
                || command instanceof SegmentCommand.Merge
                || command instanceof SegmentCommand.MergeBatch
                || command instanceof SegmentCommand.UpdatePolicy;
    }

    /** Executes a command on one segment that exists. */
    private void execute(
            Segment segment,
            SegmentCommand command,
            ReplyTo<? super SegmentReply> replyTo,
            Turn<SegmentCommand, SegmentReply> turn) {
        if (tables.execute(segment, command, replyTo, turn)) {
            return;
        }
        if (command instanceof SegmentCommand.Append append) {
            appends.append(segment, append, replyTo, turn);
        } else if (command instanceof SegmentCommand.AppendAt append) {
            appends.appendAt(segment, append, replyTo, turn);
        } else if (command instanceof SegmentCommand.Read read) {
            reads.read(segment, read, replyTo, turn);
        } else if (command instanceof SegmentCommand.SetupAppend setup) {
            appends.setUp(segment, setup, replyTo, turn);
        } else if (command instanceof SegmentCommand.GetInfo) {
            long length = segment.table == null ? segment.length : segment.table.length();
            SegmentReply info =
                    new SegmentReply.Info(segment.sealed, segment.lastModifiedMillis, length, segment.startOffset);
            turn.replyAfter(segment.changedIn, replyTo, info);
        } else if (command instanceof SegmentCommand.GetAttribute get) {
            long value = attribute(segment, get.attribute());
            turn.replyAfter(segment.changedIn, replyTo, new SegmentReply.Attribute(value));
        } else if (command instanceof SegmentCommand.Truncate truncate) {
            truncate(segment, truncate, replyTo, turn);
        } else if (command instanceof SegmentCommand.Delete) {
            delete(segment, turn);
            turn.reply(replyTo, SegmentReply.Ok.INSTANCE);
        } else if (segment.sealed) {
            turn.replyAfter(segment.changedIn, replyTo, new SegmentReply.Sealed(segment.name));
        } else {
            changeUnsealed(segment, command, replyTo, turn);
        }
    }

    private void changeUnsealed(
            Segment segment,
            SegmentCommand command,
            ReplyTo<? super SegmentReply> replyTo,
            Turn<SegmentCommand, SegmentReply> turn) {
        if (command instanceof SegmentCommand.Seal) {
            turn.log(new SegmentRecord.Seal(segment.id, turn.now()));
            loads.ended(segment);
            reads.wake(segment, turn);
            turn.reply(replyTo, SegmentReply.Ok.INSTANCE);
        } else if (command instanceof SegmentCommand.UpdateAttribute update) {
            updateAttribute(segment, update, replyTo, turn);
        } else if (command instanceof SegmentCommand.UpdatePolicy update) {
            turn.log(new SegmentRecord.SetPolicy(segment.id, turn.now(), update.scaleType(), update.targetRate()));
            loads.policySet(segment, turn.now());
            turn.reply(replyTo, SegmentReply.Ok.INSTANCE);
        } else {
            throw new IllegalArgumentException("no way to execute a " + command.getClass());
        }
    }

    private void create(
            SegmentCommand.Create command,
            ReplyTo<? super SegmentReply> replyTo,
            Turn<SegmentCommand, SegmentReply> turn) {
        create(
                new SegmentRecord.Create(
                        state.nextId(),
                        turn.now(),
                        false,
                        command.scaleType(),
                        command.targetRate(),
                        Math.max(0, command.rolloverBytes()),
                        command.segment()),
                replyTo,
                turn);
    }

    private void createTransient(
            SegmentCommand.CreateTransient command,
            ReplyTo<? super SegmentReply> replyTo,
            Turn<SegmentCommand, SegmentReply> turn) {
        String name = command.segment();
        if (create(new SegmentRecord.Create(state.nextId(), turn.now(), true, 0, 0, 0, name), replyTo, turn)) {
            Segment created = state.find(name);
            if (created != null) {
                connections.own(created, command.connection());
            }
        }
    }

    private boolean create(
            SegmentRecord.Create record,
            ReplyTo<? super SegmentReply> replyTo,
            Turn<SegmentCommand, SegmentReply> turn) {
        if (!isFree(record.name(), state, replyTo, turn)) {
            return false;
        }
        turn.log(record);
        Segment created = state.find(record.name());
        if (created != null) {
            loads.policySet(created, turn.now());
        }
        turn.reply(replyTo, SegmentReply.Ok.INSTANCE);
        return true;
    }

    /** Whether a segment of this name may be created; if not, says why. */
    static boolean isFree(
            String name,
            SegmentsState state,
            ReplyTo<? super SegmentReply> replyTo,
            Turn<SegmentCommand, SegmentReply> turn) {
        if (state.find(name) != null) {
            turn.replyConfirmed(replyTo, new SegmentReply.AlreadyExists());
            return false;
        }
        int nameBytes = ByteBufUtil.utf8Bytes(name);
        if (nameBytes == 0 || nameBytes > SegmentRecord.Create.MAX_NAME_BYTES) {
            turn.reply(
                    replyTo,
                    new SegmentReply.BadArgument("a segment's name has 1 to " + SegmentRecord.Create.MAX_NAME_BYTES
                            + " bytes, not " + nameBytes));
            return false;
        }
        return true;
    }

    private static void updateAttribute(
            Segment segment,
            SegmentCommand.UpdateAttribute command,
            ReplyTo<? super SegmentReply> replyTo,
            Turn<SegmentCommand, SegmentReply> turn) {
        UUID id = command.attribute();
        if (id.getMostSignificantBits() == Segment.SERVER_KEPT) {
            turn.reply(replyTo, new SegmentReply.BadArgument("attribute " + id + " is kept by the server"));
        } else if (attribute(segment, id) != command.expected()) {
            turn.replyAfter(segment.changedIn, replyTo, new SegmentReply.AttributeUpdated(false));
        } else {
            turn.log(new SegmentRecord.SetAttribute(
                    segment.id,
                    turn.now(),
                    id.getMostSignificantBits(),
                    id.getLeastSignificantBits(),
                    command.value()));
            turn.reply(replyTo, new SegmentReply.AttributeUpdated(true));
        }
    }

    /** No waiting read is woken: it waits at or beyond the end, where truncation never reaches. */
    private static void truncate(
            Segment segment,
            SegmentCommand.Truncate command,
            ReplyTo<? super SegmentReply> replyTo,
            Turn<SegmentCommand, SegmentReply> turn) {
        long offset = command.offset();
        if (offset < segment.startOffset || offset > segment.length) {
            turn.replyAfter(segment.changedIn, replyTo, new SegmentReply.Truncated(segment.startOffset));
            return;
        }
        if (offset > segment.startOffset) {
            turn.log(new SegmentRecord.Truncate(segment.id, turn.now(), offset));
        }
        turn.replyAfter(segment.changedIn, replyTo, SegmentReply.Ok.INSTANCE);
    }

    private void delete(Segment segment, Turn<SegmentCommand, SegmentReply> turn) {
        turn.log(new SegmentRecord.Delete(segment.id, turn.now()));
        loads.ended(segment);
        if (tiering != null) {
            tiering.ended(segment, turn);
        }
        reads.refuse(segment, turn);
        connections.detach(segment);
    }

    private static long attribute(Segment segment, UUID id) {
        return segment.attribute(id.getMostSignificantBits(), id.getLeastSignificantBits());
    }

    @Override
    public void apply(int type, ByteBuf body, long frame, int offset) {
        state.apply(type, body, frame, offset);
    }

    @Override
    public void need(int type, ByteBuf body) {
        state.need(type, body);
    }

    @Override
    public LayeredState rows() {
        return state.keyed();
    }

    @Override
    public void trim() {
        state.trimAll();
    }

    @Override
    public boolean writeRows() {
        return state.changed().writeMost();
    }

    @Override
    public void snapshot(ByteBuf out) {
        state.changed().writeAll();
        Snapshot.write(state, out);
    }

    @Override
    public void restore(ByteBuf in) {
        Snapshot.read(in, state);
    }

    /**
     * Begins to look after what former owners have left: data in the log goes to long-term storage, and transient segments
     * are deleted, since their connections ended with their owners.
     */
    @Override
    public void recovered(Turn<SegmentCommand, SegmentReply> turn) {
        loads.recovered(state, turn.now());
        if (tiering != null) {
            tiering.recovered(turn);
        }
        review(SegmentRows.TRANSIENT, turn);
    }

    @Override
    public void tick(Turn<SegmentCommand, SegmentReply> turn) {
        state.trim(LOOKS_OF_TICK, turn.committedFrame());
        if (loads.tick(turn)) {
            review(SegmentRows.MEASURED, turn);
        }
        if (tiering != null) {
            tiering.tick(turn);
        }
    }

    @Override
    public long oldestFrame() {
        return state.oldestFrame();
    }

    @Override
    public void discard(SegmentReply reply) {
        if (reply instanceof SegmentReply.Data data) {
            data.data().release();
        }
    }

    @Override
    public void lost(String reason) {
        connections.lost(reason);
        if (tiering != null) {
            tiering.lost(reason);
        }
    }

    /** Number of segments that are in memory. */
    public int hotSegments() {
        return state.hotCount();
    }

    /** Number of segments, transient ones included. Loop only, like the queries below; none of them costs more than a field. */
    public long segmentCount() {
        return state.count();
    }

    /** Bytes of data that can be read, over all segments. */
    public long dataBytes() {
        return state.bytes();
    }

    /** Bytes of data that are in the log only. */
    public long logBytes() {
        return state.logBytes();
    }

    /** Number of segments whose load is measured: those with a scaling policy that were written to of late. */
    public int measuredSegments() {
        return loads.count();
    }

    /** Number of reads that wait for data. */
    public int waitingReads() {
        return connections.waitingReads();
    }
}
