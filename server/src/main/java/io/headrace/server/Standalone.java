/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.server;

import io.headrace.engine.log.CheckpointStore;
import io.headrace.engine.log.LogStore;
import io.headrace.engine.partition.Partition;
import io.headrace.engine.partition.PartitionOptions;
import io.headrace.engine.partition.StateMachine;
import io.headrace.engine.segments.SegmentCommand;
import io.headrace.engine.segments.SegmentReply;
import io.headrace.engine.segments.SegmentsMachine;
import io.headrace.server.settings.Settings;
import io.headrace.verticles.embedded.EmbeddedEnsemble;
import io.headrace.verticles.embedded.EmbeddedOptions;
import io.headrace.verticles.embedded.EnsembleException;
import io.headrace.verticles.host.HostOptions;
import io.headrace.verticles.host.HostedPartition;
import io.headrace.verticles.host.PartitionFactory;
import io.headrace.verticles.host.PartitionHost;
import io.headrace.verticles.host.Partitions;
import io.headrace.verticles.wire.Credits;
import io.headrace.verticles.wire.WireNode;
import io.headrace.verticles.wire.WireOptions;
import io.headrace.verticles.wire.WireVerticle;
import io.netty.buffer.PooledByteBufAllocator;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.http.HttpServer;
import java.io.IOException;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.function.Supplier;
import java.util.function.ToLongFunction;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A whole server in one process, with its storage. {@link #compose} is where everything is put together. */
final class Standalone {
    private static final Logger LOG = LoggerFactory.getLogger(Standalone.class);

    private static final Duration START_LIMIT = Duration.ofSeconds(60);
    private static final Duration END_LIMIT = Duration.ofSeconds(5);

    private static final int EVENT_LOOPS = Math.max(2, Runtime.getRuntime().availableProcessors());

    /** Bytes of appends that all connections together may have handed over and not had answered. */
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
        } catch (StartException e) {
            started.end();
            throw e;
        } catch (EnsembleException e) {
            started.end();
            throw new StartException(e.getMessage(), e);
        } catch (IOException | RuntimeException e) {
            started.end();
            throw new StartException("the server cannot start: " + e, e);
        } catch (InterruptedException e) {
            started.end();
            Thread.currentThread().interrupt();
            throw new StartException("the start was interrupted", e);
        }
    }

    private static Addresses compose(Settings settings, Started started) throws IOException, InterruptedException {
        Exposure exposure = Exposure.of(settings);
        DataDirectory data =
                started.add("data directory", DataDirectory.open(settings.get(Settings.DATA)), DataDirectory::close);
        ClusterFile cluster = ClusterFile.readOrCreate(data.path(), settings);
        settings.get(Settings.TIER2)
                .ifPresent(uri -> LOG.warn("tier2 is {}, but this version has no long-term storage yet: all data stays in {}",
                        uri, data.path()));

        EmbeddedOptions storage = EmbeddedOptions.in(data.path().resolve("storage"));
        EmbeddedEnsemble ensemble = started.add(
                "storage", EmbeddedEnsemble.start(storage, Standalone::storageFailed), EmbeddedEnsemble::close);


        Vertx vertx = started.add("event loops", vertx(), v -> Await.result("closing", v.close(), END_LIMIT));
        PartitionHost host = started.add(
                "partitions",
                Await.result(
                        "the partition host",
                        PartitionHost.start(vertx, EVENT_LOOPS, HostOptions.DEFAULT, Standalone::fenced),
                        START_LIMIT),
                h -> Await.result("closing the partitions", h.close(), END_LIMIT));
        Durability durability = new Durability(logs, checkpoints, caches(settings, cluster));
        Partitions<SegmentCommand, SegmentReply> segments =
                Partitions.ofSegments(Partitions.evenTable(cluster.segmentsPartitions()));
        durability.open(host, "segments", segments, () -> new SegmentsMachine(ALLOCATOR), Standalone::bytesOf);
        awaitServing(host);

        String bind = exposure.bind();
        int storePort = settings.get(Settings.STORE_PORT);
        WireNode node = new WireNode(segments, new Credits(CREDIT_BYTES), WireOptions.DEFAULT.listeningOn(bind, storePort));
        WireVerticle wire = new WireVerticle(node);
        return new Addresses("", "", "");
    }

    private static Vertx vertx() {
        Vertx vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(EVENT_LOOPS));
        vertx.exceptionHandler(cause -> FatalErrors.handle("an event loop", cause));
        return vertx;
    }

    /** Where clients find it. */
    Addresses addresses() {
        return addresses;
    }

    /** Waits until {@link #close} has done its work. */
    void awaitEnd() throws InterruptedException {
        ended.await();
    }

    /** Ends the server; returns when everything has ended. */
    void close() {
        LOG.info("ending");
        started.end();
        LOG.info("ended");
        ended.countDown();
    }
}
