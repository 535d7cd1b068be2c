/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.headrace.server.metrics.Metrics;
import io.headrace.tiering.Callback;
import io.headrace.tiering.ChunkStorage;
import io.headrace.tiering.ChunkStorages;
import io.headrace.tiering.ChunkWriter;
import io.netty.buffer.Unpooled;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class StorageCallsTest {
    @TempDir
    Path directory;

    @Test
    void eachCallIsCountedByHowItEnded() throws Exception {
        StorageCalls calls = new StorageCalls();
        try (Metrics metrics = new Metrics();
                ChunkStorage storage = new MeasuredStorage(ChunkStorages.open(directory.toUri()), calls)) {
            metrics.add(calls::addTo);
            assertThat(metrics.text()).doesNotContain("headrace_storage_call");
            ChunkWriter writer = this.<ChunkWriter>answer(to -> storage.create("a/b", Runnable::run, to));
            assertThat(this.<Long>answer(to -> writer.write(0, Unpooled.wrappedBuffer(new byte[7]), to)))
                    .isEqualTo(7);
            assertThat(this.<Long>answer(writer::seal)).isEqualTo(7);
            assertThat(this.<Boolean>answer(to -> storage.exists("a/b", Runnable::run, to)))
                    .isTrue();
            assertThatThrownBy(() -> this.<Long>answer(to -> storage.length("a/c", Runnable::run, to)))
                    .hasMessageContaining("a/c");
            assertThat(metrics.text())
                    .contains(
                            "headrace_storage_calls_total{operation=\"create\",outcome=\"ok\"} 1.0\n",
                            "headrace_storage_calls_total{operation=\"write\",outcome=\"ok\"} 1.0\n",
                            "headrace_storage_calls_total{operation=\"seal\",outcome=\"ok\"} 1.0\n",
                            "headrace_storage_calls_total{operation=\"exists\",outcome=\"ok\"} 1.0\n",
                            "headrace_storage_calls_total{operation=\"length\",outcome=\"not_found\"} 1.0\n",
                            "headrace_storage_call_seconds_bucket{operation=\"write\",le=\"+Inf\"} 1\n",
                            "headrace_storage_call_seconds_count{operation=\"length\"} 1\n")
                    .doesNotContain("operation=\"merge\"");
        }
    }

    private <T> T answer(Consumer<Callback<T>> question) throws Exception {
        CompletableFuture<T> answer = new CompletableFuture<>();
        question.accept(Callback.of(answer::complete, answer::completeExceptionally));
        return answer.get(30, TimeUnit.SECONDS);
    }
}
