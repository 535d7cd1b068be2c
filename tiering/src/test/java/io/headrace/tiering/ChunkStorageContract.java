/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.tiering;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.headrace.tiering.StorageException.Kind;
import io.netty.buffer.ByteBuf;
import java.io.IOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What every {@link ChunkStorage} must do. Extend it and give the storages. */
public abstract class ChunkStorageContract {
    private static final int MIB = 1 << 20;

    /** Directory of this test: a name that no other test uses. */
    protected final String directory = "test-" + UUID.randomUUID();

    protected final TestLoop loop = new TestLoop();
    private final List<ChunkStorage> opened = new ArrayList<>();

    /** Address of the storage, for another process, too. */
    protected abstract URI address();

    /** System properties that another process needs to open it. */
    protected Map<String, String> properties() {
        return Map.of();
    }

    /** A storage of its own that has room for about a mebibyte. */
    protected abstract ChunkStorage small() throws IOException;

    /** A storage that cannot be reached: nothing ever answers. */
    protected abstract ChunkStorage silent(StorageOptions options) throws IOException;

    @AfterEach
    final void closeStorages() {
        opened.forEach(ChunkStorage::close);
        loop.close();
    }

    /** A new client of the storage. */
    protected final Chunks chunks() {
        return chunks(ChunkStorages.open(address(), Chunks.PATIENT));
    }

    protected final Chunks chunks(ChunkStorage storage) {
        opened.add(storage);
        return new Chunks(storage, loop);
    }

    protected final String name(String last) {
        return directory + "/" + last;
    }

    @Test
    void aStorageHasAnIdentity() {
        Chunks chunks = chunks();
        String identity = chunks.identity();
        assertThat(UUID.fromString(identity)).hasToString(identity);
        assertThat(chunks.identity()).isEqualTo(identity);
        assertThat(chunks().identity()).isEqualTo(identity);
        assertThat(chunks.list("", 1_000)).extracting(ChunkInfo::chunk).doesNotContain(".headrace-chunks");
    }

    @Test
    void whatIsPutIsReadBack() {
        Chunks chunks = chunks();
        byte[] bytes = Bytes.of(1, 100_000);
        chunks.put(name("a"), bytes);

        assertThat(chunks.length(name("a"))).isEqualTo(bytes.length);
        assertThat(chunks.exists(name("a"))).isTrue();
        assertThat(chunks.read(name("a"), 0, bytes.length)).isEqualTo(bytes);
        assertThat(chunks.read(name("a"), 77_777, 22_223)).isEqualTo(Bytes.of(1, 77_777, 22_223));
        assertThat(chunks.read(name("a"), 99_999, 1)).isEqualTo(Bytes.of(1, 99_999, 1));
        assertThat(chunks().read(name("a"), 5, 5)).isEqualTo(Bytes.of(1, 5, 5));
        assertThat(chunks.seal(name("a"))).isEqualTo(bytes.length);
    }

    @Test
    void anEmptyChunkCanBeMade() {
        Chunks chunks = chunks();
        chunks.put(name("put"), new byte[0]);
        assertThat(chunks.create(name("created")).seal()).isZero();

        for (String chunk : List.of(name("put"), name("created"))) {
            assertThat(chunks.exists(chunk)).isTrue();
            assertThat(chunks.length(chunk)).isZero();
            assertFails(Kind.INVALID_OFFSET, () -> chunks.read(chunk, 0, 1));
        }
    }

    @Test
    void aChunkIsNeverReplaced() {
        Chunks chunks = chunks();
        chunks.put(name("a"), Bytes.of(1, 10));

        assertFails(Kind.ALREADY_EXISTS, () -> chunks.put(name("a"), Bytes.of(2, 20)));
        assertFails(Kind.ALREADY_EXISTS, () -> chunks.create(name("a")));
        assertFails(Kind.ALREADY_EXISTS, () -> chunks().put(name("a"), new byte[0]));
        assertThat(chunks.read(name("a"), 0, 10)).isEqualTo(Bytes.of(1, 10));
    }

