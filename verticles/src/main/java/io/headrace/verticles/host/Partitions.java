/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.verticles.host;

import io.headrace.codecs.name.Slots;
import io.headrace.engine.partition.ReplyTo;
import io.headrace.engine.segments.SegmentCommand;
import io.headrace.engine.segments.SegmentReply;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/**
 * All partitions of one kind: which of them owns a name, and which are in this process. May be called from any thread.
 */
public final class Partitions<C, R> {
    private static final int COMMAND_BYTES = 512;

    /** The way to partitions that are not in this process. */
    @FunctionalInterface
    public interface Elsewhere<C, R> {
        /**
         * Sends a command to wherever a partition is.
         *
         * @param replyTo may be called on any thread
         */
        void submit(int partition, C command, ReplyTo<? super R> replyTo);

        /** What answers a command that is given to a partition in this process, which may leave it meanwhile. */
        default ReplyTo<? super R> following(int partition, C command, ReplyTo<? super R> replyTo) {
            return replyTo;
        }
    }

    private final ToIntFunction<String> slotOf;
    private final int[] table;
    private final AtomicReferenceArray<@Nullable HostedPartition<C, R>> here;
    private volatile Elsewhere<C, R> elsewhere =
            (partition, command, replyTo) -> replyTo.lost("partition " + partition + " is not in this process");

    private Partitions(ToIntFunction<String> slotOf, int[] table) {
        if (table.length != Slots.COUNT) {
            throw new IllegalArgumentException("a slot table has " + Slots.COUNT + " entries, not " + table.length);
        }
        int partitions = 0;
        for (int partition : table) {
            if (partition < 0 || partition >= Slots.COUNT) {
                throw new IllegalArgumentException("there is no partition " + partition);
            }
            partitions = Math.max(partitions, partition + 1);
        }
        this.slotOf = slotOf;
        this.table = table.clone();
        this.here = new AtomicReferenceArray<>(partitions);
    }

    /** Partitions of segments: a name is that of a segment of any kind. */
    public static Partitions<SegmentCommand, SegmentReply> ofSegments(int[] table) {
        return new Partitions<>(Slots::of, table);
    }

    /** Partitions of streams: a name is that of a scope. */
    public static <C, R> Partitions<C, R> ofScopes(int[] table) {
        return new Partitions<>(Slots::ofScope, table);
    }

    /** The table of a new cluster: equal shares, slot after slot. */
    public static int[] evenTable(int partitions) {
        if (partitions < 1 || partitions > Slots.COUNT) {
            throw new IllegalArgumentException("there can be 1 to " + Slots.COUNT + " partitions, not " + partitions);
        }
        int[] table = new int[Slots.COUNT];
        for (int slot = 0; slot < table.length; slot++) {
            table[slot] = slot * partitions / table.length;
        }
        return table;
    }

    /** How much memory a segment command holds while it waits, in bytes, roughly. */
    public static long bytesOf(SegmentCommand command) {
        long data = 0;
        if (command instanceof SegmentCommand.Append append) {
            data = append.data().readableBytes();
        } else if (command instanceof SegmentCommand.AppendAt append) {
            data = append.data().readableBytes();
        } else if (command instanceof SegmentCommand.Called called) {
            return bytesOf(called.command());
        }
        return data + COMMAND_BYTES;
    }

    /** Number of partitions in the cluster. */
    public int count() {
        return here.length();
    }

    /** Which partition owns {@code name}: 0 to {@link #count()} - 1. */
    public int indexOf(String name) {
        return table[slotOf.applyAsInt(name)];
    }

    /** Says that partition {@code index} is, or with null is no longer, in this process. */
    public void place(int index, @Nullable HostedPartition<C, R> partition) {
        here.set(index, partition);
    }

    /** Partition {@code index} if it is in this process, else null. */
    public @Nullable HostedPartition<C, R> at(int index) {
        HostedPartition<C, R> partition = here.get(index);
        return partition != null && partition.isHere() ? partition : null;
    }

    /** Says how to reach partitions that are not in this process; without that, commands to them are lost. */
    public void reachOthersBy(Elsewhere<C, R> way) {
        elsewhere = way;
    }

    /** Hands one command to the owner of {@code name}, wherever that is. */
    public void submit(String name, C command, ReplyTo<? super R> replyTo) {
        submit(indexOf(name), command, replyTo);
    }

    /** Hands one command to the owner of partition {@code index}, wherever that is. */
    public void submit(int index, C command, ReplyTo<? super R> replyTo) {
        HostedPartition<C, R> owner = at(index);
        if (owner == null) {
            elsewhere.submit(index, command, replyTo);
        } else {
            owner.submit(command, elsewhere.following(index, command, replyTo));
        }
    }
}
