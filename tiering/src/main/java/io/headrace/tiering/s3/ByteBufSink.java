/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.tiering.s3;

import io.netty.buffer.ByteBuf;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscriber;
import org.reactivestreams.Subscription;
import software.amazon.awssdk.core.async.AsyncResponseTransformer;
import software.amazon.awssdk.core.async.SdkPublisher;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;

/**
 * Takes the body of an answer into a buffer. After {@link #close} nothing is written to the buffer any more, however long
 * the client of AWS goes on.
 */
final class ByteBufSink implements AsyncResponseTransformer<GetObjectResponse, GetObjectResponse>, AutoCloseable {
    private final ByteBuf bytes;
    private final int start;
    private CompletableFuture<GetObjectResponse> result = new CompletableFuture<>();
    private @Nullable GetObjectResponse response;

    /** Of requests; a request is repeated if it fails, and what the first one still delivers must not be taken. */
    private int attempt;

    private boolean closed;

    /** @param into has room for the answer; kept until this is closed */
    ByteBufSink(ByteBuf into) {
        this.bytes = into.retain();
        this.start = into.writerIndex();
    }

    /** Whether as much has come as there is room for. */
    synchronized boolean isFull() {
        return !bytes.isWritable();
    }

    @Override
    public synchronized void close() {
        closed = true;
        bytes.release();
    }

    @Override
    public synchronized CompletableFuture<GetObjectResponse> prepare() {
        attempt++;
        if (!closed) {
            bytes.writerIndex(start);
        }
        result = new CompletableFuture<>();
        return result;
    }

    @Override
    public synchronized void onResponse(GetObjectResponse answer) {
        response = answer;
    }

    @Override
    public synchronized void exceptionOccurred(Throwable error) {
        result.completeExceptionally(error);
    }

    @Override
    public void onStream(SdkPublisher<ByteBuffer> body) {
        Receiver receiver;
        synchronized (this) {
            receiver = new Receiver(attempt, result);
        }
        body.subscribe(receiver);
    }

    private synchronized boolean add(int ofAttempt, ByteBuffer piece) {
        if (closed || ofAttempt != attempt || piece.remaining() > bytes.writableBytes()) {
            return false;
        }
        bytes.writeBytes(piece);
        return true;
    }

    private synchronized @Nullable GetObjectResponse response() {
        return response;
    }

    private final class Receiver implements Subscriber<ByteBuffer> {
        private final int ofAttempt;
        private final CompletableFuture<GetObjectResponse> received;
        private @Nullable Subscription subscription;

        Receiver(int ofAttempt, CompletableFuture<GetObjectResponse> received) {
            this.ofAttempt = ofAttempt;
            this.received = received;
        }

        @Override
        public void onSubscribe(Subscription to) {
            subscription = to;
            to.request(Long.MAX_VALUE);
        }

        @Override
        public void onNext(ByteBuffer piece) {
            if (!add(ofAttempt, piece)) {
                if (subscription != null) {
                    subscription.cancel();
                }
                received.completeExceptionally(new IllegalStateException("more came than was asked for"));
            }
        }

        @Override
        public void onError(Throwable error) {
            received.completeExceptionally(error);
        }

        @Override
        public void onComplete() {
            received.complete(response());
        }
    }
}
