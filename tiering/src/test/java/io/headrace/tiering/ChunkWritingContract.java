/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.tiering;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.headrace.tiering.StorageException.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What every {@link ChunkStorage} must do: how chunks are made. */
abstract class ChunkWritingContract extends ChunkStorageFixture {
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
}
