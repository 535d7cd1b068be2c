/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.server;

import io.headrace.engine.segments.SegmentCommand;
import io.headrace.engine.segments.SegmentReply;
import io.headrace.engine.streams.StreamCommand;
import io.headrace.engine.streams.StreamReply;
import io.headrace.server.settings.Settings;
import io.headrace.tiering.ChunkStorage;
import io.headrace.tiering.ChunkStorages;
import io.headrace.verticles.bookkeeper.BookKeeperLogStore;
import io.headrace.verticles.bookkeeper.LogOptions;
import io.headrace.verticles.control.ControlVerticle;
import io.headrace.verticles.control.Directory;
import io.headrace.verticles.embedded.DiskSpace;
import io.headrace.verticles.embedded.EmbeddedEnsemble;
import io.headrace.verticles.embedded.EmbeddedOptions;
import io.headrace.verticles.host.HostOptions;
import io.headrace.verticles.host.PartitionHost;
import io.headrace.verticles.host.Partitions;
import io.headrace.verticles.net.Endpoint;
import io.headrace.verticles.rocksdb.RocksCheckpointStore;
import io.headrace.verticles.rocksdb.RocksOptions;
import io.headrace.verticles.wire.WireNode;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A whole server in one process, with its storage. {@link #compose} is where everything is put together. */
final class Standalone {
    private static final Logger LOG = LoggerFactory.getLogger(Standalone.class);

    private static final Duration LOOPS_LIMIT = Duration.ofSeconds(60);

    /** Recovery takes a moment, but on a disk that is busy with other things each of its syncs takes seconds. */
    private static final Duration RECOVERY_LIMIT = Duration.ofMinutes(5);

    private static final Duration END_LIMIT = Duration.ofSeconds(4);

    /** How often it is decided whether writers must wait. */
    private static final int HOLD_MILLIS = 50;

    private Standalone() {}

    /**
     * Starts a server; returns when it serves.
     *
     * @throws StartException if it cannot; nothing is left running
     */
    static Server<Addresses> start(Settings settings) {
        return Server.start(started -> compose(settings, started));
    }

    private static Addresses compose(Settings settings, Started started) throws IOException, InterruptedException {
        Exposure exposure = Exposure.of(settings);
        Faces faces = new Faces(settings, exposure, started);
        faces.checkFree(Faces.PORTS);
        DataDirectory data = started.add(
                "data directory",
                DataDirectory.open(settings.get(Settings.DATA), ClusterFile.NAME),
                DataDirectory::close);
        ClusterFile cluster = ClusterFile.readOrCreate(data.path(), settings);
        LongTermStorage tier2 = started.add(
                "long-term storage",
                LongTermStorage.open(
                        settings, data.path(), cluster.segmentsPartitions(), PartitionMemory.blocks(settings)),
                LongTermStorage::close);

        EmbeddedEnsemble ensemble = started.add("storage", storage(data, faces), EmbeddedEnsemble::close);
        BookKeeperLogStore logs = started.add(
                "logs", BookKeeperLogStore.connect(LogOptions.of(ensemble.connectString())), BookKeeperLogStore::close);

        ChunkStorage chunks = started.add(
                "chunks", ChunkStorages.open(data.path().resolve("chunks").toUri()), ChunkStorage::close);
        RocksCheckpointStore checkpoints = started.add(
                "rows",
                new RocksCheckpointStore(
                        data.path().resolve("rows"), chunks, logs.formerCheckpoints(), RocksOptions.DEFAULT),
                RocksCheckpointStore::close);

        Vertx vertx = started.add("event loops", vertx(), v -> Await.result("ending", v.close(), END_LIMIT));
        PartitionHost host = started.add("partitions", host(vertx), h -> Await.result("ending", h.close(), END_LIMIT));
        Partitions<SegmentCommand, SegmentReply> segments =
                Partitions.ofSegments(Partitions.evenTable(cluster.segmentsPartitions()));
        Partitions<StreamCommand, StreamReply> streams =
                Partitions.ofScopes(Partitions.evenTable(cluster.streamsPartitions()));
        PartitionOpener opener =
                new PartitionOpener(host, logs, checkpoints, PartitionMemory.options(settings, cluster, true));
        NodePartitions partitions = new NodePartitions(settings, opener, tier2, segments, streams);
        partitions.segmentsNames().forEach(partitions::open);
        partitions.streamsNames().forEach(partitions::open);
        opener.awaitServing(RECOVERY_LIMIT);
        tier2.awaitKnown();

        WireNode node = faces.node(segments);
        ensemble.disk().listen(isShort -> hold(node, isShort, ensemble.disk()));
        vertx.setPeriodic(HOLD_MILLIS, id -> node.holdAppends(tier2.holdsWriters(ensemble.disk()::isShort)));
        int storePort = faces.store(vertx, node, Server.EVENT_LOOPS);
        OwnAddresses own = new OwnAddresses(exposure);
        Endpoint store = own.store(storePort);
        Directory directory = Directory.of(
                exposure.of(Settings.ADVERTISED_CONTROLLER, settings.get(Settings.CONTROLLER_PORT)), store);
        ControlVerticle control = faces.controller(vertx, streams, directory);
        int controllerPort = control.port();
        Health health = new Health(host, node.counters(), Optional.of(ensemble.disk()), tier2, Optional.empty());
        NodeMetrics metrics = new NodeMetrics();
        metrics.health(health);
        metrics.partitions(host);
        metrics.logs(logs);
        metrics.disk(ensemble.disk());
        metrics.store(node.counters());
        metrics.controller(control.counters());
        metrics.storage(tier2);
        int httpPort = faces.http(
                vertx, health::report, metrics.metrics(), faces.gateway(vertx, exposure.self(controllerPort), streams));
        LOG.info("serving; all data is in {}", data.path());
        Addresses addresses = new Addresses(
                own.controller(controllerPort).toString(),
                store.toString(),
                own.http(httpPort).toString());
        own.check(vertx);
        return addresses;
    }

    /** Its servers listen on any ports that are free; not on those that are to be opened when everything else has started. */
    private static EmbeddedEnsemble storage(DataDirectory data, Faces faces) throws IOException {
        HeldPorts held = faces.hold(Faces.PORTS);
        try {
            return EmbeddedEnsemble.start(EmbeddedOptions.in(data.path().resolve("storage")), FatalErrors::endNow);
        } finally {
            held.close();
        }
    }

    private static void hold(WireNode node, boolean isShort, DiskSpace disk) {
        if (isShort) {
            node.holdAppends(true);
            LOG.warn(
                    "the disk has only {} MiB left: writers wait until {} MiB are free",
                    disk.freeBytes() >> 20,
                    disk.enoughBytes() >> 20);
        } else {
            LOG.info("the disk has {} MiB left: writers go on", disk.freeBytes() >> 20);
        }
    }

    private static Vertx vertx() {
        Vertx vertx = Vertx.vertx(Server.vertxOptions());
        vertx.exceptionHandler(cause -> FatalErrors.handle("an event loop", cause));
        return vertx;
    }

    private static PartitionHost host(Vertx vertx) throws InterruptedException {
        return Await.result(
                "starting event loops",
                PartitionHost.start(
                        vertx,
                        Server.EVENT_LOOPS,
                        HostOptions.DEFAULT,
                        (name, cause) -> FatalErrors.endNow("another process has taken over " + name)),
                LOOPS_LIMIT);
    }
}
