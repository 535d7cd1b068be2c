/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.server.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.headrace.client.ClosedException;
import io.headrace.client.ConflictException;
import io.headrace.client.KeyRange;
import io.headrace.client.NotFoundException;
import io.headrace.client.NumberedWriter;
import io.headrace.client.OutOfSequenceException;
import io.headrace.client.SealedException;
import io.headrace.client.Serializers;
import io.headrace.client.StreamName;
import io.headrace.client.StreamSegment;
import io.headrace.client.TruncatedException;
import io.headrace.client.WriterOptions;
import io.reactivex.rxjava3.core.Flowable;
import io.reactivex.rxjava3.core.Single;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Events with numbers are stored once, whoever writes them again. */
final class NumberedWriterTest extends ClientTest {
    private static final int KEYS = 7;

    private NumberedWriter<String> writer(StreamName stream, String producer) {
        return client.numberedWriter(stream, producer, Serializers.utf8(), WriterOptions.defaults());
    }

    private static String event(long sequence) {
        return (sequence - 1) % KEYS + "/" + (sequence - 1);
    }

    private static Single<Boolean> write(NumberedWriter<String> writer, long sequence) {
        return writer.write(sequence, event(sequence).substring(0, 1), event(sequence));
    }

    /** Writes events from one number to another; says of each whether it was new. */
    private static List<Boolean> write(NumberedWriter<String> writer, int from, int to) {
        return Flowable.rangeLong(from, to - from + 1)
                .concatMapEager(sequence -> write(writer, sequence).toFlowable(), to, 1)
                .toList()
                .blockingGet();
    }

    private void split(StreamName stream) {
        List<StreamSegment> current = admin.currentSegments(stream).blockingGet();
        Set<Long> ids = current.stream().map(StreamSegment::id).collect(Collectors.toSet());
        int parts = current.size() == 4 ? 2 : current.size() + 1;
        List<KeyRange> ranges = IntStream.range(0, parts)
                .mapToObj(i -> new KeyRange((double) i / parts, (double) (i + 1) / parts))
                .toList();
        admin.scale(stream, ids, ranges).blockingAwait();
    }

    @Test
    void whatIsWrittenAgainIsStoredOnce() {
        StreamName stream = stream("a", 3);
        assertThat(write(writer(stream, "p"), 1, 50)).hasSize(50).doesNotContain(false);
        NumberedWriter<String> second = writer(stream, "p");
        assertThat(second.last().blockingGet()).isEqualTo(50);
        assertThat(write(second, 31, 50)).doesNotContain(true);
        assertThat(write(second, 41, 70).subList(10, 30)).doesNotContain(false);
        // Another producer has numbers of its own.
        assertThat(writer(stream, "q").write(1, "k", "other").blockingGet()).isTrue();
        List<String> all = new ArrayList<>(readAll(stream));
        assertThat(all.remove("other")).isTrue();
        assertOrder(all, KEYS, 70);
    }