    @Test
    void whatIsWrittenIsReadBack() {
        Chunks chunks = chunks();
        Chunks.Writer writer = chunks.create(name("a"));
        int block = block(chunks);
        assertThat(writer.length()).isZero();
        assertThat(writer.write(0, Bytes.of(1, 0, block))).isEqualTo(block);
        assertThat(writer.write(block, Bytes.of(1, block, block))).isEqualTo(2L * block);
        assertThat(writer.write(2L * block, Bytes.of(1, 2L * block, 1))).isEqualTo(2L * block + 1);
        assertThat(writer.length()).isEqualTo(2L * block + 1);
        assertThat(writer.seal()).isEqualTo(2L * block + 1);

        assertThat(chunks.length(name("a"))).isEqualTo(2L * block + 1);
        assertThat(chunks.read(name("a"), 0, 2 * block + 1)).isEqualTo(Bytes.of(1, 2 * block + 1));
        assertThat(chunks().seal(name("a"))).isEqualTo(2L * block + 1);
    }

    @Test
    void whatIsAcknowledgedCanBeReadAtOnce() {
        Chunks chunks = chunks();
        assumeThat(chunks.storage().traits().readableBeforeSeal()).isTrue();
        Chunks.Writer writer = chunks.create(name("a"));
        assertThat(chunks().length(name("a"))).isZero();
        long length = 0;
        for (int i = 0; i < 20; i++) {
            length = writer.write(length, Bytes.of(1, length, 100_000));
            Chunks other = chunks();
            assertThat(other.length(name("a"))).isEqualTo(length);
            assertThat(other.read(name("a"), length - 150, 150)).isEqualTo(Bytes.of(1, length - 150, 150));
            assertFails(Kind.INVALID_OFFSET, () -> other.read(name("a"), writer.length(), 1));
        }
        writer.close();
        assertThat(chunks.length(name("a"))).isEqualTo(length);
        assertFails(Kind.ALREADY_EXISTS, () -> chunks.create(name("a")));
    }

    @Test
    void nothingExistsBeforeItIsSealedWhereItCannotBeRead() {
        Chunks chunks = chunks();
        assumeThat(chunks.storage().traits().readableBeforeSeal()).isFalse();
        Chunks.Writer writer = chunks.create(name("a"));
        writer.write(0, Bytes.of(1, block(chunks)));
        assertThat(chunks.exists(name("a"))).isFalse();
        assertThat(chunks.list(directory + "/", 10)).isEmpty();
        writer.close();
        assertThat(chunks.exists(name("a"))).isFalse();
    }

    @Test
    void aWriteMustBeginWhereTheChunkEnds() {
        Chunks chunks = chunks();
        Chunks.Writer writer = chunks.create(name("a"));
        int block = block(chunks);
        assertFails(Kind.INVALID_OFFSET, () -> writer.write(1, Bytes.of(1, block)));
        assertFails(Kind.BAD_REQUEST, () -> writer.write(0, new byte[0]));
        writer.write(0, Bytes.of(1, block));
        assertFails(Kind.INVALID_OFFSET, () -> writer.write(0, Bytes.of(2, block)));
        assertFails(Kind.INVALID_OFFSET, () -> writer.write(block + 1L, Bytes.of(2, block)));
        writer.write(block, Bytes.of(1, block, block));
        writer.seal();
        assertThat(chunks.read(name("a"), 0, 2 * block)).isEqualTo(Bytes.of(1, 2 * block));
    }

    @Test
    void aWriterIsCalledOnceAtATimeAndNotAfterItsEnd() {
        Chunks chunks = chunks();
        Chunks.Writer writer = chunks.create(name("a"));
        int block = block(chunks);
        CompletableFuture<Long> first = writer.writing(0, Bytes.of(1, block));
        CompletableFuture<Long> second = writer.writing(block, Bytes.of(1, block));
        assertThat(Chunks.await(first)).isEqualTo(block);
        // The second call was made either before or after the answer to the first.
        assertThat(Outcome.of(second)).isIn(Kind.BAD_REQUEST, null);
        writer.seal();
        assertFails(Kind.BAD_REQUEST, () -> writer.write(writer.length(), Bytes.of(1, block)));
        assertFails(Kind.BAD_REQUEST, writer::seal);
        writer.close();

        Chunks.Writer closed = chunks.create(name("b"));
        closed.close();
        assertFails(Kind.BAD_REQUEST, () -> closed.write(0, Bytes.of(1, block)));
    }

