/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.server;

import io.headrace.verticles.embedded.DiskSpace;
import io.headrace.verticles.host.HostedPartition;
import io.headrace.verticles.host.PartitionHost;
import io.headrace.verticles.wire.WireCounters;
import io.vertx.core.json.JsonObject;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Supplier;

/** What {@code /health} knows. May be asked from any thread. */
final class Health {
    private final PartitionHost host;
    private final WireCounters store;
    private final Optional<DiskSpace> disk;
    private final LongTermStorage tier2;
    private final Optional<Supplier<JsonObject>> cluster;

    /**
     * What is asked.
     *
     * @param disk of the log, if that is on this machine
     * @param cluster what is noticed about it, if this is a node of one
     */
    Health(
            PartitionHost host,
            WireCounters store,
            Optional<DiskSpace> disk,
            LongTermStorage tier2,
            Optional<Supplier<JsonObject>> cluster) {
        this.host = host;
        this.store = store;
        this.disk = disk;
        this.tier2 = tier2;
        this.cluster = cluster;
    }

    /**
     * Healthy means that every partition serves and that writers need not wait for disk space. Long-term storage may be away
     * for a while: nothing is lost by that.
     */
    HealthServer.Report report() {
        Map<String, Object> states = new TreeMap<>();
        boolean isShort = disk.map(DiskSpace::isShort).orElse(false);
        boolean healthy = !isShort;
        for (HostedPartition<?, ?> partition : host.partitions()) {
            HostedPartition.State state = partition.state();
            states.put(partition.name(), state.name().toLowerCase(Locale.ROOT));
            healthy &= state == HostedPartition.State.SERVING;
        }
        JsonObject details = new JsonObject()
                .put("status", healthy ? "ready" : "not ready")
                .put("version", Version.current())
                .put("partitions", new JsonObject(states))
                .put("longTermStorage", tier2.report())
                .put(
                        "store",
                        new JsonObject()
                                .put("connections", store.open())
                                .put("connectionsClosedByError", store.closedByError())
                                .put("bytesReceived", store.bytesReceived())
                                .put("bytesSent", store.bytesSent())
                                .put("pauses", store.pauses()));
        cluster.ifPresent(noticed -> details.put("cluster", noticed.get()));
        disk.ifPresent(space -> details.put(
                "disk",
                new JsonObject()
                        .put("freeBytes", space.freeBytes())
                        .put("enoughBytes", space.enoughBytes())
                        .put("writersWait", isShort)));
        return new HealthServer.Report(healthy, details);
    }
}
