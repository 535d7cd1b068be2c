/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.tiering;

import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.tiering.StorageException.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What every {@link ChunkStorage} must do: what there is under a name, and what there is not. */
abstract class ChunkNamingContract extends ChunkWritingContract {
    @Test
    void nothingIsReadBeyondTheEnd() {
        Chunks chunks = chunks();
        chunks.put(name("a"), Bytes.of(1, 100));
        assertFails(Kind.INVALID_OFFSET, () -> chunks.read(name("a"), 0, 101));
        assertFails(Kind.INVALID_OFFSET, () -> chunks.read(name("a"), 100, 1));
        assertFails(Kind.INVALID_OFFSET, () -> chunks.read(name("a"), 1L << 40, 10));
        assertFails(Kind.BAD_REQUEST, () -> chunks.read(name("a"), Long.MAX_VALUE, 1));
        assertFails(Kind.BAD_REQUEST, () -> chunks.read(name("a"), -1, 10));
        assertFails(Kind.BAD_REQUEST, () -> chunks.read(name("a"), 0, 0));
    }

    @Test
    void whatIsMissingIsNotFound() {
        Chunks chunks = chunks();
        assertThat(chunks.exists(name("a"))).isFalse();
        assertFails(Kind.NOT_FOUND, () -> chunks.length(name("a")));
        assertFails(Kind.NOT_FOUND, () -> chunks.read(name("a"), 0, 1));
        assertFails(Kind.NOT_FOUND, () -> chunks.seal(name("a")));
        chunks.put(name("b/c"), Bytes.of(1, 1));
        assertThat(chunks.exists(name("b"))).isFalse();
        assertFails(Kind.NOT_FOUND, () -> chunks.length(name("b")));
        assertFails(Kind.NOT_FOUND, () -> chunks.read(name("b"), 0, 1));
        chunks.delete(name("b"));
        assertThat(chunks.read(name("b/c"), 0, 1)).isEqualTo(Bytes.of(1, 1));
    }

    /** Where names are those of files, a file has nothing below it. */
    protected final void assertThatNothingIsBelowAChunk() {
        Chunks chunks = chunks();
        chunks.put(name("a/b"), Bytes.of(1, 1));
        assertThat(chunks.exists(name("a/b/c"))).isFalse();
        assertFails(Kind.NOT_FOUND, () -> chunks.read(name("a/b/c"), 0, 1));
        assertThat(chunks.list(name("a/b/"), 10)).isEmpty();
        chunks.delete(name("a/b/c"));
        chunks.delete(name("a"));
        assertFails(Kind.BAD_REQUEST, () -> chunks.put(name("a/b/c"), Bytes.of(1, 1)));
        assertFails(Kind.BAD_REQUEST, () -> chunks.create(name("a/b/c")));
        assertFails(Kind.BAD_REQUEST, () -> chunks.put(name("a"), Bytes.of(1, 1)));
        assertFails(Kind.BAD_REQUEST, () -> chunks.create(name("a")));
        assertThat(chunks.read(name("a/b"), 0, 1)).isEqualTo(Bytes.of(1, 1));
    }

    @Test
    void badNamesAreRefused() {
        Chunks chunks = chunks();
        for (String bad : List.of("", "/", "/a", "a/", "a//b", "x".repeat(201), "a/".repeat(16) + "a", "\ud800")) {
            assertFails(Kind.BAD_REQUEST, () -> chunks.put(bad, Bytes.of(1, 1)));
            assertFails(Kind.BAD_REQUEST, () -> chunks.create(bad));
            assertFails(Kind.BAD_REQUEST, () -> chunks.read(bad, 0, 1));
            assertFails(Kind.BAD_REQUEST, () -> chunks.length(bad));
            assertFails(Kind.BAD_REQUEST, () -> chunks.exists(bad));
            assertFails(Kind.BAD_REQUEST, () -> chunks.seal(bad));
            assertFails(Kind.BAD_REQUEST, () -> chunks.delete(bad));
            assertFails(Kind.BAD_REQUEST, () -> chunks.merge(name("m"), List.of(new ChunkSlice(bad, 1))));
        }
        assertFails(Kind.BAD_REQUEST, () -> chunks.page("a", null, 10));
        assertFails(Kind.BAD_REQUEST, () -> chunks.page("a//", null, 10));
        assertFails(Kind.BAD_REQUEST, () -> chunks.page("", null, 0));
        assertFails(Kind.BAD_REQUEST, () -> chunks.page("", null, 1_001));
    }