    @Test
    void ofSeveralWhoCreateAChunkOneSucceeds() {
        List<Chunks> clients = List.of(chunks(), chunks());
        int length = 1_000;
        List<CompletableFuture<ChunkWriter>> creating = IntStream.range(0, 8)
                .mapToObj(i -> clients.get(i % 2)
                        .<ChunkWriter>call(
                                callback -> clients.get(i % 2).storage().create(name("raced"), loop, callback)))
                .toList();
        List<CompletableFuture<Long>> sealing = new ArrayList<>();
        for (int i = 0; i < creating.size(); i++) {
            byte[] bytes = Bytes.of(i, length);
            CompletableFuture<Long> sealed = new CompletableFuture<>();
            sealing.add(sealed);
            var unused =
                    creating.get(i).whenComplete((writer, failure) -> writeAndSeal(writer, failure, bytes, sealed));
        }
        assertThatOneSucceeded(sealing, clients.get(1), "raced", length);
    }

    private static void writeAndSeal(
            ChunkWriter writer, Throwable failure, byte[] bytes, CompletableFuture<Long> sealed) {
        if (failure != null) {
            sealed.completeExceptionally(failure);
            return;
        }
        Callback<Long> seal = Callback.of(sealed::complete, sealed::completeExceptionally);
        writer.write(0, Chunks.buffer(bytes), Callback.of(length -> writer.seal(seal), sealed::completeExceptionally));
    }

    @Test
    void ofSeveralWhoPutAChunkOneSucceeds() {
        List<Chunks> clients = List.of(chunks(), chunks());
        List<CompletableFuture<Done>> putting = IntStream.range(0, 16)
                .mapToObj(i -> clients.get(i % 2).putting(name("raced"), Bytes.of(i, 10_000)))
                .toList();
        assertThatOneSucceeded(putting, clients.get(0), "raced", 10_000);
    }

    private <T> void assertThatOneSucceeded(
            List<CompletableFuture<T>> answers, Chunks chunks, String chunk, int length) {
        List<Kind> outcomes = new ArrayList<>();
        answers.forEach(answer -> outcomes.add(Outcome.of(answer)));
        int winner = outcomes.indexOf(null);
        assertThat(winner).isNotNegative();
        assertThat(outcomes).containsOnlyOnce((Kind) null);
        assertThat(outcomes.stream().filter(Objects::nonNull)).containsOnly(Kind.ALREADY_EXISTS);
        assertThat(chunks.read(name(chunk), 0, length)).isEqualTo(Bytes.of(winner, length));
    }

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

    @Test
    void chunksCanBeMerged() {
        Chunks chunks = chunks();
        assumeThat(chunks.storage().traits().merges()).isTrue();
        int unit = block(chunks);
        int[] lengths = {1_000, unit + unit / 4, 0, 100, unit / 2, unit, 7};
        int[] counted = {1_000, unit + unit / 4 - 5, 0, 99, unit / 2, unit, 0};
        List<ChunkSlice> sources = new ArrayList<>();
        byte[][] parts = new byte[lengths.length][];
        for (int i = 0; i < lengths.length; i++) {
            chunks.put(name("source #" + i), Bytes.of(i, lengths[i]));
            sources.add(new ChunkSlice(name("source #" + i), counted[i]));
            parts[i] = Bytes.of(i, counted[i]);
        }
        byte[] expected = Bytes.concat(parts);
        assertThat(chunks.merge(name("target"), sources)).isEqualTo(expected.length);
        assertThat(chunks.read(name("target"), 0, expected.length)).isEqualTo(expected);
        assertThat(chunks.length(name("target"))).isEqualTo(expected.length);
        boolean consumed = chunks.storage().traits().mergeConsumesSources();
        for (ChunkSlice source : sources) {
            assertThat(chunks.exists(source.chunk())).isNotEqualTo(consumed);
        }
        // Repeated, since its answer was lost; and another merge that has taken the same name by mistake.
        assertThat(chunks().merge(name("target"), sources)).isEqualTo(expected.length);
        chunks.put(name("other"), Bytes.of(9, 50));
        assertFails(
                Kind.ALREADY_EXISTS, () -> chunks.merge(name("target"), List.of(new ChunkSlice(name("other"), 50))));
        assertThat(chunks.read(name("target"), 0, expected.length)).isEqualTo(expected);
    }

