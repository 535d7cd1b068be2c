/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.verticles.host;

import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.VerticleBase;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;
import java.util.function.ToLongFunction;

/** The partitions of this process, spread over event loops. May be called from any thread. */
public final class PartitionHost {
    /** Ticks over which the worst lag of a loop is taken. */
    private static final int LAG_TICKS = 100;

    private final Vertx vertx;
    private final HostOptions options;
    private final BiConsumer<String, Throwable> fenced;
    private final List<OwnedLoop> loops = new CopyOnWriteArrayList<>();
    private final Map<String, Placed> hosted = new ConcurrentHashMap<>();
    private final AtomicInteger nextLoop = new AtomicInteger();
    private volatile String deployment = "";

    private PartitionHost(Vertx vertx, HostOptions options, BiConsumer<String, Throwable> fenced) {
        this.vertx = vertx;
        this.options = options;
        this.fenced = fenced;
    }

    /**
     * Starts a host without partitions.
     *
     * @param loops how many event loops it uses; at most those that {@code vertx} has make sense
     * @param fenced told, on the partition's loop, of each partition that another process has taken over
     */
    public static Future<PartitionHost> start(
            Vertx vertx, int loops, HostOptions options, BiConsumer<String, Throwable> fenced) {
        PartitionHost host = new PartitionHost(vertx, options, fenced);
        return vertx.deployVerticle(() -> host.new LoopVerticle(), new DeploymentOptions().setInstances(loops))
                .map(id -> {
                    host.deployment = id;
                    return host;
                });
    }

    /**
     * Begins to open a partition and keeps it open until {@link #close(String)}; commands may be submitted at once.
     *
     * @param bytesOf how much memory a waiting command holds, in bytes
     */
    public <C, R> HostedPartition<C, R> open(
            String name, PartitionFactory<C, R> factory, ToLongFunction<? super C> bytesOf) {
        OwnedLoop owned = loops.get(Math.floorMod(nextLoop.getAndIncrement(), loops.size()));
        HostedPartition<C, R> partition = new HostedPartition<>(name, owned.loop, factory, bytesOf, options, fenced);
        if (hosted.putIfAbsent(name, new Placed(owned, partition)) != null) {
            throw new IllegalStateException(name + " is open already");
        }
        owned.loop.execute(() -> owned.open(partition));
        return partition;
    }

    /**
     * Prepares a partition for its end while it goes on serving, so that {@link #close(String)} and its next opening take little
     * time. To be called once; succeeds in any case.
     */
    public Future<Void> settle(String name) {
        Placed placed = hosted.get(name);
        if (placed == null) {
            return Future.succeededFuture();
        }
        Promise<Void> settled = Promise.promise();
        placed.loop.loop.execute(() -> placed.partition.settle(settled::tryComplete));
        return settled.future();
    }

    /** Lets go of a partition: what is in flight ends, a checkpoint is taken. Succeeds also if it is not open. */
    public Future<Void> close(String name) {
        Placed placed = hosted.remove(name);
        if (placed == null) {
            return Future.succeededFuture();
        }
        Promise<Void> closed = Promise.promise();
        OwnedLoop owned = placed.loop;
        owned.loop.execute(() -> owned.close(placed.partition, () -> closed.tryComplete()));
        return closed.future();
    }

    /** Lets go of a partition as a crash would: waits for nothing. Succeeds also if it is not open. */
    public Future<Void> abandon(String name, String reason) {
        Placed placed = hosted.remove(name);
        if (placed == null) {
            return Future.succeededFuture();
        }
        Promise<Void> gone = Promise.promise();
        OwnedLoop owned = placed.loop;
        owned.loop.execute(() -> {
            owned.partitions.remove(placed.partition);
            placed.partition.abandon(reason);
            gone.complete();
        });
        return gone.future();
    }

    /** Closes all partitions and gives back the event loops. */
    public Future<Void> close() {
        List<Future<Void>> closing = new ArrayList<>();
        hosted.keySet().forEach(name -> closing.add(close(name)));
        return Future.join(closing).eventually(() -> vertx.undeploy(deployment)).mapEmpty();
    }

    /**
     * By how much each event loop came too late to the worst of its ticks lately, in milliseconds: so long have others
     * waited, too. From any thread.
     */
    public List<Long> lagMillis() {
        return loops.stream().map(owned -> owned.worstLag).toList();
    }

    /** The partitions that are open here, in whatever state. */
    public Collection<HostedPartition<?, ?>> partitions() {
        return hosted.values().stream()
                .<HostedPartition<?, ?>>map(Placed::partition)
                .toList();
    }

    /** One event loop and what is ticked on it. All but construction happens there. */
    private static final class OwnedLoop {
        final VertxLoop loop;
        private final List<HostedPartition<?, ?>> partitions = new ArrayList<>();
        private volatile long worstLag;
        private long lastTickNanos;
        private long lag;
        private int ticks;

        OwnedLoop(VertxLoop loop) {
            this.loop = loop;
        }

        void open(HostedPartition<?, ?> partition) {
            partitions.add(partition);
            partition.open();
        }

        void tick(long expectedMillis) {
            measureLag(expectedMillis);
            // By index: what a tick sets off may close a partition.
            for (int i = 0; i < partitions.size(); i++) {
                partitions.get(i).tick();
            }
        }

        private void measureLag(long expectedMillis) {
            long now = System.nanoTime();
            if (lastTickNanos != 0) {
                lag = Math.max(lag, TimeUnit.NANOSECONDS.toMillis(now - lastTickNanos) - expectedMillis);
                worstLag = Math.max(worstLag, lag);
            }
            lastTickNanos = now;
            if (++ticks % LAG_TICKS == 0) {
                worstLag = lag;
                lag = 0;
            }
        }

        void close(HostedPartition<?, ?> partition, Runnable whenClosed) {
            partitions.remove(partition);
            partition.close(whenClosed);
        }
    }

    private record Placed(OwnedLoop loop, HostedPartition<?, ?> partition) {}

    /** Gives the host one event loop of its own. */
    private final class LoopVerticle extends VerticleBase {
        @Override
        public Future<?> start() {
            OwnedLoop owned = new OwnedLoop(new VertxLoop(context));
            owned.loop.executeEvery(options.tickMillis(), () -> owned.tick(options.tickMillis()));
            loops.add(owned);
            return Future.succeededFuture();
        }
    }
}
