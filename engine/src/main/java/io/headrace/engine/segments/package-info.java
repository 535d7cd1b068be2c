/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */

/**
 * The {@code segments} state machine: append-only sequences of bytes with attributes. Runs on its partition's loop;
 * must never hold a buffer longer than a reply needs it.
 *
 * <p>{@link io.headrace.engine.segments.SegmentsMachine} executes commands, with {@code Reads} and {@code Merges}; what
 * is durable is in {@code SegmentsState}, what belongs to this owner only in {@code Connections}, {@code LoadMeters} and
 * {@code Tiering}. The durable formats are {@code SegmentRecord}, {@code TierRecord} and {@code Snapshot}.
 *
 * <p>{@code Tiering} moves data to long-term storage: {@code StorageWriter} into chunks, {@code ChunkJoins} from small ones
 * into large ones, {@code ChunkDeletions} out again; {@code ChunkReads} brings it back for readers. Rows of chunks are in
 * {@code Chunks}.
 */
@NullMarked
package io.headrace.engine.segments;

import org.jspecify.annotations.NullMarked;
