/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.engine.log;

import io.headrace.engine.state.Layer;
import io.headrace.engine.state.StateBase;
import io.netty.buffer.ByteBuf;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The checkpoints of one partition, as one owner restores and takes them. A checkpoint is a snapshot, written as one run
 * of bytes, and all rows of the {@link #base}. It means nothing until the log's descriptor names it ({@link
 * PartitionLog#publish}), so a crash between the two leaves the former ones in force.
 *
 * <p>All methods are called on the owner's loop and never block.
 */
public interface PartitionCheckpoints {

    /**
     * Brings the base to what it was at a checkpoint. May be called again, with another checkpoint, after it has failed.
     *
     * @param checkpoint null for a base without rows
     * @param restored receives the snapshot, empty if there is no checkpoint; the receiver releases it. Fails with CORRUPT
     *     if something of the checkpoint is damaged or missing, and names it; damage never reads as empty
     */
    void restore(@Nullable Checkpoint checkpoint, Callback<ByteBuf> restored);

    /** The rows below all layers. To be used once restored. */
    StateBase base();

    /**
     * Writes a layer into the base, for this owner only: another owner sees it once it is part of a checkpoint. If that
     * fails, the base has some of the layer's changes, and the same or more must be written again.
     */
    void write(Layer layer, Callback<Done> written);

    /**
     * Stores a checkpoint durably: the snapshot, and the base with all layers that were written before this call, and with
     * none that is written afterwards. One at a time.
     *
     * @param frame the last frame that it contains
     * @param snapshot ownership passes to the store
     */
    void save(long frame, ByteBuf snapshot, Callback<Checkpoint> saved);

    /**
     * The descriptor has changed: deletes what belongs to no checkpoint that it names. A failure is logged by the store,
     * and a later owner tries again.
     *
     * @param kept what the descriptor names now
     * @param dropped what it does not name any more
     */
    void published(List<Checkpoint> kept, List<Checkpoint> dropped);

    /** The owner is gone: lets go of everything. No callback is called afterwards. */
    void close();
}
