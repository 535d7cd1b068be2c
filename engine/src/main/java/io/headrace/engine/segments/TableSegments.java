/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.engine.segments;

import io.headrace.engine.partition.ReplyTo;
import io.headrace.engine.partition.Turn;
import io.headrace.engine.tables.Table;
import io.headrace.engine.tables.TableCommand;
import io.headrace.engine.tables.TableReply;

/**
 * The table segments among the segments: what is asked of their entries goes to their {@link Table}.
 *
 * <p>An owner of old, which does not know that it was replaced, has old values. So what is told about keys that were asked
 * for by name, be it a value or that a condition does not hold, waits until the log confirms the owner: updates and looks
 * at keys are linearizable. A walk through a table is no single moment anyhow and need not wait for that.
 */
final class TableSegments {
    private final SegmentsState state;

    TableSegments(SegmentsState state) {
        this.state = state;
    }

    void create(
            SegmentCommand.CreateTable command,
            ReplyTo<? super SegmentReply> replyTo,
            Turn<SegmentCommand, SegmentReply> turn) {
        int keyLength = command.keyLength();
        if (keyLength < 0 || keyLength > Table.MAX_KEY_BYTES) {
            turn.reply(
                    replyTo,
                    new SegmentReply.BadArgument("keys have a fixed length of 1 to " + Table.MAX_KEY_BYTES
                            + " bytes or 0, not " + keyLength));
        } else if (SegmentsMachine.isFree(command.segment(), state, replyTo, turn)) {
            turn.log(new SegmentRecord.CreateTable(
                    state.nextId(), turn.now(), keyLength, Math.max(0, command.rolloverBytes()), command.segment()));
            turn.reply(replyTo, SegmentReply.Ok.INSTANCE);
        }
    }

    /** Executes what is for tables only, and refuses to tables what is not for them; false if it is neither. */
    boolean execute(
            Segment segment,
            SegmentCommand command,
            ReplyTo<? super SegmentReply> replyTo,
            Turn<SegmentCommand, SegmentReply> turn) {
        boolean forTables = command instanceof SegmentCommand.OnTable || command instanceof SegmentCommand.DeleteTable;
        Table table = segment.table;
        if (table == null) {
            if (forTables) {
                refuse(segment, "segment " + segment.name + " is not a table", replyTo, turn);
            }
            return forTables;
        }
        if (command instanceof SegmentCommand.OnTable on) {
            execute(segment, table, on.command(), replyTo, turn);
        } else if (command instanceof SegmentCommand.DeleteTable delete) {
            delete(segment, table, delete, replyTo, turn);
        } else if (isForAll(command)) {
            return false;
        } else {
            refuse(segment, "segment " + segment.name + " is a table", replyTo, turn);
        }
        return true;
    }

    private static void execute(
            Segment segment,
            Table table,
            TableCommand command,
            ReplyTo<? super SegmentReply> replyTo,
            Turn<SegmentCommand, SegmentReply> turn) {
        if (segment.sealed && command instanceof TableCommand.Change) {
            turn.replyAfter(segment.changedIn, replyTo, new SegmentReply.Sealed(segment.name));
            return;
        }
        long before = table.length();
        TableReply answer = table.execute(command, turn.now(), turn::log);
        SegmentReply reply = new SegmentReply.OfTable(answer);
        boolean byName = command instanceof TableCommand.Get || command instanceof TableCommand.Change;
        if (byName && table.length() == before && !(answer instanceof TableReply.BadArgument)) {
            turn.replyConfirmed(segment.changedIn, replyTo, reply);
        } else {
            // All that this answer can have seen, its own change included.
            turn.replyAfter(segment.changedIn, replyTo, reply);
        }
    }

    private static void delete(
            Segment segment,
            Table table,
            SegmentCommand.DeleteTable command,
            ReplyTo<? super SegmentReply> replyTo,
            Turn<SegmentCommand, SegmentReply> turn) {
        if (command.mustBeEmpty() && table.keyLength() > 0) {
            turn.reply(replyTo, new SegmentReply.OfTable(new TableReply.Unsupported()));
        } else if (command.mustBeEmpty() && table.count() > 0) {
            turn.replyConfirmed(segment.changedIn, replyTo, new SegmentReply.OfTable(new TableReply.NotEmpty()));
        } else {
            turn.log(new SegmentRecord.Delete(segment.id, turn.now()));
            turn.reply(replyTo, SegmentReply.Ok.INSTANCE);
        }
    }

    /** What means the same for a table as for any segment; all else is about bytes. */
    private static boolean isForAll(SegmentCommand command) {
        return command instanceof SegmentCommand.GetInfo
                || command instanceof SegmentCommand.GetAttribute
                || command instanceof SegmentCommand.UpdateAttribute
                || command instanceof SegmentCommand.Seal
                || command instanceof SegmentCommand.Delete;
    }

    private static void refuse(
            Segment segment,
            String message,
            ReplyTo<? super SegmentReply> replyTo,
            Turn<SegmentCommand, SegmentReply> turn) {
        turn.replyAfter(segment.changedIn, replyTo, new SegmentReply.BadArgument(message));
    }
}
