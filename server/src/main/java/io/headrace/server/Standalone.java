/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.server;

import io.headrace.engine.partition.ReplyTo;
import io.headrace.engine.segments.LoadOptions;
import io.headrace.engine.segments.SegmentCommand;
import io.headrace.engine.segments.SegmentReply;
import io.headrace.engine.segments.SegmentsMachine;
import io.headrace.engine.streams.ScaleLimits;
import io.headrace.engine.streams.StreamCommand;
import io.headrace.engine.streams.StreamReply;
import io.headrace.engine.streams.StreamsMachine;
import io.headrace.engine.streams.StreamsOptions;
import io.headrace.server.settings.Settings;
import io.headrace.tiering.ChunkStorage;
import io.headrace.tiering.ChunkStorages;
import io.headrace.verticles.bookkeeper.BookKeeperLogStore;
import io.headrace.verticles.bookkeeper.LogOptions;
import io.headrace.verticles.bus.LoadBus;
import io.headrace.verticles.embedded.DiskSpace;
import io.headrace.verticles.embedded.EmbeddedEnsemble;
import io.headrace.verticles.embedded.EmbeddedOptions;
import io.headrace.verticles.host.HostOptions;
import io.headrace.verticles.host.PartitionHost;
import io.headrace.verticles.host.Partitions;
import io.headrace.verticles.rocksdb.RocksCheckpointStore;
import io.headrace.verticles.rocksdb.RocksOptions;
import io.headrace.verticles.wire.Credits;
import io.headrace.verticles.wire.WireNode;
import io.headrace.verticles.wire.WireOptions;
import io.netty.buffer.PooledByteBufAllocator;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A whole server in one process, with its storage. {@link #compose} is where everything is put together. */
final class Standalone {
    private static final Logger LOG = LoggerFactory.getLogger(Standalone.class);

    private static final Duration START_LIMIT = Duration.ofSeconds(60);
    private static final Duration END_LIMIT = Duration.ofSeconds(4);

    /** For the end as a whole, whatever its parts take. */
    private static final Duration CLOSE_LIMIT = Duration.ofSeconds(9);

    /** How often it is decided whether writers must wait. */
    private static final int HOLD_MILLIS = 50;

    private static final int EVENT_LOOPS = Math.max(2, Runtime.getRuntime().availableProcessors());

    /** Bytes that all connections together may have handed over and not had answered. */
    private static final long CREDIT_BYTES = 128L << 20;

    private final Started started;
    private final Addresses addresses;
    private final CountDownLatch ended = new CountDownLatch(1);

    private Standalone(Started started, Addresses addresses) {
        this.started = started;
        this.addresses = addresses;
    }

    /**
     * Starts a server; returns when it serves.
     *
     * @throws StartException if it cannot; nothing is left running
     */
    static Standalone start(Settings settings) {
        Started started = new Started();
        try {
            return new Standalone(started, compose(settings, started));
        } catch (InterruptedException e) {
            started.end();
            Thread.currentThread().interrupt();
            throw new StartException("the start was interrupted", e);
        } catch (IOException | RuntimeException e) {
            started.end();
            throw StartException.of(e);
        }
    }

    private static Addresses compose(Settings settings, Started started) throws IOException, InterruptedException {
        Exposure exposure = Exposure.of(settings);
        Faces faces = new Faces(settings, exposure, started);
        faces.checkFree();
        DataDirectory data =
                started.add("data directory", DataDirectory.open(settings.get(Settings.DATA)), DataDirectory::close);
        ClusterFile cluster = ClusterFile.readOrCreate(data.path(), settings);
        LongTermStorage tier2 = started.add(
                "long-term storage",
                LongTermStorage.open(
                        settings, data.path(), cluster.segmentsPartitions(), PartitionMemory.blocks(settings)),
                LongTermStorage::close);

        EmbeddedEnsemble ensemble = started.add(
                "storage",
                EmbeddedEnsemble.start(EmbeddedOptions.in(data.path().resolve("storage")), FatalErrors::endNow),
                EmbeddedEnsemble::close);
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
                new PartitionOpener(host, logs, checkpoints, PartitionMemory.options(settings, cluster));
        LoadBus loads = loads(vertx, streams);
        int pace = settings.get(Settings.SCALING_PACE);
        long retentionMillis = settings.get(Settings.RETENTION_PERIOD).toMillis();
        long watermarkMillis = settings.get(Settings.WATERMARK_PERIOD).toMillis();
        long transactionMillis = settings.get(Settings.TRANSACTION_LIFE).toMillis();
        opener.open(
                "segments",
                segments,
                (number, loop, self) -> new SegmentsMachine(
                        PooledByteBufAllocator.DEFAULT,
                        LoadOptions.atPace(pace),
                        loads.reportsOf(loop),
                        tier2.of("segments-" + number, loop, self)),
                PartitionMemory::bytesOf);
        opener.open(
                "streams",
                streams,
                (number, loop, self) -> new StreamsMachine(
                        StreamsOptions.of(number, cluster.streamsPartitions())
                                .withScaling(ScaleLimits.atPace(pace))
                                .withRetentionMillis(retentionMillis)
                                .withWatermarkMillis(watermarkMillis)
                                .withTransactionMillis(transactionMillis),
                        // In turns of their own, also if the other partition is on the same loop.
                        (command, replyTo) -> loop.execute(() -> segments.submit(command.segment(), command, replyTo)),
                        (command, replyTo) -> loop.execute(() -> streams.submit(command.scope(), command, replyTo)),
                        self),
                PartitionMemory::bytesOf);
        opener.awaitServing(START_LIMIT);
        tier2.awaitKnown();

        WireNode node = new WireNode(
                segments,
                new Credits(CREDIT_BYTES),
                WireOptions.DEFAULT
                        .listeningOn(exposure.bind(), settings.get(Settings.STORE_PORT))
                        .accepting(settings.get(Settings.CONNECTIONS))
                        .besideController(settings.get(Settings.CONTROLLER_PORT)));
        ensemble.disk().listen(isShort -> hold(node, isShort, ensemble.disk()));
        vertx.setPeriodic(HOLD_MILLIS, id -> node.holdAppends(tier2.holdsWriters(ensemble.disk()::isShort)));
        int storePort = faces.store(vertx, node, EVENT_LOOPS);
        int controllerPort = faces.controller(vertx, storePort, streams);
        int httpPort = faces.http(
                vertx, controllerPort, new Health(host, node.counters(), ensemble.disk(), tier2)::report, streams);
        LOG.info("serving; all data is in {}", data.path());
        return new Addresses(
                Addresses.of(exposure.advertised(), controllerPort),
                Addresses.of(exposure.advertised(), storePort),
                Addresses.of(exposure.advertised(), httpPort));
    }

    private static LoadBus loads(Vertx vertx, Partitions<StreamCommand, StreamReply> streams) {
        LoadBus loads = new LoadBus(vertx.eventBus(), streams::indexOf);
        for (int i = 0; i < streams.count(); i++) {
            loads.listen(i, report -> streams.submit(report.scope(), report, ReplyTo.none()));
        }
        return loads;
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
        Vertx vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(EVENT_LOOPS));
        vertx.exceptionHandler(cause -> FatalErrors.handle("an event loop", cause));
        return vertx;
    }

    private static PartitionHost host(Vertx vertx) throws InterruptedException {
        return Await.result(
                "starting event loops",
                PartitionHost.start(
                        vertx,
                        EVENT_LOOPS,
                        HostOptions.DEFAULT,
                        (name, cause) -> FatalErrors.endNow("another process has taken over " + name)),
                START_LIMIT);
    }

    /** Where clients find it. */
    Addresses addresses() {
        return addresses;
    }

    /** Waits until {@link #close} has done its work. */
    void awaitEnd() throws InterruptedException {
        ended.await();
    }

    /** Ends the server; returns when everything has ended. If that takes too long, the process ends without. */
    void close() {
        LOG.info("ending");
        Thread limit = new Thread(this::endAnyway, "end-limit");
        limit.setDaemon(true);
        limit.start();
        started.end();
        LOG.info("ended");
        ended.countDown();
    }

    private void endAnyway() {
        try {
            if (!ended.await(CLOSE_LIMIT.toMillis(), TimeUnit.MILLISECONDS)) {
                FatalErrors.endNow("the end took longer than " + CLOSE_LIMIT.toSeconds() + " s");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
