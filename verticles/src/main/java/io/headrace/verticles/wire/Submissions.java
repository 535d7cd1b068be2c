/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.verticles.wire;

import io.headrace.engine.partition.ReplyTo;
import io.headrace.engine.segments.SegmentCommand;
import io.headrace.engine.segments.SegmentReply;
import io.headrace.verticles.host.CommandBatch;
import io.headrace.verticles.host.HostedPartition;
import io.headrace.verticles.host.Partitions;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The commands of one connection on their way to partitions: one hand-over per partition and socket read. */
final class Submissions {
    private static final ReplyTo<SegmentReply> NOBODY = new ReplyTo<>() {
        @Override
        public void reply(SegmentReply reply) {}

        @Override
        public void lost(String reason) {}
    };

    private record Batch(
            int partition,
            HostedPartition<SegmentCommand, SegmentReply> owner,
            CommandBatch<SegmentCommand, SegmentReply> commands) {}

    private final Partitions<SegmentCommand, SegmentReply> partitions;

    /** A socket read rarely concerns more than one or two partitions, so the right batch is searched for. */
    private final List<Batch> batches = new ArrayList<>(2);

    private final BitSet used = new BitSet();

    Submissions(Partitions<SegmentCommand, SegmentReply> partitions) {
        this.partitions = partitions;
    }

    /** The partition with this index if it is in this process, else null. */
    @Nullable
    HostedPartition<SegmentCommand, SegmentReply> owner(int partition) {
        return partitions.at(partition);
    }

    /** Adds a command for {@code owner}, which is the partition with index {@code partition}. */
    void add(
            int partition,
            HostedPartition<SegmentCommand, SegmentReply> owner,
            SegmentCommand command,
            ReplyTo<SegmentReply> replyTo) {
        used.set(partition);
        for (int i = batches.size() - 1; i >= 0; i--) {
            Batch batch = batches.get(i);
            if (batch.partition == partition && batch.owner == owner) {
                batch.commands.add(command, replyTo);
                return;
            }
        }
        Batch batch = new Batch(partition, owner, new CommandBatch<>());
        batch.commands.add(command, replyTo);
        batches.add(batch);
    }

    /** Gives all that was added to the partitions. */
    void handOver() {
        for (int i = 0; i < batches.size(); i++) {
            Batch batch = batches.get(i);
            batch.owner.submit(batch.commands);
        }
        batches.clear();
    }

    /** Tells every partition that was used that the connection has ended. */
    void disconnect(long connection) {
        used.stream().forEach(partition -> {
            HostedPartition<SegmentCommand, SegmentReply> owner = partitions.at(partition);
            if (owner != null) {
                owner.submit(new SegmentCommand.Disconnected(connection), NOBODY);
            }
        });
        used.clear();
    }
}