    @Test
    void mergingNothingMakesAnEmptyChunk() {
        Chunks chunks = chunks();
        assumeThat(chunks.storage().traits().merges()).isTrue();
        chunks.put(name("a"), Bytes.of(1, 10));
        assertThat(chunks.merge(name("empty"), List.of(new ChunkSlice(name("a"), 0))))
                .isZero();
        assertThat(chunks.length(name("empty"))).isZero();
    }

    @Test
    void whatCannotBeMergedIsRefused() {
        Chunks chunks = chunks();
        assumeThat(chunks.storage().traits().merges()).isTrue();
        chunks.put(name("a"), Bytes.of(1, 10));
        chunks.put(name("b"), Bytes.of(2, 10));
        chunks.put(name("x/c"), Bytes.of(3, 10));
        ChunkSlice a = new ChunkSlice(name("a"), 10);
        assertFails(Kind.BAD_REQUEST, () -> chunks.merge(name("t"), List.of()));
        assertFails(Kind.BAD_REQUEST, () -> chunks.merge(name("t"), List.of(a, a)));
        assertFails(Kind.BAD_REQUEST, () -> chunks.merge(name("a"), List.of(a)));
        assertFails(Kind.BAD_REQUEST, () -> chunks.merge(name("t"), List.of(a, new ChunkSlice(name("x/c"), 10))));
        assertFails(Kind.BAD_REQUEST, () -> chunks.merge(name("t"), List.of(a, new ChunkSlice(name("b"), -1))));
        assertFails(Kind.NOT_FOUND, () -> chunks.merge(name("t"), List.of(a, new ChunkSlice(name("none"), 1))));
        assertFails(Kind.INVALID_OFFSET, () -> chunks.merge(name("t"), List.of(a, new ChunkSlice(name("b"), 11))));
        assertThat(chunks.read(name("a"), 0, 10)).isEqualTo(Bytes.of(1, 10));
        assertThat(chunks.read(name("b"), 0, 10)).isEqualTo(Bytes.of(2, 10));
        assertThat(chunks.exists(name("t"))).isFalse();
    }

