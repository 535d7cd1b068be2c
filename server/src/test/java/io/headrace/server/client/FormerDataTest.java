/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.server.client;

import io.headrace.client.HeadraceClient;
import io.headrace.server.TestServer;
import java.io.IOException;
import java.io.InputStream;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Whole data directories of older versions, which have to be opened for ever. See {@link FormerData} for how they are made. */
final class FormerDataTest {
    @TempDir
    Path data;

    /**
     * Opens one of them.
     *
     * @param archive a directory whose name says which version of a snapshot the server wrote
     * @param rounds how often it had been gone on with
     */
    @ParameterizedTest
    @CsvSource({"snapshot-4-terminated, 0", "snapshot-4-killed, 1"})
    void isOpenedReadAndGoneOnWith(String archive, int rounds) throws IOException {
        unpack(archive);
        try (TestServer server = TestServer.in(data)) {
            with(server, kept -> {
                kept.check(rounds);
                kept.checkGroup();
                kept.goOn(rounds);
                kept.endOpenTransaction();
            });
        }
        try (TestServer server = TestServer.in(data)) {
            with(server, kept -> {
                kept.check(rounds + 1);
                kept.goOn(rounds + 1);
                kept.check(rounds + 2);
            });
        }
    }

    private static void with(TestServer server, Consumer<FormerData> action) {
        try (HeadraceClient client = HeadraceClient.connect(server.controller())) {
            action.accept(new FormerData(client));
        }
    }

    /** An archive has each file without the zeros at its end, which are most of it; behind the name stands its length. */
    private void unpack(String archive) throws IOException {
        try (InputStream bytes = FormerDataTest.class.getResourceAsStream("/former/" + archive + ".zip");
                ZipInputStream zip = new ZipInputStream(Objects.requireNonNull(bytes, archive))) {
            for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
                String[] nameAndLength = entry.getName().split("#", 2);
                Path file = data.resolve(nameAndLength[0]);
                Files.createDirectories(file.getParent());
                Files.copy(zip, file);
                try (RandomAccessFile whole = new RandomAccessFile(file.toFile(), "rw")) {
                    whole.setLength(Long.parseLong(nameAndLength[1]));
                }
            }
        }
    }
}
