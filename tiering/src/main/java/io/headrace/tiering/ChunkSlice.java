/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.tiering;

/**
 * The first bytes of a chunk.
 *
 * @param length how many of its bytes count, at least 0. A chunk can be longer than what its owner has recorded, if the
 *     owner died between writing and recording
 */
public record ChunkSlice(String chunk, long length) {}
