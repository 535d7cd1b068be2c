/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.codecs.wire;

import io.netty.buffer.ByteBuf;
import java.util.List;

/** Requests about table segments. A {@code tableSegmentOffset} of -1 sets no condition on the length of the table. */
public sealed interface TableRequest extends Request {

    /**
     * Asks for a new, empty table.
     *
     * @param sortedDeprecated has no effect
     * @param keyLength length of all keys, in bytes; 0 for keys of any length
     * @param rolloverSizeBytes chunk size in long-term storage; 0 for the store's default
     */
    record CreateTableSegment(
            long requestId,
            String segment,
            String delegationToken,
            boolean sortedDeprecated,
            int keyLength,
            long rolloverSizeBytes)
            implements TableRequest {}

    record DeleteTableSegment(long requestId, String segment, boolean mustBeEmpty, String delegationToken)
            implements TableRequest {}

    record GetTableSegmentInfo(long requestId, String segment, String delegationToken) implements TableRequest {}

    record UpdateTableEntries(
            long requestId, String segment, String delegationToken, List<TableEntry> entries, long tableSegmentOffset)
            implements TableRequest {
        public UpdateTableEntries {
            entries = List.copyOf(entries);
        }
    }

    record RemoveTableKeys(
            long requestId, String segment, String delegationToken, List<TableKey> keys, long tableSegmentOffset)
            implements TableRequest {
        public RemoveTableKeys {
            keys = List.copyOf(keys);
        }
    }

    /** The versions of the keys have no meaning here. */
    record ReadTable(long requestId, String segment, String delegationToken, List<TableKey> keys)
            implements TableRequest {
        public ReadTable {
            keys = List.copyOf(keys);
        }
    }

    record ReadTableKeys(
            long requestId, String segment, String delegationToken, int suggestedKeyCount, IteratorArgs args)
            implements TableRequest {}

    record ReadTableEntries(
            long requestId, String segment, String delegationToken, int suggestedEntryCount, IteratorArgs args)
            implements TableRequest {}

    record ReadTableEntriesDelta(
            long requestId, String segment, String delegationToken, long fromPosition, int suggestedEntryCount)
            implements TableRequest {}

    /**
     * Where an iteration goes on.
     *
     * @param continuationToken from the previous page; empty at the start and for keys of fixed length
     * @param fromKey first key, inclusive; empty if open
     * @param toKey last key, inclusive; empty if open
     */
    record IteratorArgs(ByteBuf continuationToken, ByteBuf fromKey, ByteBuf toKey) {}

    /**
     * A key, with its version or the condition on it.
     *
     * @param version at least 0, or one of the constants
     */
    record TableKey(ByteBuf data, long version) {
        /** In a request: no condition. */
        public static final long NO_VERSION = Long.MIN_VALUE;

        /** In a request: the key must not exist. In a reply: it does not. */
        public static final long NOT_EXISTS = -1;
    }

    record TableEntry(TableKey key, ByteBuf value) {}
}
