/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.server;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** What happens to the chunks of a server in a directory, as far as looks at it show. */
final class ChunkFiles {
    private static final Pattern CHUNK = Pattern.compile("segments-\\d+-\\p{XDigit}{16}/\\d+-\\d+");

    private final Path directory;
    private final Set<String> seen = new HashSet<>();
    private Map<String, Long> before = Map.of();
    private Map<String, Long> now = Map.of();

    ChunkFiles(Path directory) {
        this.directory = directory;
    }

    /** What happened so far does not count any more. */
    void forget() throws IOException {
        seen.clear();
        before = list();
        now = before;
    }

    ChunkFiles look() throws IOException {
        now = list();
        seen.addAll(now.keySet());
        return this;
    }

    int count() {
        return now.size();
    }

    /** Whether there are chunks that had not been there. */
    boolean haveGrown() {
        return seen.stream().anyMatch(chunk -> !before.containsKey(chunk));
    }

    /** Whether there is a new chunk that has more than so many bytes. */
    boolean wereJoined(long bytes) {
        return now.entrySet().stream()
                .anyMatch(chunk -> chunk.getValue() > bytes && !before.containsKey(chunk.getKey()));
    }

    /** Whether a chunk is gone that had been there. */
    boolean wereDeleted() {
        return !now.keySet().containsAll(seen);
    }

    private Map<String, Long> list() throws IOException {
        List<Path> files;
        try (Stream<Path> found = Files.walk(directory)) {
            files = found.toList();
        } catch (UncheckedIOException e) {
            // Something was deleted meanwhile.
            return now;
        }
        Map<String, Long> chunks = new HashMap<>();
        for (Path file : files) {
            String name = directory.relativize(file).toString();
            if (CHUNK.matcher(name).matches()) {
                try {
                    chunks.put(name, Files.size(file));
                } catch (NoSuchFileException e) {
                    // As above.
                }
            }
        }
        return chunks;
    }
}
