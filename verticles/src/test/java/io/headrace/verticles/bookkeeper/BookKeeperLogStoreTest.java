/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.verticles.bookkeeper;

import io.headrace.engine.log.CheckpointStore;
import io.headrace.engine.log.LogStore;
import io.headrace.testkit.log.LogStoreContract;
import io.headrace.verticles.embedded.EmbeddedEnsemble;
import io.headrace.verticles.embedded.EmbeddedOptions;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

class BookKeeperLogStoreTest extends LogStoreContract {
    @TempDir
    private static Path directory;

    private static EmbeddedEnsemble ensemble;
    private static BookKeeperLogStore store;

    /** Rolls over every 10 frames or so. */
    private static BookKeeperLogStore rolling;

    @BeforeAll
    static void start() throws InterruptedException {
        ensemble = EmbeddedEnsemble.start(EmbeddedOptions.in(directory));
        LogOptions options = LogOptions.of(ensemble.connectString());
        store = BookKeeperLogStore.connect(options);
        rolling = BookKeeperLogStore.connect(options.withRollBytes(10_000));
    }

    @AfterAll
    static void close() {
        rolling.close();
        store.close();
        ensemble.close();
    }

    @Override
    protected LogStore store() {
        return store;
    }

    @Override
    protected LogStore store(long bytes) {
        return rolling;
    }

    @Override
    protected CheckpointStore checkpoints() {
        return store.checkpoints();
    }
}
