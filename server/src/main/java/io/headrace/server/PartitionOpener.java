/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.server;

import io.headrace.engine.log.CheckpointStore;
import io.headrace.engine.log.LogStore;
import io.headrace.engine.partition.Partition;
import io.headrace.engine.partition.PartitionOptions;
import io.headrace.engine.partition.StateMachine;
import io.headrace.verticles.host.HostedPartition;
import io.headrace.verticles.host.PartitionFactory;
import io.headrace.verticles.host.PartitionHost;
import io.headrace.verticles.host.Partitions;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.IntFunction;
import java.util.function.ToLongFunction;

/** Opens the partitions of a server: what all of them have in common. */
final class PartitionOpener {
    private static final int POLL_MILLIS = 10;

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

    /**
     * Begins to open all partitions of a kind.
     *
     * @param kind their names are this, a hyphen and a number from 0
     * @param machines a fresh state machine for the partition of a number
     * @param bytesOf how much memory a waiting command holds, in bytes
     */
    <C, R> void open(
            String kind,
            Partitions<C, R> partitions,
            IntFunction<StateMachine<C, R>> machines,
            ToLongFunction<? super C> bytesOf) {
        for (int i = 0; i < partitions.count(); i++) {
            int number = i;
            PartitionFactory<C, R> factory = (name, loop, listener) -> new Partition<>(
                    name,
                    machines.apply(number),
                    logs,
                    checkpoints,
                    loop,
                    System::currentTimeMillis,
                    new SplittableRandom(seeds.nextLong()),
                    options,
                    listener);
            partitions.place(number, host.open(kind + "-" + number, factory, bytesOf));
        }
    }

    /** Waits until all of them serve. */
    void awaitServing(Duration limit) throws InterruptedException {
        long deadline = System.nanoTime() + limit.toNanos();
        for (List<String> missing = notServing(); !missing.isEmpty(); missing = notServing()) {
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
