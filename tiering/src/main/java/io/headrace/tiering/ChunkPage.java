/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.tiering;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A part of a listing.
 *
 * @param chunks in an order of the storage's own, the same for each listing
 * @param next from where to list on, or null if this was the last page
 */
public record ChunkPage(List<ChunkInfo> chunks, @Nullable String next) {
    public ChunkPage {
        chunks = List.copyOf(chunks);
    }
}