    @Test
    void strangeNamesStayApartAndComeBack() {
        Chunks chunks = chunks();
        List<String> names = Stream.of(
                        "...",
                        "./here",
                        "%2E",
                        ".hidden",
                        "../up",
                        "0.#epoch.0",
                        "a b+c&d=e?f",
                        "back\\slash",
                        "colon:star*",
                        "line\nfeed\u0000",
                        "\u00fcml\u00e4ut \ud83d\ude80",
                        "~tilde",
                        "x".repeat(200),
                        "deep/1/2/3/4/5/6/7/8/9/10")
                .map(this::name)
                .toList();
        for (int i = 0; i < names.size(); i++) {
            chunks.put(names.get(i), Bytes.of(i, 10 + i));
        }
        for (int i = 0; i < names.size(); i++) {
            assertThat(chunks.read(names.get(i), 0, 10 + i)).isEqualTo(Bytes.of(i, 10 + i));
        }
        assertThat(chunks.list(directory + "/", 5))
                .extracting(ChunkInfo::chunk)
                .containsExactlyInAnyOrderElementsOf(names);
    }

    @Test
    void deletingCanBeRepeated() {
        Chunks chunks = chunks();
        chunks.put(name("x/a"), Bytes.of(1, 10));
        Chunks.Writer writer = chunks.create(name("x/b"));
        writer.write(0, Bytes.of(2, block(chunks)));
        for (int i = 0; i < 2; i++) {
            chunks.delete(name("x/a"));
            chunks.delete(name("x/b"));
            assertThat(chunks.exists(name("x/a"))).isFalse();
            assertThat(chunks.exists(name("x/b"))).isFalse();
        }
        writer.close();
        assertThat(chunks.list(directory + "/", 10)).isEmpty();
        assertFails(Kind.NOT_FOUND, () -> chunks.read(name("x/a"), 0, 1));
        chunks.put(name("x/c"), Bytes.of(3, 10));
        assertThat(chunks.read(name("x/c"), 0, 10)).isEqualTo(Bytes.of(3, 10));
    }

    @Test
    void chunksComeAndGoInOneDirectoryAtTheSameTime() {
        List<Chunks> clients = List.of(chunks(), chunks());
        List<CompletableFuture<Done>> ends = new ArrayList<>();
        for (int i = 0; i < 60; i++) {
            Chunks client = clients.get(i % 2);
            String chunk = name("deep/er/" + i);
            ends.add(client.putting(chunk, Bytes.of(i, 100))
                    .thenCompose(done ->
                            client.<Done>call(callback -> client.storage().delete(chunk, loop, callback))));
        }
        ends.forEach(Chunks::await);
        assertThat(clients.get(0).list(directory + "/", 10)).isEmpty();
    }

    @Test
    void listingsHavePages() {
        Chunks chunks = chunks();
        Map<String, Long> expected = new TreeMap<>();
        for (int i = 0; i < 25; i++) {
            String chunk = name((i % 5) + "/" + (i % 2 == 0 ? "sub/" : "") + "chunk-" + i);
            chunks.put(chunk, Bytes.of(1, i));
            expected.put(chunk, (long) i);
        }
        for (int limit : List.of(1, 7, 24, 25, 1_000)) {
            Map<String, Long> listed = new TreeMap<>();
            chunks.list(directory + "/", limit).forEach(info -> listed.put(info.chunk(), info.length()));
            assertThat(listed).as("pages of %s", limit).isEqualTo(expected);
        }
        assertThat(chunks.page(directory + "/", null, 7).chunks()).hasSize(7);
        assertThat(chunks.page(directory + "/", null, 25).next()).isNull();
        assertThat(chunks.list(name("2/"), 2))
                .extracting(ChunkInfo::chunk)
                .containsExactlyInAnyOrder(
                        name("2/sub/chunk-2"),
                        name("2/chunk-7"),
                        name("2/sub/chunk-12"),
                        name("2/chunk-17"),
                        name("2/sub/chunk-22"));
        assertThat(chunks.list(name("2/sub/"), 2)).hasSize(3);
        assertThat(chunks.list(name("none/"), 2)).isEmpty();
        assertThat(chunks.list("", 1_000)).extracting(ChunkInfo::chunk).containsAll(expected.keySet());
    }

    @Test
    void aListingGoesOnWhereAChunkWasDeleted() {
        Chunks chunks = chunks();
        for (int i = 0; i < 10; i++) {
            chunks.put(name("d" + i / 2 + "/c" + i), Bytes.of(1, 1));
        }
        ChunkPage page = chunks.page(directory + "/", null, 3);
        List<String> names =
                new ArrayList<>(page.chunks().stream().map(ChunkInfo::chunk).toList());
        names.forEach(chunks::delete);
        while (page.next() != null) {
            page = chunks.page(directory + "/", page.next(), 3);
            page.chunks().forEach(info -> names.add(info.chunk()));
        }
        assertThat(names).hasSize(10).doesNotHaveDuplicates();
    }
}
