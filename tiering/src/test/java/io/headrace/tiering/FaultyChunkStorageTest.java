/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.tiering;

import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.tiering.FaultyChunkStorage.Fault;
import io.headrace.tiering.StorageException.Kind;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class FaultyChunkStorageTest {
    @TempDir
    Path directory;

    private final TestLoop loop = new TestLoop();
    private ChunkStorage real;

    @BeforeEach
    void open() {
        real = ChunkStorages.open(directory.toUri(), Chunks.PATIENT);
    }

    @AfterEach
    void close() {
        real.close();
        loop.close();
    }

    private Chunks faulty(int every, Fault fault) {
        return new Chunks(new FaultyChunkStorage(real, every, fault), loop);
    }

    @Test
    void eachNthCallFailsAndIsNotDone() {
        Chunks chunks = faulty(3, Fault.NOT_DONE);
        List<@Nullable Kind> outcomes = new ArrayList<>();
        for (int i = 0; i < 7; i++) {
            outcomes.add(Outcome.of(chunks.putting("chunk-" + i, Bytes.of(i, 10))));
        }
        assertThat(outcomes).containsExactly(null, null, Kind.UNAVAILABLE, null, null, Kind.UNAVAILABLE, null);
        assertThat(((FaultyChunkStorage) chunks.storage()).failures()).isEqualTo(2);
        assertThat(new Chunks(real, loop).list("", 10))
                .extracting(ChunkInfo::chunk)
                .containsExactly("chunk-0", "chunk-1", "chunk-3", "chunk-4", "chunk-6");
    }

    @Test
    void whatIsLostIsDoneAllTheSame() {
        Chunks chunks = faulty(1, Fault.ANSWER_LOST);
        assertThat(Outcome.of(chunks.putting("a", Bytes.of(1, 10)))).isEqualTo(Kind.UNAVAILABLE);
        assertThat(Outcome.of(chunks.reading("a", 0, 10))).isEqualTo(Kind.UNAVAILABLE);
        assertThat(Outcome.of(() -> chunks.create("b"))).isEqualTo(Kind.UNAVAILABLE);
        assertThat(Outcome.of(() -> chunks.delete("none"))).isEqualTo(Kind.UNAVAILABLE);
        Chunks really = new Chunks(real, loop);
        assertThat(really.read("a", 0, 10)).isEqualTo(Bytes.of(1, 10));
        assertThat(really.length("b")).isZero();
    }

    @Test
    void aWriterEndsWithItsFirstFailure() {
        Chunks chunks = faulty(3, Fault.FULL);
        Chunks.Writer writer = chunks.create("a");
        writer.write(0, Bytes.of(1, 10));
        assertThat(Outcome.of(writer.writing(10, Bytes.of(1, 10)))).isEqualTo(Kind.FULL);
        assertThat(Outcome.of(writer.writing(10, Bytes.of(1, 10)))).isEqualTo(Kind.FULL);
        assertThat(Outcome.of(writer::seal)).isEqualTo(Kind.FULL);
        assertThat(chunks.length("a")).isEqualTo(10);
    }
}
