/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.engine.log;

import io.netty.buffer.ByteBuf;
import java.util.List;

/**
 * The log of one partition, opened by one owner. Frames are numbered from 1 without gaps over the whole life of the
 * partition, across owners and ledgers. All methods are called on the owner's loop and never block.
 *
 * <p>Any failure of an append is final: no later append of this owner may succeed, and the owner must discard its
 * state and open the log anew.
 */
public interface PartitionLog {
    /** How many checkpoints are kept: one to recover from, and one in case that is damaged. */
    int MAX_CHECKPOINTS = 2;

    /** Epoch of this owner: above that of every former owner. At least 1. */
    long epoch();

    /** Number of the oldest frame that can still be read; {@link #nextFrame()} if there is none. */
    long firstFrame();

    /** Number that the next appended frame must have. Fixed at opening, then advanced by {@link #append}. */
    long nextFrame();

    /**
     * The checkpoints to recover from, newest first, at most {@value #MAX_CHECKPOINTS}: if the first is damaged, the next
     * one will do. Empty if the whole log is to be replayed.
     */
    List<Checkpoint> checkpoints();

    /**
     * Appends a frame. Completions may arrive in any order; a frame counts as durable once its completion and those of
     * all frames before it have arrived.
     *
     * @param frame must equal {@link #nextFrame()}
     * @param bytes the encoded frame, at most {@link io.headrace.engine.partition.Frame#MAX_BYTES}; ownership passes to
     *     the log, which releases it when it no longer needs it
     */
    void append(long frame, ByteBuf bytes, Callback<Done> appended);

    /**
     * Reads frames in order, starting with {@code frame}: at least one, then as many as fit in {@code maxBytes}. Only
     * durable frames may be asked for.
     *
     * @param read receives the encoded frames; the receiver releases them. Fails with {@link LogException.Kind#CORRUPT}
     *     if a frame that must exist cannot be read back as written
     */
    void read(long frame, int maxBytes, Callback<List<ByteBuf>> read);

    /**
     * Publishes checkpoints by compare-and-set, in place of those before, so that the next owner recovers from the first of
     * them.
     *
     * @param checkpoints newest first, 1 to {@value #MAX_CHECKPOINTS}
     * @param published fails with {@link LogException.Kind#FENCED} if this owner has been replaced
     */
    void publish(List<Checkpoint> checkpoints, Callback<Done> published);

    /** Allows frames below {@code frame} to be deleted. Storage is freed in units of ledgers, when convenient. */
    void truncate(long frame, Callback<Done> truncated);

    /** Lets go of the log without waiting for appends in flight. No callback is called afterwards. */
    void close();
}
