/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.server;

import io.headrace.engine.log.CheckpointStore;
import io.headrace.engine.log.LogStore;
import io.headrace.engine.partition.Loop;
import io.headrace.engine.partition.Partition;
import io.headrace.engine.partition.PartitionListener;
import io.headrace.engine.partition.PartitionOptions;
import io.headrace.engine.partition.ReplyTo;
import io.headrace.engine.partition.StateMachine;
import io.headrace.verticles.host.HostedPartition;
import io.headrace.verticles.host.PartitionHost;
import io.vertx.core.Future;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Opens the partitions of a server: what all of them have in common. */
final class PartitionOpener {
    private static final Logger LOG = LoggerFactory.getLogger(PartitionOpener.class);
    private static final int POLL_MILLIS = 10;

    /** How often a start that takes long says what it waits for. */
    private static final long TELL_NANOS = TimeUnit.SECONDS.toNanos(10);

    private final PartitionHost host;
    private final LogStore logs;
    private final CheckpointStore checkpoints;
    private final PartitionOptions options;
    private final SecureRandom seeds = new SecureRandom();

    PartitionOpener(PartitionHost host, LogStore logs, CheckpointStore checkpoints, PartitionOptions options) {
        this.host = host;
        this.logs = logs;
        this.checkpoints = checkpoints;
        this.options = options;
    }

    /** Makes state machines. */
    @FunctionalInterface
    interface Machines<C, R> {
        /**
         * A fresh machine; called once for each attempt to open a partition.
         *
         * @param loop of the partition
         * @param self submits a command to the very partition that this machine is for, in a turn of its own and without
         *     a reply; from any thread
         */
        StateMachine<C, R> create(Loop loop, Consumer<C> self);
    }

    /**
     * Begins to open a partition.
     *
     * @param bytesOf how much memory a waiting command holds, in bytes
     */
    <C, R> HostedPartition<C, R> open(String name, Machines<C, R> machines, ToLongFunction<? super C> bytesOf) {
        return host.open(name, (same, loop, listener) -> create(name, loop, machines, listener), bytesOf);
    }

    /** Prepares a partition for its end while it serves; succeeds in any case. */
    Future<Void> settle(String name) {
        return host.settle(name);
    }

    /** Lets go of a partition; succeeds also if it is not open. */
    Future<Void> close(String name) {
        return host.close(name);
    }

    /** Drops a partition as a crash would; succeeds also if it is not open. */
    Future<Void> abandon(String name, String reason) {
        return host.abandon(name, reason);
    }

    private <C, R> Partition<C, R> create(String name, Loop loop, Machines<C, R> machines, PartitionListener listener) {
        Self<C, R> self = new Self<>(loop);
        Partition<C, R> partition = new Partition<>(
                name,
                machines.create(loop, self),
                logs,
                checkpoints,
                loop,
                System::currentTimeMillis,
                new SplittableRandom(seeds.nextLong()),
                options,
                listener);
        self.partition = partition;
        return partition;
    }

    /** The way of a machine back to its partition, never to a later one of the same name. */
    private static final class Self<C, R> implements Consumer<C>, ReplyTo<R> {
        private final Loop loop;
        private @Nullable Partition<C, R> partition; // set before the partition is started; used on its loop only

        Self(Loop loop) {
            this.loop = loop;
        }

        @Override
        public void accept(C command) {
            loop.execute(() -> Objects.requireNonNull(partition).submit(command, this));
        }

        @Override
        public void reply(R reply) {
            // nobody asked
        }

        @Override
        public void lost(String reason) {
            // whoever recovers the partition finds the unfinished work in its state
        }
    }

    /** Waits until all of them serve. */
    void awaitServing(Duration limit) throws InterruptedException {
        long deadline = System.nanoTime() + limit.toNanos();
        long telling = System.nanoTime() + TELL_NANOS;
        for (List<String> missing = notServing(); !missing.isEmpty(); missing = notServing()) {
            if (System.nanoTime() > telling) {
                LOG.info("waiting for {} to be recovered", String.join(", ", missing));
                telling += TELL_NANOS;
            }
            if (System.nanoTime() > deadline) {
                throw new StartException(String.join(", ", missing) + " could not be opened within " + limit.toSeconds()
                        + " s: the log above says why; nothing has been deleted, and a start may be tried again");
            }
            TimeUnit.MILLISECONDS.sleep(POLL_MILLIS);
        }
    }

    private List<String> notServing() {
        return host.partitions().stream()
                .filter(partition -> partition.state() != HostedPartition.State.SERVING)
                .<String>map(HostedPartition::name)
                .sorted()
                .toList();
    }
}
