/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.codecs.wire;

import io.headrace.codecs.wire.TableRequest.TableEntry;
import io.headrace.codecs.wire.TableRequest.TableKey;
import io.netty.buffer.ByteBuf;
import java.util.List;

/** Answers to {@link TableRequest}s. */
public sealed interface TableReply extends Reply {

    /**
     * What is known about a table as a whole.
     *
     * @param keyLength length of all keys, in bytes; 0 for keys of any length
     */
    record TableSegmentInfo(
            long requestId, String segment, long startOffset, long length, long entryCount, int keyLength)
            implements TableReply {}

    /**
     * The entries were stored.
     *
     * @param updatedVersions one for each entry, in the order of the request
     */
    record TableEntriesUpdated(long requestId, List<Long> updatedVersions) implements TableReply {
        public TableEntriesUpdated {
            updatedVersions = List.copyOf(updatedVersions);
        }
    }

    record TableKeysRemoved(long requestId, String segment) implements TableReply {}

    /**
     * What was found; an absent key has the version {@link TableKey#NOT_EXISTS} and an empty value.
     *
     * @param entries one for each key, in the order of the request
     */
    record TableRead(long requestId, String segment, List<TableEntry> entries) implements TableReply {
        public TableRead {
            entries = List.copyOf(entries);
        }
    }

    /** A page of keys; one without keys ends the iteration. */
    record TableKeysRead(long requestId, String segment, List<TableKey> keys, ByteBuf continuationToken)
            implements TableReply {
        public TableKeysRead {
            keys = List.copyOf(keys);
        }
    }

    /** A page of entries; one without entries ends the iteration. */
    record TableEntriesRead(long requestId, String segment, List<TableEntry> entries, ByteBuf continuationToken)
            implements TableReply {
        public TableEntriesRead {
            entries = List.copyOf(entries);
        }
    }

    /**
     * Entries that have changed since a position.
     *
     * @param shouldClear the position asked for is no longer there: forget what was known
     * @param lastPosition where to go on
     */
    record TableEntriesDeltaRead(
            long requestId,
            String segment,
            List<TableEntry> entries,
            boolean shouldClear,
            boolean reachedEnd,
            long lastPosition)
            implements TableReply {
        public TableEntriesDeltaRead {
            entries = List.copyOf(entries);
        }
    }
}
