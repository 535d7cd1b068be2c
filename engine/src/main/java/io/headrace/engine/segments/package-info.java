/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */

/**
 * The {@code segments} state machine: append-only sequences of bytes with attributes. Runs on its partition's loop;
 * must never hold a buffer longer than a reply needs it.
 *
 * <p>{@link io.headrace.engine.segments.SegmentsMachine} executes commands, with {@code Reads} and {@code Merges}; what
 * is durable is in {@code SegmentsState}, what belongs to this owner only in {@code Connections}, {@code LoadMeters} and
 * {@code Tiering}. Segments in use are objects ({@code HotSegments}), all others rows ({@code SegmentRows}): one that is
 * kept over a turn must be among what {@code HotSegments} takes for needed. The durable formats are {@code SegmentRecord},
 * {@code TierRecord}, {@code Snapshot}, {@code SegmentRows} and {@code SegmentFormat}.
 *
 * <p>{@code Tiering} moves data to long-term storage: {@code StorageWriter} into chunks, {@code ChunkJoins} from small ones
 * into large ones, {@code ChunkDeletions} out again; {@code ChunkReads} brings it back for readers. The chunks are in
 * {@code Chunks} as long as they may change, and then rows ({@code ChunkRows}).
 */
@NullMarked
package io.headrace.engine.segments;

import org.jspecify.annotations.NullMarked;
