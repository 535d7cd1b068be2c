/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.client.internal.write;

import io.headrace.client.HeadraceException;
import io.headrace.codecs.name.RoutingKeyHash;
import io.headrace.codecs.wire.EventFrames;
import io.netty.buffer.ByteBuf;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/** An event, or a piece of a stream of bytes, that is not durable yet. */
public final class PendingEvent {
    /** What an event costs beside its bytes, roughly. */
    private static final int OVERHEAD_BYTES = 64;

    /** Who is told what became of it, once, on the writer's loop or (if it is refused at once) by the caller's thread. */
    public interface Outcome {
        void durable();

        void failed(HeadraceException cause);
    }

    private final byte[] payload;

    /** Whether it is stored with a header in front of it. */
    private final boolean framed;

    private final double position;
    private final Outcome outcome;

    /** On the loop. */
    private long acceptedNanos;

    /** In the {@link Inbox}. */
    private @Nullable PendingEvent next;

    private PendingEvent(byte[] payload, boolean framed, double position, Outcome outcome) {
        this.payload = payload;
        this.framed = framed;
        this.position = position;
        this.outcome = outcome;
    }

    /** An event; it may go anywhere if there is no routing key. */
    public static PendingEvent of(@Nullable String routingKey, byte[] payload, Outcome outcome) {
        double position =
                routingKey == null ? ThreadLocalRandom.current().nextDouble() : RoutingKeyHash.position(routingKey);
        return new PendingEvent(payload, true, position, outcome);
    }

    /** A piece of a stream of bytes, of at most {@link EventFrames#MAX_EVENT} bytes, which is stored as it is. */
    public static PendingEvent piece(byte[] bytes, Outcome outcome) {
        return new PendingEvent(bytes, false, 0, outcome);
    }

    byte[] payload() {
        return payload;
    }

    /** Where it belongs in the key space. */
    double position() {
        return position;
    }

    /** When the loop took it. */
    long acceptedNanos() {
        return acceptedNanos;
    }

    void accepted(long nanos) {
        acceptedNanos = nanos;
    }

    void link(@Nullable PendingEvent to) {
        next = to;
    }

    /** What it was linked to. */
    @Nullable
    PendingEvent unlink() {
        PendingEvent linked = next;
        next = null;
        return linked;
    }

    Outcome outcome() {
        return outcome;
    }

    /** Bytes in a segment. */
    long storedBytes() {
        return framed ? EventFrames.HEADER_BYTES + (long) payload.length : payload.length;
    }

    /** Writes it as it is to be stored. */
    void write(ByteBuf out) {
        if (framed) {
            EventFrames.write(out, payload);
        } else {
            out.writeBytes(payload);
        }
    }

    /** Bytes of memory. */
    long heldBytes() {
        return storedBytes() + OVERHEAD_BYTES;
    }

    boolean isLarge() {
        return payload.length > EventFrames.MAX_EVENT;
    }
}
