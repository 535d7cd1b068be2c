/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.server.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.headrace.client.ByteStreamReader;
import io.headrace.client.ByteStreamWriter;
import io.headrace.client.ClosedException;
import io.headrace.client.ConflictException;
import io.headrace.client.NotFoundException;
import io.headrace.client.OverloadedException;
import io.headrace.client.SealedException;
import io.headrace.client.StreamName;
import io.headrace.client.TruncatedException;
import io.headrace.client.WriterOptions;
import io.headrace.server.Received;
import io.reactivex.rxjava3.core.Completable;
import io.reactivex.rxjava3.core.Flowable;
import io.reactivex.rxjava3.subscribers.TestSubscriber;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class ByteStreamTest extends ClientTest {

    private static byte[] read(Flowable<ByteBuffer> buffers) {
        return buffers.collect(ByteArrayOutputStream::new, (all, buffer) -> {
                    byte[] bytes = new byte[buffer.remaining()];
                    buffer.get(bytes);
                    all.writeBytes(bytes);
                })
                .blockingGet()
                .toByteArray();
    }

    private static byte[] random(int length) {
        byte[] bytes = new byte[length];
        new Random(length).nextBytes(bytes);
        return bytes;
    }

    @Test
    void bytesComeBackAsTheyWereWritten() {
        StreamName stream = stream("a", 1);
        byte[] bytes = random(20_000_000);
        ByteStreamWriter writer = client.byteWriter(stream);
        ByteStreamReader reader = client.byteReader(stream);
        TestSubscriber<ByteBuffer> waiting = reader.bytes(0).test();
        // Nobody waits for what comes before the flush, which is in order.
        ByteBuffer from = ByteBuffer.wrap(bytes);
        Flowable<ByteBuffer> rest = Flowable.range(0, 3).map(i -> from.slice(1000 + i * 5_000_000, 5_000_000));
        var first = writer.write(from.slice(0, 999)).test();
        var second = writer.write(from.slice(999, 1)).test();
        writer.flush().blockingAwait();
        first.assertComplete();
        second.assertComplete();
        assertThat(writer.tailOffset().blockingGet()).isEqualTo(1000);
        writer.writeAll(rest).blockingAwait();
        writer.write(from.slice(15_001_000, 4_999_000)).andThen(writer.seal()).blockingAwait();
        waiting.awaitDone(PATIENCE, TimeUnit.SECONDS).assertComplete();
        assertThat(read(Flowable.fromIterable(waiting.values()))).isEqualTo(bytes);
        assertThat(read(reader.bytes(7, 5_000_007))).isEqualTo(Arrays.copyOfRange(bytes, 7, 5_000_007));
        assertThat(read(reader.bytes(5, 5))).isEmpty();
        assertThatThrownBy(() -> writer.write(from).blockingAwait()).isInstanceOf(ClosedException.class);
        assertThatThrownBy(() -> client.byteWriter(stream).write(from).blockingAwait())
                .isInstanceOf(SealedException.class);
        admin.sealStream(stream).blockingAwait();
        assertThat(read(reader.bytes(19_999_990))).hasSize(10);
    }

    @Test
    void theStartOfAStreamCanBeDeleted() {
        StreamName stream = stream("a", 1);
        ByteStreamWriter writer = client.byteWriter(stream);
        ByteStreamReader reader = client.byteReader(stream);
        writer.write(ByteBuffer.wrap(random(100))).blockingAwait();
        writer.truncateBefore(50).andThen(writer.truncateBefore(30)).blockingAwait();
        assertThat(reader.headOffset().blockingGet()).isEqualTo(50);
        assertThat(reader.tailOffset().blockingGet()).isEqualTo(100);
        assertThatThrownBy(() -> writer.truncateBefore(101).blockingAwait())
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> read(reader.bytes(0)))
                .isInstanceOfSatisfying(TruncatedException.class, e -> assertThat(e.startOffset())
                        .isEqualTo(50));
        assertThat(read(reader.bytes(50, 100))).hasSize(50);
    }

    @Test
    void noMoreIsReadThanIsAskedFor() {
        StreamName stream = stream("a", 1);
        client.byteWriter(stream).write(ByteBuffer.wrap(random(10_000))).blockingAwait();
        TestSubscriber<ByteBuffer> slow =
                client.byteReader(stream).withBufferBytes(100).bytes(0).test(2);
        Received.await(slow, 2).assertValueCount(2);
        slow.request(3);
        Received.await(slow, 5).assertValueCount(5);
        assertThat(slow.values())
                .allSatisfy(buffer -> assertThat(buffer.remaining()).isEqualTo(100));
        slow.cancel();
    }

    @Test
    void tooMuchAtOnceIsRefusedAsAWhole() {
        StreamName stream = stream("a", 1);
        ByteStreamWriter writer =
                client.byteWriter(stream, WriterOptions.defaults().withMaxBytesInFlight(1000));
        assertThatThrownBy(() -> Completable.merge(IntStream.range(0, 50)
                                .mapToObj(i -> writer.write(ByteBuffer.wrap(random(100))))
                                .toList())
                        .blockingAwait())
                .isInstanceOf(OverloadedException.class);
        writer.flush().blockingAwait();
        assertThat(writer.tailOffset().blockingGet() % 100).isZero();
    }

    @Test
    void aStreamNeedsOneSegment() {
        StreamName two = stream("two", 2);
        ByteBuffer one = ByteBuffer.allocate(1);
        assertThatThrownBy(() -> client.byteWriter(two).write(one).blockingAwait())
                .isInstanceOf(ConflictException.class);
        assertThatThrownBy(() -> read(client.byteReader(two).bytes(0))).isInstanceOf(ConflictException.class);
        StreamName absent = new StreamName(scope, "absent");
        assertThatThrownBy(() -> client.byteWriter(absent).write(one).blockingAwait())
                .isInstanceOf(NotFoundException.class);
        assertThatThrownBy(() -> client.byteReader(absent).tailOffset().blockingGet())
                .isInstanceOf(NotFoundException.class);
    }
}
