/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.client.internal.bytes;

import io.headrace.client.HeadraceException;
import io.headrace.client.internal.write.PendingEvent;
import io.headrace.client.internal.write.StreamWriter;
import io.headrace.codecs.wire.EventFrames;
import io.reactivex.rxjava3.core.Completable;
import io.reactivex.rxjava3.core.CompletableEmitter;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/** Writes one buffer, in pieces that the protocol allows, each time that somebody subscribes. */
public final class ByteWrite implements PendingEvent.Outcome {
    /** Most bytes of a piece. */
    public static final int PIECE_BYTES = EventFrames.MAX_EVENT;

    private final AtomicInteger unfinished;
    private final CompletableEmitter done;

    private ByteWrite(int pieces, CompletableEmitter done) {
        this.unfinished = new AtomicInteger(pieces);
        this.done = done;
    }

    /** Takes the buffer as a whole or, if there is no room, not at all. No bytes at all become durable after all before. */
    public static Completable of(StreamWriter writer, ByteBuffer bytes) {
        return Completable.create(done -> {
            List<byte[]> pieces = pieces(bytes);
            HeadraceException refusal = writer.refusal(bytes.remaining());
            if (refusal != null) {
                done.tryOnError(refusal);
                return;
            }
            ByteWrite write = new ByteWrite(pieces.size(), done);
            pieces.forEach(piece -> writer.offerAsked(PendingEvent.piece(piece, write)));
        });
    }

    /** Copies of the bytes; at least one piece, which is empty if there are none. */
    public static List<byte[]> pieces(ByteBuffer bytes) {
        ByteBuffer left = bytes.duplicate();
        List<byte[]> pieces = new ArrayList<>();
        do {
            byte[] piece = new byte[Math.min(PIECE_BYTES, left.remaining())];
            left.get(piece);
            pieces.add(piece);
        } while (left.hasRemaining());
        return pieces;
    }

    @Override
    public void durable() {
        if (unfinished.decrementAndGet() == 0) {
            done.onComplete();
        }
    }

    @Override
    public void failed(HeadraceException cause) {
        done.tryOnError(cause);
    }
}
