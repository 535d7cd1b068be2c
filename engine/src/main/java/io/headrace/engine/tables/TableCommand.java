/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.engine.tables;

import io.netty.buffer.ByteBuf;
import java.util.List;

/**
 * What can be asked of a table segment that exists. Keys and values are read during the call only. Any command may be
 * answered by {@link TableReply.BadArgument}; then nothing has changed.
 */
public sealed interface TableCommand {

    /** Sets no condition on the length of the table. */
    long ANY_LENGTH = -1;

    /** A command that changes the table: all of it or nothing, and nothing of a sealed one. */
    sealed interface Change extends TableCommand {
        /** The table's length must be this, or {@link #ANY_LENGTH}. */
        long expectedLength();
    }

    /**
     * Stores entries, each under its condition. A key may be there more than once: all its conditions are about what was
     * there before, and the last value stays. Answered by {@link TableReply.Stored}.
     */
    record Put(List<TableEntry> entries, long expectedLength) implements Change {}

    /** Removes keys, each under its condition; what is not there is removed already. Answered by {@link TableReply.Removed}. */
    record Remove(List<TableKey> keys, long expectedLength) implements Change {}

    /** Answered by {@link TableReply.Entries}. */
    record Get(List<ByteBuf> keys) implements TableCommand {}

    /**
     * Walks through the table in ascending order of keys, a page at a time, while it may change. Answered by {@link
     * TableReply.Page}.
     *
     * @param withValues whether to give values too
     * @param token of the page before; empty to begin, and always for a table with keys of fixed length
     * @param from first key, inclusive; empty if open; only for keys of fixed length
     * @param to last key, inclusive; likewise
     * @param limit most entries in the page; it may have fewer. 0 and less give an empty page
     */
    record ReadPage(boolean withValues, ByteBuf token, ByteBuf from, ByteBuf to, int limit) implements TableCommand {}

    /**
     * Gives what was stored at or after a position and is there still, in the order in which it was stored. Only for keys
     * of any length. Answered by {@link TableReply.Changes}.
     *
     * @param from 0 to the length of the table
     * @param limit as in {@link ReadPage}
     */
    record ReadChanges(long from, int limit) implements TableCommand {}

    /** Answered by {@link TableReply.Info}. */
    record GetInfo() implements TableCommand {}
}