    @Test
    void anotherNumberThanTheNextIsRefused() {
        StreamName stream = stream("a", 2);
        NumberedWriter<String> writer = writer(stream, "p");
        assertThat(writer.last().blockingGet()).isZero();
        assertThatThrownBy(() -> write(writer, 2).blockingGet())
                .isInstanceOfSatisfying(OutOfSequenceException.class, gap -> assertThat(gap.last())
                        .isZero())
                .hasMessageContaining("must be 1");
        write(writer, 1, 3);
        assertThatThrownBy(() -> write(writer, 5).blockingGet())
                .isInstanceOfSatisfying(OutOfSequenceException.class, gap -> assertThat(gap.last())
                        .isEqualTo(3));
        assertThat(write(writer, 4).blockingGet()).isTrue();
        for (long wrong : new long[] {0, -1, Long.MAX_VALUE, NumberedWriter.MAX_SEQUENCE + 1}) {
            assertThatThrownBy(() -> writer.write(wrong, "x").blockingGet())
                    .isInstanceOf(IllegalArgumentException.class);
        }
        assertThatThrownBy(() -> writer(stream, "not a name")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(
                        () -> writer(new StreamName(scope, "none"), "p").last().blockingGet())
                .isInstanceOf(NotFoundException.class);
    }

    @Test
    void whoBeginsLaterTakesOver() {
        StreamName stream = stream("a", 3);
        NumberedWriter<String> first = writer(stream, "p");
        write(first, 1, 10);
        NumberedWriter<String> second = writer(stream, "p");
        assertThat(write(second, 11, 11)).containsExactly(true);
        assertThatThrownBy(() -> write(first, 1, 40)).isInstanceOf(ConflictException.class);
        assertThatThrownBy(() -> write(first, 12).blockingGet()).isInstanceOf(ConflictException.class);
        assertThat(write(second, 12, 30)).doesNotContain(false);
        assertOrder(readAll(stream), KEYS, 30);
    }

    @Test
    void manyWritersOfOneProducerStoreEachEventOnce() {
        StreamName stream = stream("a", 4);
        Flowable.range(0, 8)
                .flatMapCompletable(number -> {
                    NumberedWriter<String> writer = writer(stream, "p");
                    // Each goes on until another one has taken over.
                    return Flowable.rangeLong(1, 200)
                            .concatMapEager(sequence -> write(writer, sequence).toFlowable(), 50, 1)
                            .ignoreElements()
                            .onErrorComplete();
                })
                .blockingAwait();
        write(writer(stream, "p"), 1, 200);
        assertOrder(readAll(stream), KEYS, 200);
    }

    @Test
    void segmentsAreReplacedInTheMiddle() {
        StreamName stream = stream("a", 2);
        NumberedWriter<String> writer = writer(stream, "p");
        for (int round = 0; round < 4; round++) {
            int first = round * 100 + 1;
            var writing = Flowable.rangeLong(first, 100)
                    .concatMapEager(sequence -> write(writer, sequence).toFlowable(), 100, 1)
                    .toList()
                    .cache();
            var unused = writing.subscribe();
            split(stream);
            assertThat(writing.blockingGet()).hasSize(100).doesNotContain(false);
        }
        split(stream);
        // Whoever comes now finds it in segments that take nothing any more.
        assertThat(write(writer(stream, "p"), 301, 410).subList(0, 100)).doesNotContain(true);
        assertOrder(readAll(stream), KEYS, 410);
    }

    @Test
    void whatWasClosedIsKnownWhenItsSegmentsAreGone() {
        StreamName stream = stream("a", 2);
        NumberedWriter<String> writer = writer(stream, "p");
        write(writer, 1, 20);
        writer.close().blockingAwait();
        assertThatThrownBy(() -> write(writer, 21).blockingGet()).isInstanceOf(ClosedException.class);
        NumberedWriter<String> left = writer(stream, "q");
        write(left, 1, 20);
        split(stream);
        admin.truncate(admin.tail(stream).blockingGet()).blockingAwait();
        NumberedWriter<String> next = writer(stream, "p");
        assertThat(next.last().blockingGet()).isEqualTo(20);
        assertThat(write(next, 20, 21)).containsExactly(false, true);
        // What was never closed is not guessed.
        assertThatThrownBy(() -> writer(stream, "q").last().blockingGet()).isInstanceOf(TruncatedException.class);
    }

    @Test
    void aSealedStreamTakesNothing() {
        StreamName stream = stream("a", 2);
        write(writer(stream, "p"), 1, 5);
        admin.sealStream(stream).blockingAwait();
        NumberedWriter<String> writer = writer(stream, "p");
        assertThat(write(writer, 5).blockingGet()).isFalse();
        assertThatThrownBy(() -> write(writer, 6).blockingGet()).isInstanceOf(SealedException.class);
    }
}