    @Test
    void manyReadAndWriteAtTheSameTime() {
        Chunks chunks = chunks();
        int length = 3 * MIB;
        chunks.put(name("read"), Bytes.of(1, length));
        List<CompletableFuture<Done>> puts = IntStream.range(0, 20)
                .mapToObj(i -> chunks.putting(name("put-" + i), Bytes.of(i, 50_000)))
                .toList();
        Random random = new Random(1);
        List<CompletableFuture<Void>> reads = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            int offset = random.nextInt(length - 100_000);
            reads.add(chunks.reading(name("read"), offset, 100_000)
                    .thenAccept(bytes -> assertThat(bytes).isEqualTo(Bytes.of(1, offset, 100_000))));
        }
        puts.forEach(Chunks::await);
        reads.forEach(Chunks::await);
        for (int i = 0; i < 20; i++) {
            assertThat(chunks.read(name("put-" + i), 0, 50_000)).isEqualTo(Bytes.of(i, 50_000));
        }
    }

    @Test
    void randomOperationsAgreeWithAModel() {
        Chunks chunks = chunks();
        for (long seed = 1; seed <= 2; seed++) {
            new ModelRun(chunks, name("seed-" + seed), seed).run(50);
        }
    }

    @Test
    void aKilledWriterLeavesWhatItHasAcknowledged() throws IOException {
        Chunks chunks = chunks();
        int block = chunks.storage().traits().readableBeforeSeal() ? 50_000 : block(chunks);
        long acknowledged;
        try (WriterProcess writer = WriterProcess.start(address(), name("a"), block, properties())) {
            writer.awaitAcknowledged(3L * block);
            acknowledged = Math.max(3L * block, writer.kill());
        }
        if (!chunks.storage().traits().readableBeforeSeal()) {
            assertThat(chunks.exists(name("a"))).isFalse();
            chunks.delete(name("a"));
            chunks.put(name("a"), Bytes.of(5, 5));
            assertThat(chunks.read(name("a"), 0, 5)).isEqualTo(Bytes.of(5, 5));
            return;
        }
        assertThat(chunks.length(name("a"))).isGreaterThanOrEqualTo(acknowledged);
        assertThat(chunks.read(name("a"), 0, (int) acknowledged)).isEqualTo(Bytes.of(0, (int) acknowledged));
        assertFails(Kind.ALREADY_EXISTS, () -> chunks.create(name("a")));
        assertFails(Kind.ALREADY_EXISTS, () -> chunks.put(name("a"), new byte[0]));

        assertThat(chunks.seal(name("a"))).isGreaterThanOrEqualTo(acknowledged);
        assertThat(chunks.read(name("a"), 0, (int) acknowledged)).isEqualTo(Bytes.of(0, (int) acknowledged));
        assertThat(chunks.merge(name("merged"), List.of(new ChunkSlice(name("a"), acknowledged - 1))))
                .isEqualTo(acknowledged - 1);
        assertThat(chunks.length(name("merged"))).isEqualTo(acknowledged - 1);
        chunks.delete(name("a"));
        assertThat(chunks.exists(name("a"))).isFalse();
    }

    @Test
    void aFullStorageSaysSo() throws IOException {
        Chunks chunks = chunks(small());
        assertFails(Kind.FULL, () -> chunks.put(name("put"), Bytes.of(1, 4 * MIB)));
        if (!chunks.storage().traits().readableBeforeSeal()) {
            return;
        }
        assertThat(chunks.exists(name("put"))).isFalse();
        Chunks.Writer writer = chunks.create(name("a"));
        assertFails(Kind.FULL, () -> {
            for (int i = 0; i < 40; i++) {
                writer.write(writer.length(), Bytes.of(1, writer.length(), MIB / 8));
            }
        });
        long length = writer.length();
        assertFails(Kind.FULL, () -> writer.write(length, Bytes.of(1, 1)));
        if (length > 0) {
            assertThat(chunks.read(name("a"), 0, (int) length)).isEqualTo(Bytes.of(1, (int) length));
        }
    }

    @Test
    void aStorageThatDoesNotAnswerFailsEachCallInTime() throws IOException {
        StorageOptions options = StorageOptions.DEFAULTS.withDeadlineMillis(500).withWorkers(2);
        Chunks chunks = chunks(silent(options));
        List<CompletableFuture<?>> answers = new ArrayList<>();
        ByteBuf bytes = Chunks.buffer(new byte[10]);
        answers.add(chunks.<Done>call(callback -> chunks.storage().put("a", bytes, loop, callback)));
        answers.add(chunks.<ChunkWriter>call(callback -> chunks.storage().create("a", loop, callback)));
        answers.add(chunks.<Boolean>call(callback -> chunks.storage().exists("a", loop, callback)));
        answers.add(chunks.<Done>call(callback -> chunks.storage().delete("a", loop, callback)));
        answers.add(chunks.<ChunkPage>call(callback -> chunks.storage().list("", null, 10, loop, callback)));
        answers.add(chunks.reading("a", 0, 10));
        for (CompletableFuture<?> answer : answers) {
            assertThat(Outcome.of(answer)).isEqualTo(Kind.UNAVAILABLE);
        }
    }

    @Test
    void closingFailsWhatIsUnderWay() throws IOException {
        ChunkStorage storage = silent(StorageOptions.DEFAULTS.withWorkers(1));
        Chunks chunks = chunks(storage);
        List<CompletableFuture<byte[]>> answers =
                Stream.generate(() -> chunks.reading("a", 0, 10)).limit(3).toList();
        Chunks.await(chunks.<Done>call(callback -> callback.done(Done.DONE)));
        storage.close();
        for (CompletableFuture<byte[]> answer : answers) {
            assertThat(Outcome.of(answer)).isEqualTo(Kind.UNAVAILABLE);
        }
        assertThat(Outcome.of(chunks.reading("a", 0, 10))).isEqualTo(Kind.UNAVAILABLE);
    }

    /** Bytes for a write that is not the last one. */
    private static int block(Chunks chunks) {
        return Math.max(1_000, chunks.storage().traits().minimumWriteBytes());
    }

    protected static void assertFails(Kind kind, ThrowingCallable step) {
        assertThatThrownBy(step).isInstanceOfSatisfying(StorageException.class, failure -> assertThat(failure.kind())
                .as(failure.getMessage())
                .isEqualTo(kind));
    }

    static byte[] part(byte[] bytes, long offset, int length) {
        return Arrays.copyOfRange(bytes, (int) offset, (int) offset + length);
    }
}
