/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.testkit.sim;

import io.headrace.engine.tables.TableCommand;
import io.headrace.engine.tables.TableEntry;
import io.headrace.engine.tables.TableKey;
import io.headrace.engine.tables.TableReply;
import io.headrace.testkit.history.SequentialModel;
import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.EnumSet;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Some keys of a table that are changed together, as the checker of histories sees them. The version of what a call
 * without an answer has put is not known until somebody sees it.
 *
 * @param cells what there is, by key
 * @param newest the highest version that anyone was told
 */
record TablePart(Map<String, Cell> cells, long newest) {
    private static final long UNKNOWN = -3;

    /** A value and its version, or {@link #UNKNOWN}. */
    record Cell(String value, long version) {}

    private enum Outcome {
        DONE,
        NO_SUCH_KEY,
        OTHER_VERSION
    }

    static final SequentialModel<TablePart, TableCommand, TableReply> MODEL = new SequentialModel<>() {
        @Override
        public TablePart initial() {
            return new TablePart(Map.of(), -1);
        }

        @Override
        public @Nullable TablePart next(TablePart state, TableCommand input, @Nullable TableReply output) {
            return state.after(input, output);
        }
    };

    /** What stands for a value, which may be large: how it begins, and its length. */
    static String text(ByteBuf value) {
        int start = value.readerIndex();
        int end = value.indexOf(start, value.writerIndex(), (byte) ':');
        return value.toString(start, (end < 0 ? value.writerIndex() : end) - start, StandardCharsets.US_ASCII)
                + "+"
                + value.readableBytes();
    }

    private static String key(ByteBuf key) {
        return key.toString(StandardCharsets.US_ASCII);
    }

    private @Nullable TablePart after(TableCommand input, @Nullable TableReply output) {
        if (input instanceof TableCommand.Get) {
            return output instanceof TableReply.Entries found ? seen(found) : null;
        }
        EnumSet<Outcome> possible = EnumSet.noneOf(Outcome.class);
        if (input instanceof TableCommand.Put put) {
            boolean all = put.entries().stream().allMatch(entry -> holds(entry.key(), entry.version(), possible));
            if (all && (output == null || output instanceof TableReply.Stored)) {
                return put(put, output instanceof TableReply.Stored stored ? stored : null);
            }
        } else if (input instanceof TableCommand.Remove remove) {
            boolean all = remove.keys().stream().allMatch(key -> holds(key.key(), key.version(), possible));
            if (all && (output == null || output instanceof TableReply.Removed)) {
                TablePart without = without(remove);
                return output == null && without.equals(this) ? null : without;
            }
        }
        boolean explained = (output instanceof TableReply.NoSuchKey && possible.contains(Outcome.NO_SUCH_KEY))
                || (output instanceof TableReply.OtherVersion && possible.contains(Outcome.OTHER_VERSION));
        return explained ? this : null;
    }

    /** Whether a condition may hold; adds why it may not. */
    private boolean holds(ByteBuf key, long condition, EnumSet<Outcome> failures) {
        Cell cell = cells.get(key(key));
        long version = cell == null ? TableKey.ABSENT : cell.version;
        if (condition == TableKey.ANY_VERSION || condition == version) {
            return true;
        }
        failures.add(cell == null ? Outcome.NO_SUCH_KEY : Outcome.OTHER_VERSION);
        return version == UNKNOWN && condition >= 0;
    }

    private @Nullable TablePart put(TableCommand.Put put, TableReply.@Nullable Stored stored) {
        Map<String, Cell> next = new TreeMap<>(cells);
        long last = newest;
        for (int i = 0; i < put.entries().size(); i++) {
            TableEntry entry = put.entries().get(i);
            long version = stored == null ? UNKNOWN : stored.versions().get(i);
            if (version != UNKNOWN && version <= last) {
                return null;
            }
            last = Math.max(last, version);
            next.put(key(entry.key()), new Cell(text(entry.value()), version));
        }
        return new TablePart(next, last);
    }

    private TablePart without(TableCommand.Remove remove) {
        Map<String, Cell> next = new TreeMap<>(cells);
        remove.keys().forEach(key -> next.remove(key(key.key())));
        return new TablePart(next, newest);
    }

    private @Nullable TablePart seen(TableReply.Entries found) {
        Map<String, Cell> next = new TreeMap<>(cells);
        long last = newest;
        for (TableEntry entry : found.entries()) {
            Cell cell = next.get(key(entry.key()));
            if (cell == null || entry.version() == TableKey.ABSENT) {
                if (cell != null || entry.version() != TableKey.ABSENT) {
                    return null;
                }
                continue;
            }
            if (!cell.value.equals(text(entry.value()))
                    || (cell.version != entry.version() && cell.version != UNKNOWN)) {
                return null;
            }
            next.put(key(entry.key()), new Cell(cell.value, entry.version()));
            last = Math.max(last, entry.version());
        }
        return new TablePart(next, last);
    }
}
