/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.tiering;

/**
 * What a storage can do.
 *
 * @param readableBeforeSeal bytes of an acknowledged write can be read at once, and survive a crash of the writer. If
 *     false, nothing of a chunk exists before it is sealed
 * @param minimumWriteBytes what each write of a {@link ChunkWriter} but the last must bring at least
 * @param merges {@link ChunkStorage#merge} works, and the bytes stay within the storage as far as they can
 * @param mergeConsumesSources the sources of a merge are gone with its success; otherwise they stay
 */
public record StorageTraits(
        boolean readableBeforeSeal, int minimumWriteBytes, boolean merges, boolean mergeConsumesSources) {}
