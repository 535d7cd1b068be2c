/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.tiering;

import io.netty.buffer.ByteBuf;

/**
 * The one who may write to a chunk: whoever created it. Calls are made on the executor that was given when the chunk was
 * created, one at a time: the next one after the answer to the last. Answers come back there.
 *
 * <p>A failure other than BAD_REQUEST and INVALID_OFFSET is final: what the chunk holds beyond {@link #length} is unknown,
 * each later call fails, and the data has to go into another chunk. In particular, a failed sync is never repeated.
 */
public interface ChunkWriter {

    String chunk();

    /** Where the next write must begin: the acknowledged bytes. */
    long length();

    /**
     * Appends to the chunk. When this is acknowledged the storage has synced the bytes. They can be read from then on,
     * unless {@link StorageTraits#readableBeforeSeal} is false.
     *
     * @param offset must equal {@link #length}
     * @param bytes at least one; ownership passes to the storage. See {@link StorageTraits#minimumWriteBytes}
     * @param written receives the new length
     */
    void write(long offset, ByteBuf bytes, Callback<Long> written);

    /**
     * Ends the chunk: it never changes again.
     *
     * @param sealed receives the final length. Fails with ALREADY_EXISTS if another writer has made a chunk of this name
     *     in the meantime, which only happens where {@link StorageTraits#readableBeforeSeal} is false
     */
    void seal(Callback<Long> sealed);

    /** Lets go of the chunk without sealing it. What can be read of it stays. Does nothing after {@link #seal}. */
    void close();
}
