/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.verticles.host;

import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.engine.log.LogException;
import io.headrace.engine.partition.Partition;
import io.headrace.engine.partition.PartitionOptions;
import io.headrace.engine.partition.ReplyTo;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
final class PartitionHostTest {
    private static final HostOptions OPTIONS = new HostOptions(5, 1, 20, 3, 1000);

    private final Vertx vertx = Vertx.vertx();
    private final MemoryLogs logs = new MemoryLogs();
    private final List<String> fenced = new CopyOnWriteArrayList<>();
    private final List<EchoMachine> machines = new CopyOnWriteArrayList<>();
    private final Set<String> threads = ConcurrentHashMap.newKeySet();
    private final PartitionHost host = await(PartitionHost.start(vertx, 2, OPTIONS, (name, cause) -> fenced.add(name)));

    @AfterEach
    void close() {
        await(host.close());
        await(vertx.close());
    }

    private static <T> T await(Future<T> future) {
        return future.toCompletionStage()
                .toCompletableFuture()
                .orTimeout(30, TimeUnit.SECONDS)
                .join();
    }

    private HostedPartition<Long, Long> open(String name) {
        return host.open(
                name,
                (partition, loop, listener) -> {
                    EchoMachine machine = new EchoMachine();
                    machines.add(machine);
                    threads.add(Thread.currentThread().getName());
                    return new Partition<>(
                            partition,
                            machine,
                            logs,
                            logs,
                            loop,
                            System::currentTimeMillis,
                            new SplittableRandom(1),
                            PartitionOptions.DEFAULT,
                            listener);
                },
                number -> number);
    }

    /** The sum that the partition answers, or -1 if it is lost. */
    private static CompletableFuture<Long> submit(HostedPartition<Long, Long> partition, long number) {
        Reply reply = new Reply();
        partition.submit(number, reply);
        return reply.answer;
    }

    private static final class Reply implements ReplyTo<Long> {
        final CompletableFuture<Long> answer = new CompletableFuture<>();

        @Override
        public void reply(Long sum) {
            answer.complete(sum);
        }

        @Override
        public void lost(String reason) {
            answer.complete(-1L);
        }
    }

    @Test
    void commandsWaitUntilThePartitionServes() {
        HostedPartition<Long, Long> partition = open("p");
        assertThat(submit(partition, 1).join()).isEqualTo(1);
        assertThat(submit(partition, 2).join()).isEqualTo(3);
        assertThat(partition.state()).isEqualTo(HostedPartition.State.SERVING);
    }

    @Test
    void aBatchKeepsItsOrder() {
        HostedPartition<Long, Long> partition = open("p");
        assertThat(submit(partition, 0).join()).isZero();
        List<Long> sums = Collections.synchronizedList(new ArrayList<>());
        CommandBatch<Long, Long> batch = new CommandBatch<>();
        Reply last = new Reply();
        for (int i = 1; i <= 100; i++) {
            int number = i;
            batch.add(1L, new ReplyTo<>() {
                @Override
                public void reply(Long sum) {
                    sums.add(sum);
                    if (number == 100) {
                        last.reply(sum);
                    }
                }

                @Override
                public void lost(String reason) {
                    last.lost(reason);
                }
            });
        }
        partition.submit(batch);
        assertThat(last.answer.join()).isEqualTo(100);
        assertThat(sums).hasSize(100).isSorted();
    }

    /** Whoever receives an answer may fail: the others in its frame have theirs nevertheless. */
    @Test
    void aReceiverThatFailsCostsNobodyElse() {
        HostedPartition<Long, Long> partition = open("p");
        assertThat(submit(partition, 0).join()).isZero();
        assertThat(submitTogether(partition).join()).isEqualTo(2);
        assertThat(submit(partition, 1).join()).isEqualTo(3);
        logs.breakLog("p", LogException.Kind.UNAVAILABLE);
        assertThat(submitTogether(partition).join()).isEqualTo(-1);
        assertThat(submit(partition, 1).join()).isEqualTo(4);
    }

    /** Adds 1 twice; the first to be answered throws, the answer to the second is returned. */
    private static CompletableFuture<Long> submitTogether(HostedPartition<Long, Long> partition) {
        CommandBatch<Long, Long> batch = new CommandBatch<>();
        batch.add(1L, new ReplyTo<>() {
            @Override
            public void reply(Long sum) {
                throw new IllegalStateException("a receiver fails at " + sum);
            }

            @Override
            public void lost(String reason) {
                throw new IllegalStateException("a receiver fails: " + reason);
            }
        });
        Reply second = new Reply();
        batch.add(1L, second);
        partition.submit(batch);
        return second.answer;
    }

