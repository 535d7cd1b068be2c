/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.tiering;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.headrace.tiering.StorageException.Kind;
import io.netty.buffer.ByteBuf;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * What every {@link ChunkStorage} must do: joining chunks, failures, and all that stands above this. Extend it and give the
 * storages.
 */
public abstract class ChunkStorageContract extends ChunkNamingContract {
    private static final int MIB = 1 << 20;

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
}
