/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.tiering;

/**
 * A chunk that was found in a listing.
 *
 * @param length in bytes; of a chunk that is not sealed possibly less than what has been acknowledged
 */
public record ChunkInfo(String chunk, long length) {}
