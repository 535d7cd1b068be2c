/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.codecs.wire;

import java.util.List;

/** Answers to {@link AdminRequest}s. */
public sealed interface AdminReply extends Reply {

    record StorageFlushed(long requestId) implements AdminReply {}

    record StorageChunksListed(long requestId, List<ChunkInfo> chunks) implements AdminReply {
        public StorageChunksListed {
            chunks = List.copyOf(chunks);
        }
    }

    /** A chunk of a segment in long-term storage; lengths and offset in bytes. */
    record ChunkInfo(
            long lengthInMetadata, long lengthInStorage, long startOffset, String chunkName, boolean existsInStorage) {}
}
