/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.engine.tables;

import io.headrace.engine.partition.LogRecord;
import io.headrace.engine.state.NotInMemory;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Executes one command that changes a table: looks at all keys first, then logs all of the change, in as few records as
 * frames allow.
 */
final class TableUpdates {
    /** Most keys in one command; clients send at most 256. It bounds the time that one command takes. */
    static final int MAX_KEYS = 4096;

    private final Table table;
    private final long now;
    private final Consumer<LogRecord> log;

    /** Version of each key that the command names, as it is when the entry in work takes effect. */
    private final Map<byte[], Long> versions = new TreeMap<>(Arrays::compareUnsigned);

    TableUpdates(Table table, long now, Consumer<LogRecord> log) {
        this.table = table;
        this.now = now;
        this.log = log;
    }

    TableReply put(TableCommand.Put command) {
        List<TableEntry> entries = command.entries();
        TableReply refusal = refusal(command, entries.size());
        for (int i = 0; i < entries.size() && refusal == null; i++) {
            refusal = malformed(entries.get(i));
        }
        try {
            for (int i = 0; i < entries.size() && refusal == null; i++) {
                TableEntry entry = entries.get(i);
                refusal = failed(entry.key(), entry.version());
            }
        } catch (NotInMemory one) {
            throw table.missing(keys(entries.stream().map(TableEntry::key)), one);
        }
        return refusal == null ? new TableReply.Stored(store(entries)) : refusal;
    }

    TableReply remove(TableCommand.Remove command) {
        List<TableKey> keys = command.keys();
        TableReply refusal = refusal(command, keys.size());
        for (int i = 0; i < keys.size() && refusal == null; i++) {
            TableKey key = keys.get(i);
            refusal = malformed(key.key(), key.version());
        }
        try {
            for (int i = 0; i < keys.size() && refusal == null; i++) {
                TableKey key = keys.get(i);
                refusal = failed(key.key(), key.version());
            }
        } catch (NotInMemory one) {
            throw table.missing(keys(keys.stream().map(TableKey::key)), one);
        }
        if (refusal != null) {
            return refusal;
        }
        remove(keys);
        return TableReply.Removed.INSTANCE;
    }

    private static List<byte[]> keys(Stream<ByteBuf> keys) {
        return keys.map(ByteBufUtil::getBytes).toList();
    }

    private @Nullable TableReply refusal(TableCommand.Change command, int keys) {
        if (keys > MAX_KEYS) {
            return new TableReply.BadArgument(
                    "a command has at most " + MAX_KEYS + " keys, not " + keys + "; send several");
        }
        long expected = command.expectedLength();
        return expected == TableCommand.ANY_LENGTH || expected == table.length()
                ? null
                : new TableReply.OtherLength(table.length());
    }

    private @Nullable TableReply malformed(TableEntry entry) {
        int bytes = Table.bytes(entry.key().readableBytes(), entry.value().readableBytes());
        if (bytes > Table.MAX_ENTRY_BYTES) {
            return new TableReply.BadArgument("an entry has at most " + Table.MAX_ENTRY_BYTES + " bytes with "
                    + Table.ENTRY_OVERHEAD + " of overhead, not " + bytes);
        }
        return malformed(entry.key(), entry.version());
    }

    private @Nullable TableReply malformed(ByteBuf key, long condition) {
        if (condition < TableKey.ABSENT && condition != TableKey.ANY_VERSION) {
            return new TableReply.BadArgument(condition + " is not a version");
        }
        return wrongLength(table, key);
    }

    static TableReply.@Nullable BadArgument wrongLength(Table table, ByteBuf key) {
        int length = key.readableBytes();
        if (table.keyLength() > 0) {
            return length == table.keyLength()
                    ? null
                    : new TableReply.BadArgument(
                            "keys of this table have " + table.keyLength() + " bytes, not " + length);
        }
        return length > 0 && length <= Table.MAX_KEY_BYTES
                ? null
                : new TableReply.BadArgument("a key has 1 to " + Table.MAX_KEY_BYTES + " bytes, not " + length);
    }

    /** What to answer if the condition on a key does not hold. */
    private @Nullable TableReply failed(ByteBuf key, long condition) {
        long version = versions.computeIfAbsent(ByteBufUtil.getBytes(key), table::versionOf);
        if (condition == TableKey.ANY_VERSION || condition == version) {
            return null;
        }
        return version == TableKey.ABSENT ? new TableReply.NoSuchKey() : new TableReply.OtherVersion();
    }

    private List<Long> store(List<TableEntry> entries) {
        List<Long> assigned = new ArrayList<>(entries.size());
        List<TableRecord.Put.Stored> open = new ArrayList<>();
        int openBytes = 0;
        long first = table.length();
        long position = first;
        for (TableEntry entry : entries) {
            ByteBuf value = entry.value();
            byte[] key = ByteBufUtil.getBytes(entry.key());
            TableRecord.Put.Stored stored = new TableRecord.Put.Stored(before(key), entry.key(), value);
            if (openBytes + stored.size() > TableRecord.Put.MAX_ENTRY_BYTES && !open.isEmpty()) {
                log.accept(new TableRecord.Put(table.id(), now, first, open));
                open = new ArrayList<>();
                openBytes = 0;
                first = position;
            }
            int excess = stored.size() - TableRecord.Put.MAX_ENTRY_BYTES;
            if (excess > 0) {
                log.accept(new TableRecord.PutPart(table.id(), now, value.slice(value.readerIndex(), excess)));
                ByteBuf rest = value.slice(value.readerIndex() + excess, value.readableBytes() - excess);
                stored = new TableRecord.Put.Stored(stored.previous(), entry.key(), rest);
            }
            open.add(stored);
            openBytes += stored.size();
            assigned.add(position);
            versions.put(key, position);
            position += Table.bytes(key.length, value.readableBytes());
        }
        if (!open.isEmpty()) {
            log.accept(new TableRecord.Put(table.id(), now, first, open));
        }
        return assigned;
    }

    private void remove(List<TableKey> keys) {
        List<TableRecord.Remove.Removed> open = new ArrayList<>();
        int openBytes = 0;
        for (TableKey wanted : keys) {
            byte[] key = ByteBufUtil.getBytes(wanted.key());
            long previous = before(key);
            if (previous == TableKey.ABSENT) {
                continue;
            }
            TableRecord.Remove.Removed removed = new TableRecord.Remove.Removed(previous, wanted.key());
            if (openBytes + removed.size() > TableRecord.Remove.MAX_KEY_BYTES) {
                log.accept(new TableRecord.Remove(table.id(), now, table.length(), open));
                open = new ArrayList<>();
                openBytes = 0;
            }
            open.add(removed);
            openBytes += removed.size();
            versions.put(key, TableKey.ABSENT);
        }
        if (!open.isEmpty()) {
            log.accept(new TableRecord.Remove(table.id(), now, table.length(), open));
        }
    }

    private long before(byte[] key) {
        Long version = versions.get(key);
        if (version == null) {
            throw new IllegalStateException("a key was not looked at");
        }
        return version;
    }
}
