/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.engine.segments;

import io.headrace.engine.calls.CallStamp;
import io.headrace.engine.partition.ReplyTo;
import io.headrace.engine.partition.Turn;
import io.headrace.engine.tables.TableCommand;
import io.netty.buffer.ByteBuf;
import java.util.List;
import java.util.UUID;
import java.util.function.Consumer;

/**
 * What can be asked of a {@code segments} partition. Semantics, errors and repeats are those of the Pravega wire protocol
 * 16 unless a command says otherwise; {@link SegmentReply} names what each may answer.
 *
 * <p>A {@code connection} is a number that the store face gives to each client connection, unique and increasing in
 * this process. It ties writers and waiting reads to the connection that they belong to.
 */
public sealed interface SegmentCommand {

    /** In {@link Append#expectedLength}: append whatever the length is. */
    long UNCONDITIONAL = -1;

    /** Value of an attribute that is not set. */
    long NO_VALUE = Long.MIN_VALUE;

    /** Qualified name of the segment that decides which partition executes the command. */
    String segment();

    /**
     * Creates an empty segment.
     *
     * @param scaleType 0 none, 1 KB/s, 2 events/s
     * @param targetRate rate per segment, in the unit of the scale type
     * @param rolloverBytes chunk size in long-term storage; 0 for the store's default
     */
    record Create(String segment, int scaleType, int targetRate, long rolloverBytes) implements SegmentCommand {}

    /** Creates a segment that is deleted when {@code connection} ends; the face has chosen the name. */
    record CreateTransient(String segment, long connection) implements SegmentCommand {}

    /** Binds a writer to a connection; appends of this writer through any other connection are refused from here on. */
    record SetupAppend(String segment, UUID writer, long connection) implements SegmentCommand {}

    /**
     * Appends bytes and advances the writer's last event number, as one atomic change.
     *
     * @param eventNumber number of the last event in {@code data}; must be above the writer's last one
     * @param eventCount at least 1, also when {@code data} is empty
     * @param expectedLength the segment's length must be this, unless {@link #UNCONDITIONAL}
     * @param data the partition reads it during the call and does not retain or release it: it must stay valid until
     *     the reply, or be garbage-collected heap memory
     */
    record Append(
            String segment,
            UUID writer,
            long connection,
            long eventNumber,
            int eventCount,
            long expectedLength,
            ByteBuf data)
            implements SegmentCommand {}

    /**
     * Appends one event of the server's own, without a connection, if that is where the segment ends. The offset becomes
     * the writer's number: a repeat is known by it and answered like the first time, also when more has been appended
     * since or the segment has been sealed.
     *
     * @param writer makes all its appends to the segment in this way
     * @param offset not negative
     * @param data not empty; see {@link Append}
     */
    record AppendAt(String segment, UUID writer, long offset, ByteBuf data) implements SegmentCommand {}

    /**
     * Reads from an offset; at the tail the reply waits for data, seal, truncation or deletion.
     *
     * @param maxLength upper limit of the bytes returned, at least 1
     */
    record Read(String segment, long offset, int maxLength, long connection) implements SegmentCommand {}

    record GetInfo(String segment) implements SegmentCommand {}

    record GetAttribute(String segment, UUID attribute) implements SegmentCommand {}

    /** Compare-and-set; {@link #NO_VALUE} stands for "absent" on both sides. */
    record UpdateAttribute(String segment, UUID attribute, long value, long expected) implements SegmentCommand {}

    record UpdatePolicy(String segment, int scaleType, int targetRate) implements SegmentCommand {}

    record Seal(String segment) implements SegmentCommand {}

    record Truncate(String segment, long offset) implements SegmentCommand {}

    record Delete(String segment) implements SegmentCommand {}

    /**
     * Appends {@code source} to {@code segment} and deletes it, sealing it first; both must be of one partition.
     *
     * @param conditions all must hold on the target, else nothing but the seal of the source happens
     */
    record Merge(String segment, String source, List<AttributeCondition> conditions) implements SegmentCommand {}

    /** Merges in list order; a missing source counts as merged. */
    record MergeBatch(String segment, List<String> sources) implements SegmentCommand {}

    /**
     * Creates an empty table segment. It is sealed and deleted like any other; what reads and writes bytes is refused.
     *
     * @param keyLength of all keys, in bytes; 0 for keys of any length
     * @param rolloverBytes as in {@link Create}
     */
    record CreateTable(String segment, int keyLength, long rolloverBytes) implements SegmentCommand {}

    /** Deletes a table segment; anything else is refused. */
    record DeleteTable(String segment, boolean mustBeEmpty) implements SegmentCommand {}

    /** Executes a command on the entries of a table segment. Answered by {@link SegmentReply.OfTable}. */
    record OnTable(String segment, TableCommand command) implements SegmentCommand {}

    /**
     * A command of a workflow. Refused with {@link SegmentReply.Outdated} if it comes too late; see {@link CallStamp}. An
     * owner of old gives no answer to it at all, for the workflow goes by what it is told.
     */
    record Called(CallStamp stamp, SegmentCommand command) implements SegmentCommand {
        @Override
        public String segment() {
            return command.segment();
        }
    }

    /**
     * A connection has ended: its waiting reads and writer bindings go, its transient segments are deleted. Sent to every
     * partition that the connection used; {@code segment} is empty. No reply.
     */
    record Disconnected(long connection) implements SegmentCommand {
        @Override
        public String segment() {
            return "";
        }
    }

    /** Sent by the partition to itself, and never by anybody else. No reply. */
    sealed interface Own extends SegmentCommand {
        @Override
        default String segment() {
            return "";
        }
    }

    /**
     * Something that the partition asked for has arrived.
     *
     * @param frame number of a frame that is in memory now; 0 for an answer of long-term storage
     */
    record Continue(long frame) implements Own {}

    /** A connection that has ended is forgotten once more, now that what it had sent before has been executed. */
    record Forget(long connection) implements Own {}

    /** A segment is to be in memory. */
    record Load(long number) implements Own {}

    /**
     * Looks after what former owners have left, one segment after the other.
     *
     * @param from number of the first segment that has not been looked at
     * @param marks of the segments that it is about
     * @param changes the last one that the rows must have before it begins, see {@link ChangedSegments}
     */
    record Review(long from, int marks, long changes) implements Own {}

    /** A part of the partition's work on long-term storage that may miss rows, before it has done anything. */
    record Work(Consumer<Turn<SegmentCommand, SegmentReply>> work) implements Own {
        /** Has something done in a turn of its own; {@code refused} is run if it is not done, for too much waits for rows. */
        static void begin(
                Turn<SegmentCommand, SegmentReply> turn,
                Consumer<Turn<SegmentCommand, SegmentReply>> work,
                Runnable refused) {
            turn.executeLater(new Work(work), new ReplyTo<SegmentReply>() {
                @Override
                public void reply(SegmentReply reply) {
                    throw new IllegalStateException("nobody asked for " + reply);
                }

                @Override
                public void lost(String reason) {
                    refused.run();
                }
            });
        }
    }

    /**
     * An update of a target attribute that comes with a merge.
     *
     * @param updateType wire code: 0 only-if-absent, 1 replace, 2 replace-if-greater, 3 accumulate, 4 replace-if-equals
     * @param expected compared for type 4 only
     */
    record AttributeCondition(UUID attribute, int updateType, long value, long expected) {}
}