    @Test
    void partitionsAreSpreadAndTicked() {
        for (int i = 0; i < 4; i++) {
            assertThat(submit(open("p" + i), 1).join()).isEqualTo(1);
        }
        assertThat(threads).hasSize(2);
        assertThat(host.partitions()).hasSize(4);
        machines.forEach(machine -> eventually(() -> machine.ticks.get() > 2));
    }

    @Test
    void aFailedPartitionComesBackWithItsState() {
        HostedPartition<Long, Long> partition = open("p");
        assertThat(submit(partition, 5).join()).isEqualTo(5);
        logs.breakLog("p", LogException.Kind.UNAVAILABLE);
        logs.failOpens(3);
        assertThat(submit(partition, 1).join()).isEqualTo(-1);
        // The command that failed was never stored.
        assertThat(submit(partition, 7).join()).isEqualTo(12);
        assertThat(machines).hasSize(5);
    }

    @Test
    void aFencedPartitionStaysAway() {
        HostedPartition<Long, Long> partition = open("p");
        assertThat(submit(partition, 5).join()).isEqualTo(5);
        logs.breakLog("p", LogException.Kind.FENCED);
        assertThat(submit(partition, 1).join()).isEqualTo(-1);
        assertThat(submit(partition, 1).join()).isEqualTo(-1);
        assertThat(partition.state()).isEqualTo(HostedPartition.State.FENCED);
        assertThat(partition.isHere()).isFalse();
        assertThat(fenced).containsExactly("p");
        assertThat(logs.epoch("p")).isEqualTo(1);
    }

    @Test
    void theQueueOfWaitingCommandsIsBounded() {
        logs.failOpens(Integer.MAX_VALUE);
        HostedPartition<Long, Long> partition = open("p");
        CompletableFuture<Long> first = submit(partition, 400);
        CompletableFuture<Long> second = submit(partition, 500);
        assertThat(submit(partition, 101).join()).isEqualTo(-1);
        CompletableFuture<Long> third = submit(partition, 50);
        assertThat(submit(partition, 1).join()).isEqualTo(-1);
        assertThat(first).isNotDone();
        logs.failOpens(0);
        assertThat(first.join()).isEqualTo(400);
        assertThat(second.join()).isEqualTo(900);
        assertThat(third.join()).isEqualTo(950);
    }

    @Test
    void aClosedPartitionCanBeOpenedAgain() {
        HostedPartition<Long, Long> partition = open("p");
        assertThat(submit(partition, 5).join()).isEqualTo(5);
        await(host.close("p"));
        assertThat(submit(partition, 1).join()).isEqualTo(-1);
        assertThat(submit(open("p"), 2).join()).isEqualTo(7);
    }

    @Test
    void anAbandonedPartitionWaitsForNothing() {
        HostedPartition<Long, Long> partition = open("p");
        assertThat(submit(partition, 5).join()).isEqualTo(5);
        logs.hold();
        CompletableFuture<Long> inFlight = submit(partition, 1);
        await(host.abandon("p", "no longer ours"));
        assertThat(inFlight.join()).isEqualTo(-1);
        assertThat(submit(partition, 1).join()).isEqualTo(-1);
        assertThat(partition.state()).isEqualTo(HostedPartition.State.CLOSED);
        logs.letGo();
        assertThat(submit(open("p"), 0).join()).isBetween(5L, 6L);
    }

    @Test
    void closingWhileRecoveringDropsWhatWaits() {
        logs.failOpens(Integer.MAX_VALUE);
        HostedPartition<Long, Long> partition = open("p");
        CompletableFuture<Long> waiting = submit(partition, 1);
        await(host.close("p"));
        assertThat(waiting.join()).isEqualTo(-1);
        assertThat(partition.state()).isEqualTo(HostedPartition.State.CLOSED);
    }

    private static void eventually(java.util.function.BooleanSupplier condition) {
        while (!condition.getAsBoolean()) {
            java.util.concurrent.locks.LockSupport.parkNanos(1_000_000);
        }
    }
}
