/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.tiering;

import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.tiering.StorageException.Kind;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;

/** Random operations on a few names, compared with a map. */
final class ModelRun {
    private static final int NAMES = 6;
    private static final int MAX_BYTES = 5_000;

    private final Chunks chunks;
    private final String directory;
    private final Random random;
    private final Map<String, byte[]> model = new HashMap<>();

    ModelRun(Chunks chunks, String directory, long seed) {
        this.chunks = chunks;
        this.directory = directory;
        this.random = new Random(seed);
    }

    void run(int steps) {
        for (int step = 0; step < steps; step++) {
            String chunk = directory + "/" + random.nextInt(2) + "/" + random.nextInt(NAMES);
            switch (random.nextInt(5)) {
                case 0 -> put(chunk);
                case 1 -> write(chunk);
                case 2 -> delete(chunk);
                case 3 -> read(chunk);
                default -> list();
            }
        }
    }

    private void put(String chunk) {
        byte[] bytes = Bytes.of(random.nextLong(), random.nextInt(MAX_BYTES));
        assertThat(Outcome.of(chunks.putting(chunk, bytes)))
                .isEqualTo(model.containsKey(chunk) ? Kind.ALREADY_EXISTS : null);
        model.putIfAbsent(chunk, bytes);
    }

    private void write(String chunk) {
        byte[] bytes = Bytes.of(random.nextLong(), 1 + random.nextInt(MAX_BYTES));
        Kind expected = model.containsKey(chunk) ? Kind.ALREADY_EXISTS : null;
        assertThat(Outcome.of(() -> {
                    Chunks.Writer writer = chunks.create(chunk);
                    writer.write(0, bytes);
                    writer.seal();
                }))
                .isEqualTo(expected);
        model.putIfAbsent(chunk, bytes);
    }

    private void delete(String chunk) {
        chunks.delete(chunk);
        model.remove(chunk);
    }

    private void read(String chunk) {
        byte[] bytes = model.get(chunk);
        assertThat(chunks.exists(chunk)).isEqualTo(bytes != null);
        if (bytes == null || bytes.length == 0) {
            return;
        }
        int offset = random.nextInt(bytes.length);
        int length = 1 + random.nextInt(bytes.length - offset);
        assertThat(chunks.read(chunk, offset, length)).isEqualTo(ChunkStorageFixture.part(bytes, offset, length));
        assertThat(chunks.length(chunk)).isEqualTo(bytes.length);
    }

    private void list() {
        Map<String, Long> expected = new TreeMap<>();
        model.forEach((chunk, bytes) -> expected.put(chunk, (long) bytes.length));
        List<ChunkInfo> listed = chunks.list(directory + "/", 1 + random.nextInt(10));
        assertThat(listed).hasSize(expected.size());
        Map<String, Long> found = new TreeMap<>();
        listed.forEach(info -> found.put(info.chunk(), info.length()));
        assertThat(found).isEqualTo(expected);
    }
}
