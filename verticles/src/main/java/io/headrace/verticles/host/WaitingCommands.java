/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.verticles.host;

import io.headrace.engine.partition.ReplyTo;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.BiConsumer;
import java.util.function.ToLongFunction;

/** Commands that wait until their partition serves, bounded in number and bytes. */
final class WaitingCommands<C, R> {

    private record Waiting<C, R>(C command, ReplyTo<? super R> replyTo) {}

    private final int maxCommands;
    private final long maxBytes;
    private final ToLongFunction<? super C> bytesOf;
    private final Deque<Waiting<C, R>> queue = new ArrayDeque<>();
    private long bytes;

    WaitingCommands(int maxCommands, long maxBytes, ToLongFunction<? super C> bytesOf) {
        this.maxCommands = maxCommands;
        this.maxBytes = maxBytes;
        this.bytesOf = bytesOf;
    }

    /** False if there is no room. */
    boolean offer(C command, ReplyTo<? super R> replyTo) {
        long size = bytesOf.applyAsLong(command);
        if (queue.size() >= maxCommands || bytes + size > maxBytes) {
            return false;
        }
        bytes += size;
        queue.addLast(new Waiting<>(command, replyTo));
        return true;
    }

    /** Takes out what waits at this moment, in order. What {@code action} offers in turn stays. */
    void drain(BiConsumer<? super C, ReplyTo<? super R>> action) {
        bytes = 0;
        for (int left = queue.size(); left > 0; left--) {
            Waiting<C, R> next = queue.removeFirst();
            action.accept(next.command, next.replyTo);
        }
    }
}
