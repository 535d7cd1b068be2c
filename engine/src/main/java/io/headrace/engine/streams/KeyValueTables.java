/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.engine.streams;

import io.headrace.codecs.name.Names;
import io.headrace.codecs.name.SegmentName;
import io.headrace.engine.partition.ReplyTo;
import io.headrace.engine.segments.SegmentCommand;
import io.headrace.engine.streams.Row.RetiredTableRow;
import io.headrace.engine.streams.Row.TableRow;
import io.headrace.engine.streams.Row.TableState;
import io.headrace.engine.streams.StreamReply.Code;
import io.headrace.engine.streams.StreamReply.CreateTableStatus;
import io.headrace.engine.streams.StreamReply.DeleteTableStatus;
import io.headrace.engine.streams.StreamReply.Segments;
import io.headrace.engine.streams.StreamReply.Table;
import io.headrace.engine.streams.StreamReply.TableStatus;
import io.headrace.engine.streams.Waiters.Event;
import io.headrace.engine.streams.Work.Subject;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Key-value tables as the controller knows them: a configuration and a fixed number of table segments, which share the
 * key space in equal parts. A table that is made again under an old name has segments of new numbers: who still has the
 * old table open writes nothing into the new one.
 */
final class KeyValueTables implements Procedure {

    void create(StreamCommand.CreateTable command, ReplyTo<? super StreamReply> replyTo, Context c) {
        ScopeData scope = c.state().scope(command.scope());
        TableConfiguration configuration = command.configuration();
        if (!configuration.isValid()) {
            c.fail(
                    replyTo,
                    Code.INVALID_ARGUMENT,
                    "a table has 1 to " + ScalingPolicy.MAX_SEGMENTS + " partitions and keys of 1 to "
                            + TableConfiguration.MAX_KEY_BYTES + " bytes, their primary part at least 1");
        } else if (!Names.isUserName(command.table())) {
            c.reply(replyTo, CreateTableStatus.INVALID_TABLE_NAME);
        } else if (scope == null || scope.row.removing()) {
            c.reply(replyTo, CreateTableStatus.SCOPE_NOT_FOUND);
        } else {
            create(scope, command, replyTo, c);
        }
    }

    private static void create(
            ScopeData scope, StreamCommand.CreateTable command, ReplyTo<? super StreamReply> replyTo, Context c) {
        Subject subject = new Subject.OfTable(command.scope(), command.table());
        TableRow table = scope.tables.get(command.table());
        if (table != null) {
            switch (table.state()) {
                case CREATING -> c.park(subject, Event.CREATED, replyTo);
                case DELETING -> c.enqueue(subject, command, replyTo);
                case ACTIVE -> c.reply(replyTo, CreateTableStatus.TABLE_EXISTS);
            }
            return;
        }
        int first = c.state().firstTableNumber(command.scope(), command.table());
        TableConfiguration configuration = command.configuration();
        if ((long) first + configuration.partitions() > Integer.MAX_VALUE) {
            c.reply(replyTo, CreateTableStatus.FAILURE);
            return;
        }
        c.put(new TableRow(command.scope(), command.table(), TableState.CREATING, first, configuration));
        c.park(subject, Event.CREATED, replyTo);
        c.begin(subject, new Work.CreateTable());
    }

    void configuration(StreamCommand.GetTableConfiguration command, ReplyTo<? super StreamReply> replyTo, Context c) {
        TableRow table = findActive(command.scope(), command.table(), c);
        c.reply(
                replyTo,
                table == null
                        ? new Table(TableStatus.TABLE_NOT_FOUND, null)
                        : new Table(TableStatus.SUCCESS, table.configuration()));
    }

    void segments(StreamCommand.GetTableSegments command, ReplyTo<? super StreamReply> replyTo, Context c) {
        TableRow table = findActive(command.scope(), command.table(), c);
        if (table == null) {
            c.fail(replyTo, Code.NOT_FOUND, "there is no table " + command.table() + " in scope " + command.scope());
        } else {
            c.reply(replyTo, new Segments(segments(table)));
        }
    }

    void delete(StreamCommand.DeleteTable command, ReplyTo<? super StreamReply> replyTo, Context c) {
        Subject subject = new Subject.OfTable(command.scope(), command.table());
        TableRow table = find(command.scope(), command.table(), c);
        if (table == null) {
            c.reply(replyTo, DeleteTableStatus.TABLE_NOT_FOUND);
            return;
        }
        switch (table.state()) {
            case CREATING -> c.enqueue(subject, command, replyTo);
            case DELETING -> c.park(subject, Event.DELETED, replyTo);
            case ACTIVE -> {
                c.put(with(table, TableState.DELETING));
                c.park(subject, Event.DELETED, replyTo);
                c.begin(subject, new Work.DeleteTable());
            }
        }
    }

    @Override
    public List<Call> calls(Subject subject, Context c) {
        Subject.OfTable of = (Subject.OfTable) subject;
        TableRow table = find(of.scope(), of.table(), c);
        List<Call> calls = new ArrayList<>();
        if (table == null) {
            return calls;
        }
        TableConfiguration configuration = table.configuration();
        int keyLength = configuration.primaryKeyLength() + configuration.secondaryKeyLength();
        boolean creation = c.state().work(subject) instanceof Work.CreateTable;
        for (SegmentRange segment : segments(table)) {
            String name = SegmentNames.tableSegment(of.scope(), of.table(), segment.id());
            calls.add(
                    creation
                            ? new Call.ToSegment(
                                    new SegmentCommand.CreateTable(name, keyLength, configuration.rolloverBytes()))
                            : Calls.delete(name));
        }
        return calls;
    }

    @Override
    public void completed(Subject subject, Answers answers, Context c) {
        Subject.OfTable of = (Subject.OfTable) subject;
        TableRow table = find(of.scope(), of.table(), c);
        if (table == null) {
            return;
        }
        if (c.state().work(subject) instanceof Work.CreateTable) {
            c.put(with(table, TableState.ACTIVE));
            c.end(subject);
            c.answer(subject, Event.CREATED, CreateTableStatus.SUCCESS);
        } else {
            int next = table.firstNumber() + table.configuration().partitions();
            c.put(new RetiredTableRow(table.scope(), table.table(), next));
            c.end(subject);
            c.remove(table);
            c.answer(subject, Event.DELETED, DeleteTableStatus.SUCCESS);
        }
    }

    private static List<SegmentRange> segments(TableRow table) {
        List<SegmentRange> segments = new ArrayList<>();
        for (SegmentRange range : Transition.equalRanges(table.configuration().partitions())) {
            long id = SegmentName.id(0, table.firstNumber() + segments.size());
            segments.add(new SegmentRange(id, range.low(), range.high()));
        }
        return segments;
    }

    private static TableRow with(TableRow table, TableState state) {
        return new TableRow(table.scope(), table.table(), state, table.firstNumber(), table.configuration());
    }

    private static @Nullable TableRow find(String scope, String table, Context c) {
        ScopeData data = c.state().scope(scope);
        return data == null ? null : data.tables.get(table);
    }

    /** The table if it is all there: clients open it only then. */
    private static @Nullable TableRow findActive(String scope, String table, Context c) {
        TableRow row = find(scope, table, c);
        return row != null && row.state() == TableState.ACTIVE ? row : null;
    }
}
