/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.verticles.bookkeeper;

import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.engine.log.Done;
import io.headrace.engine.log.PartitionLog;
import io.headrace.verticles.embedded.EmbeddedEnsemble;
import io.headrace.verticles.embedded.EmbeddedOptions;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The disk as a process leaves it that is killed while the bookie writes its journal. */
class KilledBookieTest {
    private static final int FRAMES = 40;

    @TempDir
    private Path directory;

    @Test
    void aLogOpensWithoutTheFrameThatWasNotWrittenToItsEnd() throws Exception {
        Path killed = directory.resolve("killed");
        try (EmbeddedEnsemble ensemble = EmbeddedEnsemble.start(EmbeddedOptions.in(directory.resolve("alive")));
                BookKeeperLogStore store = BookKeeperLogStore.connect(LogOptions.of(ensemble.connectString()));
                TestLog logs = new TestLog("test")) {
            logs.append(logs.open(store), FRAMES);
            copy(directory.resolve("alive"), killed);
        }
        loseTheEndOf(newestJournal(killed.resolve("bookie/journal/current")));
        try (EmbeddedEnsemble ensemble = EmbeddedEnsemble.start(EmbeddedOptions.in(killed));
                BookKeeperLogStore store = BookKeeperLogStore.connect(LogOptions.of(ensemble.connectString()));
                TestLog logs = new TestLog("test")) {
            PartitionLog log = logs.open(store);
            // All frames only if the bookie had put them into its entry log before the copy was made.
            assertThat(log.nextFrame()).isIn((long) FRAMES, FRAMES + 1L);
            logs.append(log, 3);
            logs.read(logs.open(store), 1, FRAMES + 2);
        }
    }

    @Test
    void aLogOpensFromJournalFilesThatWereWrittenOver() throws Exception {
        Path alive = directory.resolve("alive");
        Path killed = directory.resolve("killed");
        Path journals = Path.of("bookie/journal/current");
        int frames = 0;
        try (EmbeddedEnsemble ensemble = EmbeddedEnsemble.start(small(alive));
                BookKeeperLogStore store = BookKeeperLogStore.connect(LogOptions.of(ensemble.connectString()));
                TestLog logs = new TestLog("test")) {
            PartitionLog log = logs.open(store);
            Map<Object, Path> first = byInode(alive.resolve(journals));
            while (!hasOtherName(first, byInode(alive.resolve(journals)))) {
                first.putAll(byInode(alive.resolve(journals)));
                List<CompletableFuture<Done>> appending = new ArrayList<>();
                for (int i = 0; i < 500; i++) {
                    appending.add(logs.appending(log));
                }
                for (CompletableFuture<Done> each : appending) {
                    each.get(60, TimeUnit.SECONDS);
                }
                frames += appending.size();
                assertThat(frames)
                        .as("frames without a file that was written over")
                        .isLessThan(200_000);
            }
            copy(alive, killed);
        }
        try (EmbeddedEnsemble ensemble = EmbeddedEnsemble.start(small(killed));
                BookKeeperLogStore store = BookKeeperLogStore.connect(LogOptions.of(ensemble.connectString()));
                TestLog logs = new TestLog("test")) {
            PartitionLog log = logs.open(store);
            assertThat(log.nextFrame()).isEqualTo(frames + 1L);
            logs.append(log, 3);
            logs.read(logs.open(store), 1, frames + 3);
        }
    }

    /** With files that are full soon. */
    private static EmbeddedOptions small(Path directory) {
        return new EmbeddedOptions(directory, 0, 0, 1 << 20, 1 << 20, 4 << 20, 1 << 20);
    }

    private static Map<Object, Path> byInode(Path journals) throws IOException {
        Map<Object, Path> files = new HashMap<>();
        for (Path file : journals(journals)) {
            try {
                files.put(Files.getAttribute(file, "unix:ino"), file);
            } catch (NoSuchFileException e) {
                // The bookie has deleted it meanwhile.
            }
        }
        return files;
    }

    private static boolean hasOtherName(Map<Object, Path> before, Map<Object, Path> now) {
        return now.entrySet().stream()
                .anyMatch(file -> before.containsKey(file.getKey())
                        && !file.getValue().equals(before.get(file.getKey()))
                        && Files.notExists(before.get(file.getKey())));
    }

    private static List<Path> journals(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.filter(file -> file.toString().endsWith(".txn")).toList();
        }
    }

    private static Path newestJournal(Path journals) throws IOException {
        return journals(journals).stream().max(Comparator.naturalOrder()).orElseThrow();
    }

    /** Puts zeros in the place of the end of what was written. */
    private static void loseTheEndOf(Path journal) throws IOException {
        byte[] bytes = Files.readAllBytes(journal);
        int end = bytes.length;
        while (bytes[end - 1] == 0) {
            end--;
        }
        try (RandomAccessFile file = new RandomAccessFile(journal.toFile(), "rw")) {
            file.seek(end - 200L);
            file.write(new byte[200]);
        }
    }

    private static void copy(Path from, Path to) throws IOException {
        List<Path> files;
        try (Stream<Path> found = Files.walk(from)) {
            files = found.toList();
        }
        for (Path file : files) {
            Path target = to.resolve(from.relativize(file).toString());
            if (Files.isDirectory(file)) {
                Files.createDirectories(target);
            } else {
                Files.copy(file, target);
            }
        }
    }
}
