/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.engine.segments;

import io.headrace.engine.tables.TableCommand;
import io.headrace.engine.tables.TableEntry;
import io.headrace.engine.tables.TableKey;
import io.headrace.engine.tables.TableReply;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What a partition with tables must do, said with the plainest means. Keys sort as buffers, which compare unsigned. */
final class TableModel {
    private static final int OVERHEAD = 17;

    static final class Plain {
        final long serial;
        final int keyLength;
        final TreeMap<ByteBuf, TableEntry> entries = new TreeMap<>();
        boolean sealed;
        long length;

        Plain(long serial, int keyLength) {
            this.serial = serial;
            this.keyLength = keyLength;
        }

        Plain copy() {
            Plain copy = new Plain(serial, keyLength);
            copy.entries.putAll(entries);
            copy.sealed = sealed;
            copy.length = length;
            return copy;
        }
    }

    final Map<String, Plain> tables = new TreeMap<>();
    private long nextSerial;

    TableModel copy() {
        TableModel copy = new TableModel();
        copy.nextSerial = nextSerial;
        tables.forEach((name, plain) -> copy.tables.put(name, plain.copy()));
        return copy;
    }

    /** The reply to a command; that to a walk has no token. */
    SegmentReply execute(SegmentCommand command) {
        String name = command.segment();
        Plain plain = tables.get(name);
        if (command instanceof SegmentCommand.CreateTable create) {
            if (plain != null) {
                return new SegmentReply.AlreadyExists();
            }
            tables.put(name, new Plain(nextSerial++, create.keyLength()));
            return SegmentReply.Ok.INSTANCE;
        } else if (plain == null) {
            return new SegmentReply.NoSuchSegment(name);
        } else if (command instanceof SegmentCommand.DeleteTable delete) {
            if (delete.mustBeEmpty() && plain.keyLength > 0) {
                return new SegmentReply.OfTable(new TableReply.Unsupported());
            } else if (delete.mustBeEmpty() && !plain.entries.isEmpty()) {
                return new SegmentReply.OfTable(new TableReply.NotEmpty());
            }
            tables.remove(name);
            return SegmentReply.Ok.INSTANCE;
        } else if (command instanceof SegmentCommand.Seal) {
            boolean before = plain.sealed;
            plain.sealed = true;
            return before ? new SegmentReply.Sealed(name) : SegmentReply.Ok.INSTANCE;
        }
        TableCommand onTable = ((SegmentCommand.OnTable) command).command();
        if (plain.sealed && onTable instanceof TableCommand.Change) {
            return new SegmentReply.Sealed(name);
        }
        return new SegmentReply.OfTable(execute(plain, onTable));
    }

    private static TableReply execute(Plain plain, TableCommand command) {
        if (command instanceof TableCommand.Put put) {
            return put(plain, put);
        } else if (command instanceof TableCommand.Remove remove) {
            return remove(plain, remove);
        } else if (command instanceof TableCommand.Get get) {
            List<TableEntry> found = new ArrayList<>();
            for (ByteBuf key : get.keys()) {
                TableEntry entry = plain.entries.get(key);
                found.add(entry == null ? new TableEntry(key, TableKey.ABSENT, Unpooled.EMPTY_BUFFER) : entry);
            }
            return new TableReply.Entries(found);
        } else if (command instanceof TableCommand.ReadPage read) {
            return page(plain, read);
        } else if (command instanceof TableCommand.ReadChanges read) {
            return changes(plain, read);
        }
        return new TableReply.Info(plain.length, plain.entries.size(), plain.keyLength);
    }

    private static TableReply put(Plain plain, TableCommand.Put put) {
        if (put.expectedLength() != -1 && put.expectedLength() != plain.length) {
            return new TableReply.OtherLength(plain.length);
        }
        for (TableEntry entry : put.entries()) {
            TableReply refusal = refusal(plain, entry.key(), entry.version());
            if (refusal != null) {
                return refusal;
            }
        }
        List<Long> versions = new ArrayList<>();
        for (TableEntry entry : put.entries()) {
            versions.add(plain.length);
            plain.entries.put(entry.key(), new TableEntry(entry.key(), plain.length, entry.value()));
            plain.length +=
                    OVERHEAD + entry.key().readableBytes() + entry.value().readableBytes();
        }
        return new TableReply.Stored(versions);
    }

    private static TableReply remove(Plain plain, TableCommand.Remove remove) {
        if (remove.expectedLength() != -1 && remove.expectedLength() != plain.length) {
            return new TableReply.OtherLength(plain.length);
        }
        for (TableKey key : remove.keys()) {
            TableReply refusal = refusal(plain, key.key(), key.version());
            if (refusal != null) {
                return refusal;
            }
        }
        for (TableKey key : remove.keys()) {
            if (plain.entries.remove(key.key()) != null) {
                plain.length += OVERHEAD + key.key().readableBytes();
            }
        }
        return new TableReply.Removed();
    }

    private static @Nullable TableReply refusal(Plain plain, ByteBuf key, long version) {
        TableEntry present = plain.entries.get(key);
        if (version == TableKey.ANY_VERSION || version == (present == null ? TableKey.ABSENT : present.version())) {
            return null;
        }
        return present == null ? new TableReply.NoSuchKey() : new TableReply.OtherVersion();
    }

    private static TableReply page(Plain plain, TableCommand.ReadPage read) {
        NavigableMap<ByteBuf, TableEntry> rest = plain.entries;
        if (read.token().isReadable()) {
            ByteBuf last = read.token().slice(9, read.token().readableBytes() - 9);
            rest = rest.tailMap(last, false);
        }
        List<TableEntry> page = new ArrayList<>();
        long bytes = 0;
        for (TableEntry entry : rest.values()) {
            boolean within = (!read.from().isReadable() || entry.key().compareTo(read.from()) >= 0)
                    && (!read.to().isReadable() || entry.key().compareTo(read.to()) <= 0);
            if (within && page.size() < read.limit() && bytes < 2 << 20) {
                ByteBuf value = read.withValues() ? entry.value() : Unpooled.EMPTY_BUFFER;
                page.add(new TableEntry(entry.key(), entry.version(), value));
                bytes += 24 + entry.key().readableBytes() + value.readableBytes();
            }
        }
        return new TableReply.Page(page, Unpooled.EMPTY_BUFFER);
    }

    private static TableReply changes(Plain plain, TableCommand.ReadChanges read) {
        if (plain.keyLength > 0) {
            return new TableReply.Unsupported();
        }
        TreeMap<Long, TableEntry> byVersion = new TreeMap<>();
        plain.entries.values().forEach(entry -> byVersion.put(entry.version(), entry));
        List<TableEntry> found = new ArrayList<>();
        long bytes = 0;
        long next = read.from();
        for (TableEntry entry : byVersion.tailMap(read.from()).values()) {
            if (found.size() == read.limit() || bytes >= 2 << 20) {
                return new TableReply.Changes(found, false, next);
            }
            found.add(entry);
            bytes += 24 + entry.key().readableBytes() + entry.value().readableBytes();
            next = entry.version()
                    + OVERHEAD
                    + entry.key().readableBytes()
                    + entry.value().readableBytes();
        }
        boolean full = found.size() == read.limit() || bytes >= 2 << 20;
        if (full) {
            return new TableReply.Changes(found, false, next);
        }
        return new TableReply.Changes(found, true, found.isEmpty() ? 0 : plain.length);
    }
}
