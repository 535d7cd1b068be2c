/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.verticles.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.engine.partition.Partition;
import io.headrace.engine.partition.PartitionOptions;
import io.headrace.engine.segments.SegmentCommand;
import io.headrace.engine.segments.SegmentReply;
import io.headrace.engine.segments.SegmentsMachine;
import io.headrace.verticles.host.HostOptions;
import io.headrace.verticles.host.MemoryLogs;
import io.headrace.verticles.host.PartitionFactory;
import io.headrace.verticles.host.PartitionHost;
import io.headrace.verticles.host.Partitions;
import io.netty.buffer.PooledByteBufAllocator;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import java.util.Queue;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Supplier;

/** A store on a free port: real sockets, real partitions, logs in memory. */
final class TestStore implements AutoCloseable {
    static final int PARTITIONS = 4;
    static final WireOptions OPTIONS = WireOptions.DEFAULT.listeningOn("127.0.0.1", 0);

    final MemoryLogs logs = new MemoryLogs();
    final WireNode node;
    final Credits credits;
    final PartitionHost host;
    final Partitions<SegmentCommand, SegmentReply> partitions = Partitions.ofSegments(Partitions.evenTable(PARTITIONS));
    final int port;

    /** Counts what the first timer of this process does. */
    final LongAdder ticks = new LongAdder();

    private final Vertx vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(3));

    TestStore() {
        this(OPTIONS, 64 << 20);
    }

    TestStore(WireOptions options, long creditBytes) {
        Leaks.watch();
        vertx.setPeriodic(10, timer -> ticks.increment());
        host = await(PartitionHost.start(vertx, 2, HostOptions.DEFAULT, (name, cause) -> {}));
        PartitionFactory<SegmentCommand, SegmentReply> factory = (name, loop, listener) -> new Partition<>(
                name,
                new SegmentsMachine(PooledByteBufAllocator.DEFAULT),
                logs,
                logs,
                loop,
                System::currentTimeMillis,
                new SplittableRandom(1),
                PartitionOptions.DEFAULT,
                listener);
        for (int i = 0; i < PARTITIONS; i++) {
            partitions.place(i, host.open(name(i), factory, Partitions::bytesOf));
        }
        credits = new Credits(creditBytes);
        node = new WireNode(partitions, credits, options);
        Queue<WireVerticle> verticles = new ConcurrentLinkedQueue<>();
        Supplier<WireVerticle> next = () -> {
            WireVerticle verticle = new WireVerticle(node);
            verticles.add(verticle);
            return verticle;
        };
        await(vertx.deployVerticle(next, new DeploymentOptions().setInstances(2)));
        port = verticles.element().port();
        assertThat(verticles).allMatch(verticle -> verticle.port() == port);
    }

    static String name(int partition) {
        return "segments-" + partition;
    }

    /** Name of the partition that has a segment. */
    String partitionOf(String segment) {
        return name(partitions.indexOf(segment));
    }

    WireClient connect() {
        return new WireClient(port);
    }

    @Override
    public void close() {
        await(host.close());
        await(vertx.close());
        Leaks.assertNone();
    }

    static <T> T await(Future<T> future) {
        try {
            return future.toCompletionStage().toCompletableFuture().get(30, TimeUnit.SECONDS);
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    /** Waits for what other threads will do; fails after a generous while. */
    static void eventually(String what, java.util.function.BooleanSupplier condition) {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > deadline) {
                throw new AssertionError("it never happened: " + what);
            }
            Thread.onSpinWait();
            java.util.concurrent.locks.LockSupport.parkNanos(1_000_000);
        }
    }
}
