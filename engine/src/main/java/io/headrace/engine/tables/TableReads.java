/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.engine.tables;

import io.headrace.engine.state.ByteScan;
import io.headrace.engine.state.NotInMemory;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Executes commands that only look at a table. Whatever they ask for, a reply is bounded in number and in bytes. */
final class TableReads {
    /** Most entries of a page. */
    static final int MAX_PAGE_ENTRIES = 1000;

    /** A page does not grow beyond this, in bytes, but with its last entry. */
    static final int MAX_PAGE_BYTES = 2 << 20;

    /**
     * Largest reply to a look at keys, in bytes: what fits into a frame of the wire protocol beside the longest name of a
     * segment. Clients ask for 15 keys at a time, for which it is always enough.
     */
    static final int MAX_REPLY_BYTES = 16_700_000;

    /** What an entry of a reply counts for beside key and value, in bytes. */
    private static final int REPLY_OVERHEAD = 24;

    /** {@code u8 version | i64 id of the table | key, the last of the page before}. */
    private static final int TOKEN_VERSION = 1;

    private static final int TOKEN_BYTES = 1 + Long.BYTES;

    private TableReads() {}

    static TableReply get(Table table, TableCommand.Get command) {
        List<ByteBuf> keys = command.keys();
        if (keys.size() > TableUpdates.MAX_KEYS) {
            return new TableReply.BadArgument(
                    "a command has at most " + TableUpdates.MAX_KEYS + " keys, not " + keys.size() + "; send several");
        }
        List<TableEntry> entries = new ArrayList<>(keys.size());
        long bytes = 0;
        for (ByteBuf key : keys) {
            TableReply.BadArgument wrong = TableUpdates.wrongLength(table, key);
            if (wrong != null) {
                return wrong;
            }
            byte[] plain = ByteBufUtil.getBytes(key);
            TableEntry entry;
            try {
                entry = table.get(plain);
            } catch (NotInMemory one) {
                throw table.missingEntries(
                        keys.stream().map(ByteBufUtil::getBytes).toList(), one);
            }
            if (entry == null) {
                entry = new TableEntry(Unpooled.wrappedBuffer(plain), TableKey.ABSENT, Unpooled.EMPTY_BUFFER);
            }
            bytes += bytes(entry);
            if (bytes > MAX_REPLY_BYTES) {
                return new TableReply.BadArgument("the values have more than " + MAX_REPLY_BYTES
                        + " bytes together; ask for fewer keys at a time");
            }
            entries.add(entry);
        }
        return new TableReply.Entries(entries);
    }

    static TableReply page(Table table, TableCommand.ReadPage command) {
        boolean fixed = table.keyLength() > 0;
        ByteBuf token = command.token();
        if (fixed && token.isReadable()) {
            return new TableReply.BadArgument(
                    "keys of this table have a fixed length: go on from the key after the last, without a token");
        }
        if (!fixed && (command.from().isReadable() || command.to().isReadable())) {
            return new TableReply.BadArgument("keys of this table have no fixed length: read all, without bounds");
        }
        if (token.isReadable() && !isToken(table, token)) {
            return new TableReply.BadArgument("the token is none of this table's");
        }
        byte[] from = token.isReadable() ? after(token) : ByteBufUtil.getBytes(command.from());
        byte[] to = ByteBufUtil.getBytes(command.to());
        int limit = Math.min(command.limit(), MAX_PAGE_ENTRIES);
        List<TableEntry> entries = new ArrayList<>();
        try (ByteScan scan = table.scan(from)) {
            long bytes = 0;
            while (entries.size() < limit && bytes < MAX_PAGE_BYTES && scan.next()) {
                if (to.length > 0 && Arrays.compareUnsigned(scan.key(), to) > 0) {
                    break;
                }
                TableEntry entry = Table.entry(scan.key(), scan.value());
                if (!command.withValues()) {
                    entry = new TableEntry(entry.key(), entry.version(), Unpooled.EMPTY_BUFFER);
                }
                entries.add(entry);
                bytes += bytes(entry);
            }
        } catch (NotInMemory end) {
            endShort(entries, end);
        }
        return new TableReply.Page(entries, entries.isEmpty() ? Unpooled.EMPTY_BUFFER : token(table, entries));
    }

    /** A page may end where memory does, but not before it has begun. */
    private static void endShort(List<TableEntry> entries, NotInMemory end) {
        if (entries.isEmpty()) {
            throw end;
        }
    }

    private static boolean isToken(Table table, ByteBuf token) {
        int start = token.readerIndex();
        int length = token.readableBytes();
        return length > TOKEN_BYTES
                && length <= TOKEN_BYTES + Table.MAX_KEY_BYTES
                && token.getByte(start) == TOKEN_VERSION
                && token.getLong(start + 1) == table.id();
    }

    /** The least key above the one in a token. */
    private static byte[] after(ByteBuf token) {
        byte[] key =
                ByteBufUtil.getBytes(token, token.readerIndex() + TOKEN_BYTES, token.readableBytes() - TOKEN_BYTES);
        return Arrays.copyOf(key, key.length + 1);
    }

    private static ByteBuf token(Table table, List<TableEntry> entries) {
        ByteBuf last = entries.get(entries.size() - 1).key();
        ByteBuf token = Unpooled.buffer(TOKEN_BYTES + last.readableBytes());
        token.writeByte(TOKEN_VERSION).writeLong(table.id());
        return token.writeBytes(last, last.readerIndex(), last.readableBytes());
    }

    static TableReply changes(Table table, TableCommand.ReadChanges command) {
        ByteScan scan = table.scanChanges(command.from());
        if (scan == null) {
            return new TableReply.Unsupported();
        }
        try (scan) {
            if (command.from() < 0 || command.from() > table.length()) {
                return new TableReply.BadArgument(
                        "position " + command.from() + " is not within 0 and " + table.length());
            }
            return changes(table, command.from(), Math.min(command.limit(), MAX_PAGE_ENTRIES), scan);
        }
    }

    private static TableReply changes(Table table, long from, int limit, ByteScan scan) {
        List<TableEntry> entries = new ArrayList<>();
        long next = from;
        long bytes = 0;
        boolean more = true;
        try {
            while (more && entries.size() < limit && bytes < MAX_PAGE_BYTES) {
                more = scan.next();
                TableEntry entry = more ? changed(table, scan, limit - entries.size()) : null;
                if (entry != null) {
                    entries.add(entry);
                    bytes += bytes(entry);
                    next = entry.version()
                            + Table.bytes(
                                    entry.key().readableBytes(), entry.value().readableBytes());
                }
            }
        } catch (NotInMemory end) {
            endShort(entries, end);
        }
        if (more) {
            return new TableReply.Changes(entries, false, next);
        }
        return new TableReply.Changes(entries, true, entries.isEmpty() ? 0 : table.length());
    }

    /** The entry that a walk through the changes stands on. If it is missed, those that follow are fetched with it. */
    private static @Nullable TableEntry changed(Table table, ByteScan scan, int most) {
        try {
            return table.get(scan.value());
        } catch (NotInMemory one) {
            List<byte[]> keys = new ArrayList<>();
            try {
                do {
                    keys.add(scan.value());
                } while (keys.size() < most && scan.next());
            } catch (NotInMemory end) {
                // those that were found will do
            }
            throw table.missingEntries(keys, one);
        }
    }

    private static int bytes(TableEntry entry) {
        return REPLY_OVERHEAD + entry.key().readableBytes() + entry.value().readableBytes();
    }
}
