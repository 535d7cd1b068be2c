/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.verticles.wire;

import io.headrace.codecs.wire.FailureReply.ErrorMessage;
import io.headrace.codecs.wire.FailureReply.OperationUnsupported;
import io.headrace.codecs.wire.FailureReply.SegmentIsTruncated;
import io.headrace.codecs.wire.FailureReply.TableKeyBadVersion;
import io.headrace.codecs.wire.FailureReply.TableKeyDoesNotExist;
import io.headrace.codecs.wire.FailureReply.TableSegmentNotEmpty;
import io.headrace.codecs.wire.Reply;
import io.headrace.codecs.wire.SegmentReply.SegmentCreated;
import io.headrace.codecs.wire.SegmentReply.SegmentDeleted;
import io.headrace.codecs.wire.TableReply.TableEntriesDeltaRead;
import io.headrace.codecs.wire.TableReply.TableEntriesRead;
import io.headrace.codecs.wire.TableReply.TableEntriesUpdated;
import io.headrace.codecs.wire.TableReply.TableKeysRead;
import io.headrace.codecs.wire.TableReply.TableKeysRemoved;
import io.headrace.codecs.wire.TableReply.TableRead;
import io.headrace.codecs.wire.TableReply.TableSegmentInfo;
import io.headrace.codecs.wire.TableRequest;
import io.headrace.codecs.wire.TableRequest.CreateTableSegment;
import io.headrace.codecs.wire.TableRequest.DeleteTableSegment;
import io.headrace.codecs.wire.TableRequest.GetTableSegmentInfo;
import io.headrace.codecs.wire.TableRequest.IteratorArgs;
import io.headrace.codecs.wire.TableRequest.ReadTable;
import io.headrace.codecs.wire.TableRequest.ReadTableEntries;
import io.headrace.codecs.wire.TableRequest.ReadTableEntriesDelta;
import io.headrace.codecs.wire.TableRequest.ReadTableKeys;
import io.headrace.codecs.wire.TableRequest.RemoveTableKeys;
import io.headrace.codecs.wire.TableRequest.UpdateTableEntries;
import io.headrace.engine.segments.SegmentCommand;
import io.headrace.engine.segments.SegmentReply;
import io.headrace.engine.tables.TableCommand;
import io.headrace.engine.tables.TableEntry;
import io.headrace.engine.tables.TableKey;
import io.headrace.engine.tables.TableReply;
import io.netty.buffer.ByteBuf;
import java.util.List;
import java.util.function.Function;

/**
 * Puts the requests about tables of one connection to the partitions. Keys and values count against the connection like
 * the data of appends; a request that only reads counts for a fixed share of what it may bring back.
 */
final class TableRequests {
    /** What a key or an entry costs beside its bytes: the objects that it is made of, in bytes. */
    private static final int ELEMENT_OVERHEAD = 128;

    /** Bounds how many reads are under way for one connection: replies can be sixteen megabytes large, most are small. */
    private static final int READ_COST = 256 << 10;

    private final WireConnection connection;

    TableRequests(WireConnection connection) {
        this.connection = connection;
    }

    void execute(TableRequest request) {
        long id = request.requestId();
        String segment = request.segment();
        if (request instanceof ReadTable read) {
            List<ByteBuf> keys =
                    read.keys().stream().map(TableRequest.TableKey::data).toList();
            read(
                    request,
                    new TableCommand.Get(keys),
                    reply -> new TableRead(id, segment, entries(((TableReply.Entries) reply).entries())));
        } else if (request instanceof UpdateTableEntries update) {
            update(update);
        } else if (request instanceof RemoveTableKeys remove) {
            remove(remove);
        } else if (request instanceof ReadTableKeys read) {
            read(request, page(false, read.args(), read.suggestedKeyCount()), reply -> {
                TableReply.Page page = (TableReply.Page) reply;
                return new TableKeysRead(
                        id,
                        segment,
                        page.entries().stream().map(TableRequests::key).toList(),
                        page.token());
            });
        } else if (request instanceof ReadTableEntries read) {
            read(request, page(true, read.args(), read.suggestedEntryCount()), reply -> {
                TableReply.Page page = (TableReply.Page) reply;
                return new TableEntriesRead(id, segment, entries(page.entries()), page.token());
            });
        } else if (request instanceof ReadTableEntriesDelta read) {
            TableCommand command = new TableCommand.ReadChanges(read.fromPosition(), read.suggestedEntryCount());
            read(request, command, reply -> {
                TableReply.Changes changes = (TableReply.Changes) reply;
                return new TableEntriesDeltaRead(
                        id, segment, entries(changes.entries()), false, changes.reachedEnd(), changes.next());
            });
        } else if (request instanceof GetTableSegmentInfo) {
            submit(request, new TableCommand.GetInfo(), -1, 0, reply -> {
                TableReply.Info info = (TableReply.Info) reply;
                return new TableSegmentInfo(id, segment, 0, info.length(), info.entries(), info.keyLength());
            });
        } else if (request instanceof CreateTableSegment create) {
            submit(
                    request,
                    new SegmentCommand.CreateTable(segment, create.keyLength(), create.rolloverSizeBytes()),
                    reply -> new SegmentCreated(id, segment));
        } else if (request instanceof DeleteTableSegment delete) {
            submit(
                    request,
                    new SegmentCommand.DeleteTable(segment, delete.mustBeEmpty()),
                    reply -> new SegmentDeleted(id, segment));
        } else {
            throw new IllegalStateException("no way to execute a " + request.getClass());
        }
    }

