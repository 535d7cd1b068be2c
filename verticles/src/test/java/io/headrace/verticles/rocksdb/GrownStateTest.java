/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.verticles.rocksdb;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A small {@link GrownState}, which checks what it finds; with room in memory for a tenth of the segments. */
class GrownStateTest {
    @TempDir
    Path directory;

    @Test
    void whatIsNotInMemoryIsFound() throws Exception {
        new GrownState(directory, 2_000, 5_000, 3_000, 500).measure();
    }
}
