/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.tiering.s3;

import io.netty.buffer.ByteBuf;
import java.nio.ByteBuffer;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscriber;
import org.reactivestreams.Subscription;
import software.amazon.awssdk.core.async.AsyncRequestBody;

/**
 * Part of a buffer as the body of a request. The client of AWS does not say when it has let go of what it was given,
 * which after a cancelled request can be later than its answer. So it is given copies, a piece at a time, and after
 * {@link #close} nothing is read from the buffer any more.
 */
final class ByteBufBody implements AsyncRequestBody, AutoCloseable {
    private static final int PIECE_BYTES = 128 << 10;

    private final ByteBuf bytes;
    private final int index;
    private final int length;

    /** Guarded by this. */
    private boolean closed;

    /** @param bytes must stay as they are until this is closed */
    ByteBufBody(ByteBuf bytes, int index, int length) {
        this.bytes = bytes;
        this.index = index;
        this.length = length;
    }

    @Override
    public Optional<Long> contentLength() {
        return Optional.of((long) length);
    }

    /** Can be called several times: for a checksum, or when a request is repeated. */
    @Override
    public void subscribe(Subscriber<? super ByteBuffer> subscriber) {
        subscriber.onSubscribe(new Pieces(subscriber));
    }

    @Override
    public synchronized void close() {
        closed = true;
    }

    private synchronized @Nullable ByteBuffer copy(int from) {
        if (closed) {
            return null;
        }
        byte[] piece = new byte[Math.min(PIECE_BYTES, length - from)];
        bytes.getBytes(index + from, piece);
        return ByteBuffer.wrap(piece);
    }

    private final class Pieces implements Subscription {
        private final Subscriber<? super ByteBuffer> subscriber;

        /** Guarded by this. */
        private int position;

        private long demand;
        private boolean emitting;
        private boolean ended;

        Pieces(Subscriber<? super ByteBuffer> subscriber) {
            this.subscriber = subscriber;
        }

        @Override
        public void request(long count) {
            synchronized (this) {
                demand = count > Long.MAX_VALUE - demand ? Long.MAX_VALUE : demand + count;
                if (emitting) {
                    return;
                }
                emitting = true;
            }
            emit();
        }

        @Override
        public synchronized void cancel() {
            ended = true;
        }

        private void emit() {
            boolean more = true;
            while (more) {
                more = emitOne();
            }
        }

        private boolean emitOne() {
            ByteBuffer piece;
            boolean complete;
            synchronized (this) {
                complete = position == length;
                if (ended || (demand == 0 && !complete)) {
                    emitting = false;
                    return false;
                }
                piece = complete ? null : copy(position);
                ended = piece == null;
                demand--;
                position += piece == null ? 0 : piece.remaining();
            }
            if (piece != null) {
                subscriber.onNext(piece);
            } else if (complete) {
                subscriber.onComplete();
            } else {
                subscriber.onError(new IllegalStateException("the request was given up"));
            }
            return piece != null;
        }
    }
}
