/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.tiering.worker;

import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.tiering.ChunkInfo;
import io.headrace.tiering.ChunkPage;
import io.headrace.tiering.worker.DirectoryWalk.Entry;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

final class DirectoryWalkTest {

    /** Files of a tree by the paths of their directories. */
    private final SortedMap<String, SortedMap<String, Entry>> tree = new TreeMap<>();

    private List<Entry> entries(List<String> directory, String after, int max) {
        return tree.getOrDefault(String.join("/", directory), new TreeMap<>()).tailMap(after + "\0").values().stream()
                .limit(max)
                .toList();
    }

    private void add(String directory, Entry entry) {
        tree.computeIfAbsent(directory, unused -> new TreeMap<>()).put(entry.name(), entry);
    }

    private void file(String path) {
        int slash = path.lastIndexOf('/');
        add(slash < 0 ? "" : path.substring(0, slash), new Entry(path.substring(slash + 1), false, path.length()));
        for (int end = slash; end > 0; end = path.lastIndexOf('/', end - 1)) {
            int start = path.lastIndexOf('/', end - 1);
            add(start < 0 ? "" : path.substring(0, start), new Entry(path.substring(start + 1, end), true, 0));
        }
    }

    private List<String> list(List<String> prefix, int limit) throws IOException {
        List<String> names = new ArrayList<>();
        String from = null;
        do {
            ChunkPage page = page(prefix, from, limit);
            assertThat(page.chunks()).hasSizeLessThanOrEqualTo(limit);
            page.chunks().stream().map(ChunkInfo::chunk).forEach(names::add);
            from = page.next();
        } while (from != null);
        return names;
    }

    private ChunkPage page(List<String> prefix, @Nullable String from, int limit) throws IOException {
        return DirectoryWalk.page(this::entries, prefix, from, limit);
    }

    @Test
    void aDirectoryCanHaveMoreThanIsReadAtOnce() throws IOException {
        List<String> expected = new ArrayList<>();
        for (int i = 0; i < 2_500; i++) {
            String path = "a/" + (10_000 + i);
            file(path);
            expected.add(path);
        }
        file("b");
        expected.add("b");
        assertThat(list(List.of(), 1_000)).isEqualTo(expected);
        assertThat(list(List.of("a"), 999)).isEqualTo(expected.subList(0, 2_500));
    }

    @Test
    void foreignEntriesAreLeftOut() throws IOException {
        file("a/b");
        file(".temporary/x");
        file("with space");
        file("%zz/c");
        add("", new Entry("empty", true, 0));
        assertThat(list(List.of(), 1)).containsExactly("a/b");
    }

    @Test
    void anyTreeIsListedOnceWhateverTheSizeOfPages() throws IOException {
        Random random = new Random(1);
        for (int run = 0; run < 50; run++) {
            tree.clear();
            List<String> paths = new ArrayList<>();
            for (int i = random.nextInt(40); i > 0; i--) {
                String path = "d" + random.nextInt(3) + "/"
                        + (random.nextBoolean() ? "e-" + random.nextInt(3) + "/" : "") + "f" + random.nextInt(30);
                if (!paths.contains(path)) {
                    paths.add(path);
                    file(path);
                }
            }
            for (int limit = 1; limit < 10; limit++) {
                assertThat(list(List.of(), limit)).containsExactlyInAnyOrderElementsOf(paths);
                assertThat(list(List.of("d1", "e-1"), limit))
                        .containsExactlyInAnyOrderElementsOf(paths.stream()
                                .filter(path -> path.startsWith("d1/e-1/"))
                                .toList());
            }
        }
    }
}
