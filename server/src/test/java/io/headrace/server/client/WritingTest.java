/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.server.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.headrace.client.ClosedException;
import io.headrace.client.EventWriter;
import io.headrace.client.KeyRange;
import io.headrace.client.NotFoundException;
import io.headrace.client.OverloadedException;
import io.headrace.client.SealedException;
import io.headrace.client.Serializers;
import io.headrace.client.StreamName;
import io.headrace.client.StreamSegment;
import io.headrace.client.WriterOptions;
import io.reactivex.rxjava3.core.Completable;
import io.reactivex.rxjava3.core.Flowable;
import io.reactivex.rxjava3.core.Single;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class WritingTest extends ClientTest {

    @Test
    void anEventIsEmittedWhenItIsDurable() {
        StreamName stream = stream("a", 1);
        EventWriter<String> writer = client.writer(stream, Serializers.utf8());
        Single<String> write = writer.write("key", "event");
        assertThat(readAll(stream)).isEmpty();
        assertThat(write.blockingGet()).isEqualTo("event");
        assertThat(write.blockingGet()).isEqualTo("event");
        assertThat(readAll(stream)).containsExactly("event", "event");
    }

    @Test
    void eventsOfAKeyKeepTheOrderOfSubscription() {
        StreamName stream = stream("a", 3);
        EventWriter<String> writer = client.writer(stream, Serializers.utf8());
        Flowable.range(0, 5000)
                .flatMapCompletable(
                        i -> writer.write("k" + i % 7, i % 7 + "/" + i).ignoreElement(), false, 5000)
                .blockingAwait();
        assertOrder(readAll(stream), 7, 5000);
    }

    @Test
    void aFlowIsWrittenNoFasterThanItIsStored() {
        StreamName stream = stream("a", 1);
        EventWriter<byte[]> writer = client.writer(
                stream, Serializers.bytes(), WriterOptions.defaults().withMaxBytesInFlight(100_000));
        AtomicLong emitted = new AtomicLong();
        AtomicLong most = new AtomicLong();
        AtomicLong durable = new AtomicLong();
        Flowable<byte[]> events = Flowable.range(0, 3000).map(i -> {
            long ahead = emitted.incrementAndGet() - durable.get();
            most.accumulateAndGet(ahead, Math::max);
            return new byte[1000];
        });
        writer.writeAll(events.doOnRequest(n -> durable.set(emitted.get()))).blockingAwait();
        assertThat(emitted).hasValue(3000);
        assertThat(most.get()).isLessThan(300);
        assertThat(admin.tail(stream).blockingGet().offsets().values()).containsExactly(3000 * 1008L);
    }

    @Test
    void singleWritesBeyondTheBoundAreRefused() {
        StreamName stream = stream("a", 1);
        EventWriter<byte[]> writer = client.writer(
                stream, Serializers.bytes(), WriterOptions.defaults().withMaxBytesInFlight(10_000));
        List<Throwable> errors = Collections.synchronizedList(new ArrayList<>());
        Completable.merge(IntStream.range(0, 1000)
                        .mapToObj(i -> writer.write("k", new byte[1000])
                                .doOnError(errors::add)
                                .ignoreElement()
                                .onErrorComplete())
                        .toList())
                .blockingAwait();
        assertThat(errors).isNotEmpty().allMatch(OverloadedException.class::isInstance);
        assertThat(admin.tail(stream).blockingGet().offsets().values()).containsExactly((1000L - errors.size()) * 1008);
    }

    @Test
    void orderIsKeptAndNothingIsLostOrDoubledOverScaling() {
        StreamName stream = stream("a", 1);
        EventWriter<String> writer = client.writer(stream, Serializers.utf8());
        AtomicInteger written = new AtomicInteger();
        Completable scaling = Completable.defer(() -> scaleTo(stream, 4))
                .andThen(Completable.defer(() -> scaleTo(stream, 2)))
                .andThen(Completable.defer(() -> scaleTo(stream, 3)));
        AtomicInteger stop = new AtomicInteger(Integer.MAX_VALUE);
        Completable writing = writer.writeAll(
                Flowable.<String, Integer>generate(() -> 0, (i, out) -> {
                    if (i >= stop.get()) {
                        out.onComplete();
                    } else {
                        written.incrementAndGet();
                        out.onNext(i % 50 + "/" + i);
                    }
                    return i + 1;
                }),
                event -> event.substring(0, event.indexOf('/')));
        Completable.mergeArray(writing, scaling.doOnComplete(() -> stop.set(written.get() + 1000)))
                .blockingAwait();
        List<String> read = readAll(stream);
        assertOrder(read, 50, written.get());
    }

    @Test
    void everyEventIsStoredOnceOverRestartsOfTheServer() throws Exception {
        StreamName stream = stream("a", 2);
        EventWriter<String> writer = client.writer(stream, Serializers.utf8());
        AtomicInteger written = new AtomicInteger();
        AtomicInteger stop = new AtomicInteger(Integer.MAX_VALUE);
        var done = writer.writeAll(
                        Flowable.<String, Integer>generate(() -> 0, (i, out) -> {
                            if (i >= stop.get()) {
                                out.onComplete();
                            } else {
                                written.incrementAndGet();
                                out.onNext(i % 5 + "/" + i);
                            }
                            return i + 1;
                        }),
                        event -> event.substring(0, event.indexOf('/')))
                .toCompletionStage(Boolean.TRUE)
                .toCompletableFuture();
        for (int restart = 0; restart < 2; restart++) {
            int before = written.get();
            while (written.get() < before + 2000) {
                assertThat(done).isNotCompleted();
                Thread.onSpinWait();
            }
            server.pause();
            server.resume();
        }
        stop.set(written.get() + 1000);
        done.get(PATIENCE, TimeUnit.SECONDS);
        assertOrder(readAll(stream), 5, written.get());
    }

    @Test
    void largeEventsKeepTheirPlace() {
        StreamName stream = stream("a", 1);
        EventWriter<byte[]> writer = client.writer(stream, Serializers.bytes());
        byte[] large = new byte[20_000_000];
        Arrays.fill(large, (byte) 7);
        writer.writeAll(Flowable.just(new byte[] {1}, new byte[8 << 20], large, new byte[] {2}), event -> "k")
                .blockingAwait();
        List<byte[]> read = readAll(stream, Serializers.bytes());
        assertThat(read).hasSize(4);
        assertThat(read.get(0)).containsExactly(1);
        assertThat(read.get(1)).hasSize(8 << 20);
        assertThat(Arrays.equals(read.get(2), large)).isTrue();
        assertThat(read.get(3)).containsExactly(2);
    }

    @Test
    void emptyEventsAreEvents() {
        StreamName stream = stream("a", 1);
        client.writer(stream, Serializers.utf8())
                .writeAll(Flowable.just("", "a", ""))
                .blockingAwait();
        assertThat(readAll(stream)).containsExactly("", "a", "");
    }

    @Test
    void writingToWhatIsNotThereFails() {
        assertFails(new StreamName(scope, "absent"), NotFoundException.class);
        StreamName sealed = stream("a", 1);
        admin.sealStream(sealed).blockingAwait();
        assertFails(sealed, SealedException.class);
    }

    private void assertFails(StreamName stream, Class<? extends Throwable> type) {
        EventWriter<String> writer = client.writer(stream, Serializers.utf8());
        assertThatThrownBy(() -> writer.write("a").ignoreElement().blockingAwait())
                .isInstanceOf(type);
        assertThatThrownBy(() -> writer.writeAll(Flowable.just("a", "b")).blockingAwait())
                .isInstanceOf(type);
    }

    @Test
    void sealingTheStreamFailsTheWriter() {
        StreamName stream = stream("a", 2);
        EventWriter<String> writer = client.writer(stream, Serializers.utf8());
        writer.write("k", "1").ignoreElement().blockingAwait();
        admin.sealStream(stream).blockingAwait();
        assertThatThrownBy(() -> writer.write("k", "2").ignoreElement().blockingAwait())
                .isInstanceOf(SealedException.class);
        assertThat(readAll(stream)).containsExactly("1");
    }

    @Test
    void aClosedWriterHasWrittenEverythingBefore() {
        StreamName stream = stream("a", 1);
        EventWriter<String> writer = client.writer(stream, Serializers.utf8());
        for (int i = 0; i < 100; i++) {
            var unused = writer.write("k", "0/" + i).subscribe();
        }
        writer.close().blockingAwait();
        assertOrder(readAll(stream), 1, 100);
        assertThatThrownBy(() -> writer.write("k", "x").ignoreElement().blockingAwait())
                .isInstanceOf(ClosedException.class);
        client.writer(stream, Serializers.utf8()).close().blockingAwait();
    }

    @Test
    void aFailingFlowFailsBehindWhatCameBefore() {
        StreamName stream = stream("a", 1);
        EventWriter<String> writer = client.writer(stream, Serializers.utf8());
        IllegalStateException failure = new IllegalStateException("mine");
        assertThatThrownBy(() -> writer.writeAll(Flowable.just("1", "2").concatWith(Flowable.error(failure)))
                        .blockingAwait())
                .isSameAs(failure);
        assertThat(readAll(stream)).containsExactly("1", "2");
        assertThatThrownBy(() -> writer.writeAll(Flowable.just("3"), event -> {
                            throw failure;
                        })
                        .blockingAwait())
                .isSameAs(failure);
        writer.write("4").ignoreElement().blockingAwait();
    }

    private Completable scaleTo(StreamName stream, int segments) {
        return admin.currentSegments(stream).flatMapCompletable(current -> {
            Set<Long> ids = new HashSet<>();
            for (StreamSegment segment : current) {
                ids.add(segment.id());
            }
            List<KeyRange> ranges = IntStream.range(0, segments)
                    .mapToObj(i -> new KeyRange((double) i / segments, (i + 1.0) / segments))
                    .toList();
            return admin.scale(stream, ids, ranges);
        });
    }
}
