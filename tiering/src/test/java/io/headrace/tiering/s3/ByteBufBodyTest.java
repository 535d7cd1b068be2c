/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.tiering.s3;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.tiering.Bytes;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.reactivestreams.Subscriber;
import org.reactivestreams.Subscription;

final class ByteBufBodyTest {
    private static final int LENGTH = 500_000;

    private final ByteBuf bytes = Unpooled.wrappedBuffer(Bytes.of(1, LENGTH + 20));
    private final ByteBufBody body = new ByteBufBody(bytes, 10, LENGTH);

    @Test
    void eachSubscriberGetsAllBytesAsItAsks() {
        assertThat(body.contentLength()).hasValue((long) LENGTH);
        for (int demand : new int[] {1, 3, Integer.MAX_VALUE}) {
            Receiver receiver = new Receiver(demand);
            body.subscribe(receiver);
            assertThat(receiver.ended).isEqualTo("complete");
            assertThat(receiver.received.toByteArray()).isEqualTo(Bytes.of(1, 10, LENGTH));
        }
    }

    @Test
    void nothingComesThatWasNotAskedFor() {
        Receiver receiver = new Receiver(0);
        body.subscribe(receiver);
        assertThat(receiver.received.size()).isZero();
        receiver.ask(2);
        int two = receiver.received.size();
        assertThat(two).isBetween(1, LENGTH - 1);
        assertThat(receiver.ended).isNull();
        receiver.cancel();
        receiver.ask(100);
        assertThat(receiver.received.size()).isEqualTo(two);
        assertThat(receiver.ended).isNull();
    }

    @Test
    void afterItIsClosedTheBufferIsNotReadAnyMore() {
        Receiver receiver = new Receiver(0);
        body.subscribe(receiver);
        receiver.ask(1);
        body.close();
        bytes.release();
        receiver.ask(10);
        assertThat(receiver.ended).isEqualTo("error");
        Receiver late = new Receiver(1);
        body.subscribe(late);
        assertThat(late.ended).isEqualTo("error");
        assertThat(late.received.size()).isZero();
    }

    @Test
    void anEmptyBodyIsComplete() {
        Receiver receiver = new Receiver(1);
        new ByteBufBody(Unpooled.EMPTY_BUFFER, 0, 0).subscribe(receiver);
        assertThat(receiver.ended).isEqualTo("complete");
    }

    /** Asks for so many pieces, and for one more with each that comes. */
    private static final class Receiver implements Subscriber<ByteBuffer> {
        private final int demand;
        private final ByteArrayOutputStream received = new ByteArrayOutputStream();
        private @Nullable Subscription subscription;
        private @Nullable String ended;

        Receiver(int demand) {
            this.demand = demand;
        }

        void ask(int count) {
            requireNonNull(subscription).request(count);
        }

        void cancel() {
            requireNonNull(subscription).cancel();
        }

        @Override
        public void onSubscribe(Subscription to) {
            subscription = to;
            if (demand > 0) {
                to.request(demand);
            }
        }

        @Override
        public void onNext(ByteBuffer piece) {
            byte[] copy = new byte[piece.remaining()];
            piece.get(copy);
            received.writeBytes(copy);
            if (demand > 0) {
                requireNonNull(subscription).request(1);
            }
        }

        @Override
        public void onError(Throwable error) {
            ended = ended == null ? "error" : "ended twice";
        }

        @Override
        public void onComplete() {
            ended = ended == null ? "complete" : "ended twice";
        }
    }
}
