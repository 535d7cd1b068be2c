/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.headrace.server.settings.Settings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class DataDirectoryTest {
    @TempDir
    Path temporary;

    @Test
    void isCreatedAndCanBeTakenAgainAfterClosing() throws IOException {
        Path path = temporary.resolve("a/b");
        DataDirectory.open(path, ClusterFile.NAME).close();
        try (DataDirectory again = DataDirectory.open(path, ClusterFile.NAME)) {
            assertThat(again.path()).isEqualTo(path).isDirectory();
        }
    }

    @Test
    void belongsToOneServerAtATime() throws IOException {
        try (DataDirectory first = DataDirectory.open(temporary, ClusterFile.NAME)) {
            refused(first.path(), "in use by another server");
        }
    }

    @Test
    void isNeverLaidOverFilesOfOthers() throws IOException {
        Files.writeString(temporary.resolve("thesis.txt"), "precious");
        refused(temporary, "is not empty");
    }

    @Test
    void mustBeADirectoryThatCanBeWritten() throws IOException {
        Path file = Files.writeString(temporary.resolve("file"), "");
        refused(file, file + " is a file: remove it");
        refused(file.resolve("below"), "cannot write to the data directory");
    }

    @Test
    void remembersWhatWasDecidedAtFirstUse() throws IOException {
        ClusterFile first = readOrCreate(Map.of("segments-partitions", "7"));
        assertThat(first).isEqualTo(new ClusterFile(7, 1));
        assertThat(readOrCreate(Map.of())).isEqualTo(first);
        assertThat(readOrCreate(Map.of("segments-partitions", "7"))).isEqualTo(first);
        assertThatExceptionOfType(StartException.class)
                .isThrownBy(() -> readOrCreate(Map.of("segments-partitions", "8")))
                .withMessageContaining("segments-partitions is 7")
                .withMessageContaining("cannot be changed to 8");
    }

    @Test
    void neverGuessesWhatADamagedFileSaid() throws IOException {
        readOrCreate(Map.of());
        Path file = temporary.resolve(ClusterFile.NAME);
        String whole = Files.readString(file);
        for (String damaged : new String[] {
            "", "format=2\n", whole.replace("segments-partitions=4", "segments-partitions=x"), "format=\\u00zz"
        }) {
            Files.writeString(file, damaged);
            assertThatExceptionOfType(StartException.class)
                    .isThrownBy(() -> readOrCreate(Map.of()))
                    .withMessageContaining("is damaged");
            assertThat(file).hasContent(damaged);
        }
    }

    private ClusterFile readOrCreate(Map<String, String> options) throws IOException {
        return ClusterFile.readOrCreate(temporary, Settings.resolve(options, Map.of(), null));
    }

    private static void refused(Path path, String message) {
        assertThatExceptionOfType(StartException.class)
                .isThrownBy(() -> DataDirectory.open(path, ClusterFile.NAME))
                .withMessageContaining(message);
    }
}
