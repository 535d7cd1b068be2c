/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.server;

import io.headrace.engine.segments.TierStatus;
import io.headrace.server.metrics.Metric;
import io.headrace.server.metrics.Metrics;
import io.headrace.server.metrics.Samples;
import io.headrace.verticles.bookkeeper.BookKeeperLogStore;
import io.headrace.verticles.bookkeeper.LogNumbers;
import io.headrace.verticles.bus.CommandBus;
import io.headrace.verticles.control.ControlCounters;
import io.headrace.verticles.embedded.DiskSpace;
import io.headrace.verticles.host.HostedPartition;
import io.headrace.verticles.host.PartitionHost;
import io.headrace.verticles.wire.WireCounters;
import java.util.List;

/** Where the numbers of a server come from. */
final class NodeMetrics {
    private static final double NANOS = 1e9;
    private static final double MILLIS = 1e3;

    private final Metrics metrics = new Metrics();

    /** For {@code GET /metrics}. */
    Metrics metrics() {
        return metrics;
    }

    void partitions(PartitionHost host) {
        metrics.add(to -> {
            List<Long> lags = host.lagMillis();
            for (int i = 0; i < lags.size(); i++) {
                to.add(Metric.LOOP_LAG_SECONDS, lags.get(i) / MILLIS, Integer.toString(i));
            }
            host.partitions().forEach(partition -> partition(partition, to));
        });
    }

    private static void partition(HostedPartition<?, ?> partition, Samples to) {
        String name = partition.name();
        HostedPartition.Sample sample = partition.sample();
        to.add(Metric.PARTITION_SERVING, partition.state() == HostedPartition.State.SERVING, name);
        to.add(Metric.PARTITION_ATTEMPTS, sample.attempts(), name);
        to.add(Metric.PARTITION_RECOVERY_SECONDS, sample.recoveryNanos() / NANOS, name);
        to.add(Metric.PARTITION_HELD_OUTPUTS, sample.heldOutputs(), name);
        to.add(Metric.PARTITION_CACHE_BYTES, sample.cacheBytes(), name);
    }

    void logs(BookKeeperLogStore logs) {
        double[] bounds = LogNumbers.boundsInSeconds();
        metrics.add(to -> logs.numbers().forEach(log -> {
            String name = log.partition();
            to.add(Metric.LOG_APPEND_SECONDS, bounds, log.buckets(), log.seconds(), name);
            to.add(Metric.LOG_APPENDED_BYTES, log.bytes(), name);
            to.add(Metric.LOG_PENDING_FRAMES, log.pendingFrames(), name);
            to.add(Metric.LOG_PENDING_BYTES, log.pendingBytes(), name);
        }));
    }

    void disk(DiskSpace disk) {
        metrics.add(to -> to.add(Metric.LOG_DISK_FREE_BYTES, disk.freeBytes()));
    }

    void store(WireCounters store) {
        metrics.add(to -> {
            to.add(Metric.STORE_CONNECTIONS, store.open());
            to.add(Metric.STORE_CLOSED_BY_ERROR, store.closedByError());
            to.add(Metric.STORE_RECEIVED_BYTES, store.bytesReceived());
            to.add(Metric.STORE_SENT_BYTES, store.bytesSent());
            to.add(Metric.STORE_PAUSES, store.pauses());
            to.add(Metric.STORE_APPENDS, store.appends());
            to.add(Metric.STORE_EVENTS, store.events());
            to.add(Metric.STORE_APPENDED_BYTES, store.appendedBytes());
            to.add(Metric.STORE_READS, store.reads());
            to.add(Metric.STORE_READ_BYTES, store.readBytes());
            store.refusals().forEach((reply, count) -> to.add(Metric.STORE_REFUSALS, count, reply));
        });
    }

    void controller(ControlCounters controller) {
        metrics.add(to -> {
            to.add(Metric.CONTROLLER_CALLS, controller.calls());
            controller.failures().forEach((status, count) -> to.add(Metric.CONTROLLER_FAILURES, count, status));
        });
    }

    void storage(LongTermStorage storage) {
        metrics.add(to -> {
            to.add(Metric.STORAGE_HOLDS_WRITERS, storage.writersWait());
            storage.calls().addTo(to);
            storage.statuses().forEach((partition, status) -> storage(partition, status, to));
        });
    }

    private static void storage(String partition, TierStatus status, Samples to) {
        to.add(Metric.STORAGE_WAITING_BYTES, status.waitingBytes(), partition);
        to.add(Metric.STORAGE_WAITING_SECONDS, status.waitingMillis() / MILLIS, partition);
        to.add(Metric.STORAGE_CHUNKS, status.chunks(), partition);
        to.add(Metric.STORAGE_CACHE_HITS, status.hits(), partition);
        to.add(Metric.STORAGE_CACHE_MISSES, status.misses(), partition);
        boolean fails = status.state() == TierStatus.State.FAILING || status.state() == TierStatus.State.WRONG_STORAGE;
        to.add(Metric.STORAGE_FAILING, fails, partition);
    }

    void cluster(ClusterWatch watch) {
        metrics.add(to -> {
            to.add(Metric.CLUSTER_NODES, watch.nodes());
            to.add(Metric.CLUSTER_UNREACHABLE_NODES, watch.unreachableNodes());
            to.add(Metric.CLUSTER_CLOCK_AHEAD_SECONDS, watch.clockAheadMillis() / MILLIS);
        });
    }

    void bus(CommandBus<?, ?> bus) {
        metrics.add(to -> {
            to.add(Metric.BUS_SENT, bus.sent(), bus.kind());
            to.add(Metric.BUS_DELAYED, bus.delayed(), bus.kind());
            to.add(Metric.BUS_LOST, bus.lost(), bus.kind());
            to.add(Metric.BUS_UNDER_WAY_BYTES, bus.bytesUnderWay(), bus.kind());
        });
    }

    void health(Health health) {
        metrics.add(to -> to.add(Metric.NODE_READY, health.report().healthy()));
    }
}
