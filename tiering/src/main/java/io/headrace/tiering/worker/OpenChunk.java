/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.tiering.worker;

import io.netty.buffer.ByteBuf;
import java.io.IOException;

/** A chunk that is being written. One worker at a time calls it; every method may block. */
public interface OpenChunk {

    /**
     * Appends bytes and syncs them. After any failure but BAD_REQUEST nothing is called any more but {@link #close}.
     *
     * @param offset the bytes that were appended before
     * @param bytes stay with the caller; their reader index is not moved
     * @throws io.headrace.tiering.StorageException for what the chunk itself can tell
     */
    void append(long offset, ByteBuf bytes) throws IOException;

    /** Ends the chunk. Followed by {@link #close} in any case. */
    void seal(long length) throws IOException;

    /** Lets go of what the chunk holds in this process and, if it is not sealed, of what nobody could ever read. */
    void close();
}
