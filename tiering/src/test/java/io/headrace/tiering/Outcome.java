/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.tiering;

import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** How an operation ended: null for success, else the kind of its failure. */
public final class Outcome {
    private Outcome() {}

    public static StorageException.@Nullable Kind of(CompletableFuture<?> answer) {
        return of(() -> Chunks.await(answer));
    }

    public static StorageException.@Nullable Kind of(Runnable step) {
        try {
            step.run();
            return null;
        } catch (StorageException e) {
            return e.kind();
        }
    }
}
