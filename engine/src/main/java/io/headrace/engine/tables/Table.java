/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.engine.tables;

import io.headrace.engine.log.LogException;
import io.headrace.engine.partition.LogRecord;
import io.headrace.engine.state.ByteMap;
import io.headrace.engine.state.ByteScan;
import io.headrace.engine.state.KeyedState;
import io.headrace.engine.state.NotInMemory;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Collection;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One table: its length and number of entries here, the entries in two maps of the partition's keyed state. One has a
 * version and a value for each key; the other, which only tables with keys of any length have, the key for each version.
 * {@link #apply} is the only way to change any of it, and reads neither map.
 *
 * <p>A version is the position that the entry would have if all changes were written one after the other. So versions
 * grow within a table, and none comes twice.
 */
public final class Table {
    /** Largest key, in bytes. */
    public static final int MAX_KEY_BYTES = 8192;

    /** Largest entry with its overhead, in bytes. */
    public static final int MAX_ENTRY_BYTES = 1 << 20;

    /** What an entry counts for beside key and value, in bytes. */
    public static final int ENTRY_OVERHEAD = 17;

    private final KeyedState state;
    private final long id;
    private final int keyLength;
    private final ByteMap entries;
    private final @Nullable ByteMap changes;

    private long length;
    private long count;

    /** The beginning of a value that the next record completes; null between batches. */
    private @Nullable ByteBuf part;

    /**
     * An empty table.
     *
     * @param id unique in the partition, for all time
     * @param keyLength of all keys, in bytes; 0 for keys of any length
     */
    public Table(KeyedState state, long id, int keyLength) {
        this.state = state;
        this.id = id;
        this.keyLength = keyLength;
        this.entries = state.map(entriesOf(id));
        this.changes = keyLength == 0 ? state.map(changesOf(id)) : null;
    }

    /** A table from a snapshot, whose entries are in the keyed state already. */
    public static Table restored(KeyedState state, long id, int keyLength, long length, long count) {
        Table table = new Table(state, id, keyLength);
        table.length = length;
        table.count = count;
        return table;
    }

    private static long entriesOf(long id) {
        return 2 * id;
    }

    private static long changesOf(long id) {
        return 2 * id + 1;
    }

    /**
     * Executes a command; what it changes is logged, which applies it.
     *
     * @throws NotInMemory before anything was logged, to be executed again when the rows are there
     */
    public TableReply execute(TableCommand command, long now, Consumer<LogRecord> log) {
        if (command instanceof TableCommand.Put put) {
            return new TableUpdates(this, now, log).put(put);
        } else if (command instanceof TableCommand.Remove remove) {
            return new TableUpdates(this, now, log).remove(remove);
        } else if (command instanceof TableCommand.Get get) {
            return TableReads.get(this, get);
        } else if (command instanceof TableCommand.ReadPage read) {
            return TableReads.page(this, read);
        } else if (command instanceof TableCommand.ReadChanges read) {
            return TableReads.changes(this, read);
        } else {
            return new TableReply.Info(length, count, keyLength);
        }
    }

    long id() {
        return id;
    }

    /** Length of all keys, in bytes; 0 for keys of any length. */
    public int keyLength() {
        return keyLength;
    }

    /** Position of the next entry. */
    public long length() {
        return length;
    }

    /** Number of keys. */
    public long count() {
        return count;
    }

    /** Version of a key, or {@link TableKey#ABSENT}. */
    long versionOf(byte[] key) {
        byte[] stored = entries.head(key, Long.BYTES);
        return stored == null ? TableKey.ABSENT : version(stored);
    }

    /** After one key was missed: has the versions of all fetched together. */
    NotInMemory missing(Collection<byte[]> keys, NotInMemory one) {
        return missing(keys, Long.BYTES, one);
    }

    /** After one entry was missed: has those of all keys fetched together. */
    NotInMemory missingEntries(Collection<byte[]> keys, NotInMemory one) {
        return missing(keys, Integer.MAX_VALUE, one);
    }

    private NotInMemory missing(Collection<byte[]> keys, int length, NotInMemory one) {
        try {
            entries.need(keys, length);
            return one;
        } catch (NotInMemory all) {
            return all;
        }
    }

    @Nullable
    TableEntry get(byte[] key) {
        byte[] stored = entries.get(key);
        return stored == null ? null : entry(key, stored);
    }

    /** Walks up the keys; {@link #entry} makes sense of what is found. */
    ByteScan scan(byte[] from) {
        return entries.scan(from);
    }

    /** Walks up the versions, each with its key; null if that is not kept. */
    @Nullable
    ByteScan scanChanges(long from) {
        return changes == null ? null : changes.scan(number(from));
    }

    /** An entry from how it is stored. */
    static TableEntry entry(byte[] key, byte[] stored) {
        ByteBuf value = Unpooled.wrappedBuffer(stored, Long.BYTES, stored.length - Long.BYTES);
        return new TableEntry(Unpooled.wrappedBuffer(key), version(stored), value);
    }

    private static long version(byte[] stored) {
        return ByteBuffer.wrap(stored).getLong();
    }

    private static byte[] number(long version) {
        return ByteBuffer.allocate(Long.BYTES).putLong(version).array();
    }

    /** How far an entry moves the position of the next. */
    static int bytes(int key, int value) {
        return ENTRY_OVERHEAD + key + value;
    }

    /** Applies a record. {@code body} stands behind the header. */
    public void apply(int type, ByteBuf body) {
        switch (type) {
            case TableRecord.PUT -> put(body);
            case TableRecord.PUT_PART -> {
                ByteBuf more = Unpooled.wrappedBuffer(ByteBufUtil.getBytes(body));
                part = part == null ? more : Unpooled.wrappedBuffer(part, more);
            }
            case TableRecord.REMOVE -> remove(body);
            default ->
                throw new LogException(LogException.Kind.CORRUPT, "a record of type " + type + " is none of a table");
        }
    }

    private void put(ByteBuf in) {
        length = in.readLong();
        for (int left = in.readInt(); left > 0; left--) {
            long previous = in.readLong();
            byte[] key = new byte[in.readUnsignedShort()];
            int rest = in.readInt();
            in.readBytes(key);
            byte[] stored = stored(length, rest, in);
            entries.put(key, stored);
            noteChange(previous, key);
            count += previous == TableKey.ABSENT ? 1 : 0;
            length += bytes(key.length, stored.length - Long.BYTES);
        }
    }

    /** A version and a value as they are kept: the parts that came before, and {@code rest} bytes from the record. */
    private byte[] stored(long version, int rest, ByteBuf in) {
        ByteBuf before = part == null ? Unpooled.EMPTY_BUFFER : part;
        part = null;
        int beginning = before.readableBytes();
        byte[] stored = Arrays.copyOf(number(version), Long.BYTES + beginning + rest);
        before.readBytes(stored, Long.BYTES, beginning);
        in.readBytes(stored, Long.BYTES + beginning, rest);
        return stored;
    }

    private void remove(ByteBuf in) {
        length = in.readLong();
        for (int left = in.readInt(); left > 0; left--) {
            long previous = in.readLong();
            byte[] key = new byte[in.readUnsignedShort()];
            in.readBytes(key);
            entries.remove(key);
            if (changes != null) {
                changes.remove(number(previous));
            }
            count--;
            length += bytes(key.length, 0);
        }
    }

    private void noteChange(long previous, byte[] key) {
        if (changes != null) {
            if (previous != TableKey.ABSENT) {
                changes.remove(number(previous));
            }
            changes.put(number(length), key);
        }
    }

    /** The table has ended: gives up its entries. */
    public void drop() {
        state.drop(entriesOf(id));
        if (changes != null) {
            state.drop(changesOf(id));
        }
    }
}
