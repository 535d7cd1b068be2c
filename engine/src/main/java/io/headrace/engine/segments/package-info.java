/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */

/**
 * The {@code segments} state machine: append-only sequences of bytes with attributes. Runs on its partition's loop;
 * must never hold a buffer longer than a reply needs it.
 *
 * <p>{@link io.headrace.engine.segments.SegmentsMachine} executes commands, with {@code Reads} and {@code Merges}; what
 * is durable is in {@code SegmentsState}, what belongs to this owner only in {@code Connections} and {@code LoadMeters}.
 * The durable formats are {@code SegmentRecord} and {@code Snapshot}.
 */
@NullMarked
package io.headrace.engine.segments;

import org.jspecify.annotations.NullMarked;