    private void update(UpdateTableEntries update) {
        connection.updatesTables();
        List<TableEntry> entries = update.entries().stream()
                .map(entry -> new TableEntry(entry.key().data(), entry.key().version(), entry.value()))
                .toList();
        int cost = 0;
        for (TableEntry entry : entries) {
            cost += ELEMENT_OVERHEAD
                    + entry.key().readableBytes()
                    + entry.value().readableBytes();
        }
        long expected = update.tableSegmentOffset();
        submit(
                update,
                new TableCommand.Put(entries, expected),
                expected,
                cost,
                reply -> new TableEntriesUpdated(update.requestId(), ((TableReply.Stored) reply).versions()));
    }

    private void remove(RemoveTableKeys remove) {
        List<TableKey> keys = remove.keys().stream()
                .map(key -> new TableKey(key.data(), key.version()))
                .toList();
        int cost = 0;
        for (TableKey key : keys) {
            cost += ELEMENT_OVERHEAD + key.key().readableBytes();
        }
        long expected = remove.tableSegmentOffset();
        submit(
                remove,
                new TableCommand.Remove(keys, expected),
                expected,
                cost,
                reply -> new TableKeysRemoved(remove.requestId(), remove.segment()));
    }

    private static TableCommand page(boolean withValues, IteratorArgs args, int limit) {
        return new TableCommand.ReadPage(withValues, args.continuationToken(), args.fromKey(), args.toKey(), limit);
    }

    private void read(TableRequest request, TableCommand command, Function<TableReply, Reply> success) {
        submit(request, command, -1, READ_COST, success);
    }

    /** @param offset that a refusal repeats, -1 if there is none */
    private void submit(
            TableRequest request, TableCommand command, long offset, int cost, Function<TableReply, Reply> success) {
        connection.submit(
                new SegmentCommand.OnTable(request.segment(), command),
                new PendingRequest(connection, request.requestId(), request.segment(), offset, cost, reply -> {
                    TableReply answer = ((SegmentReply.OfTable) reply).reply();
                    return answer instanceof TableReply.Refusal refusal
                            ? refused(request, offset, refusal)
                            : success.apply(answer);
                }));
    }

    /** A command on the segment as a whole; a table may refuse it all the same. */
    private void submit(TableRequest request, SegmentCommand command, Function<SegmentReply, Reply> success) {
        connection.submit(
                command,
                new PendingRequest(
                        connection,
                        request.requestId(),
                        request.segment(),
                        -1,
                        0,
                        reply -> reply instanceof SegmentReply.OfTable of
                                        && of.reply() instanceof TableReply.Refusal refusal
                                ? refused(request, -1, refusal)
                                : success.apply(reply)));
    }

    private static Reply refused(TableRequest request, long offset, TableReply.Refusal refusal) {
        long id = request.requestId();
        String segment = request.segment();
        if (refusal instanceof TableReply.OtherVersion) {
            return new TableKeyBadVersion(id, segment);
        } else if (refusal instanceof TableReply.NoSuchKey) {
            return new TableKeyDoesNotExist(id, segment);
        } else if (refusal instanceof TableReply.NotEmpty) {
            return new TableSegmentNotEmpty(id, segment);
        } else if (refusal instanceof TableReply.OtherLength other) {
            return new SegmentIsTruncated(id, segment, other.length(), offset);
        } else if (refusal instanceof TableReply.Unsupported) {
            return new OperationUnsupported(id, operationName(request));
        } else if (refusal instanceof TableReply.BadArgument bad) {
            return new ErrorMessage(id, segment, bad.message(), ErrorMessage.ILLEGAL_ARGUMENT);
        }
        throw new IllegalStateException("no table refuses with " + refusal);
    }

    private static TableRequest.TableKey key(TableEntry entry) {
        return new TableRequest.TableKey(entry.key(), entry.version());
    }

    private static List<TableRequest.TableEntry> entries(List<TableEntry> entries) {
        return entries.stream()
                .map(entry -> new TableRequest.TableEntry(key(entry), entry.value()))
                .toList();
    }

    private static String operationName(TableRequest request) {
        String name = request.getClass().getSimpleName();
        return Character.toLowerCase(name.charAt(0)) + name.substring(1);
    }
}
