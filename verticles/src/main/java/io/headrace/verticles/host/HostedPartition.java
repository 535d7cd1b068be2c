/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.verticles.host;

import io.headrace.engine.log.LogException;
import io.headrace.engine.partition.Partition;
import io.headrace.engine.partition.PartitionListener;
import io.headrace.engine.partition.ReplyTo;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.BiConsumer;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A partition's place in this process: outlives the single {@link Partition}, which is replaced by a fresh one whenever
 * it fails. Commands may be submitted from any thread; everything else happens on the loop.
 */
public final class HostedPartition<C, R> {
    private static final Logger LOG = LoggerFactory.getLogger(HostedPartition.class);

    /** Where this place stands. */
    public enum State {
        /** Recovering, or waiting to try again: commands wait too. */
        OPENING,
        SERVING,
        /** Another process owns the partition: this one has let go for good. */
        FENCED,
        /** Closed by this process. */
        CLOSED
    }

    /**
     * How a partition is doing; taken several times a second.
     *
     * @param committedFrame the newest whose effects may be seen
     * @param heldOutputs replies and other outputs that wait for the log
     * @param cacheBytes memory held by the frame caches
     * @param attempts how often it has been opened
     * @param recoveryNanos how long the last recovery took; 0 before
     */
    public record Sample(long committedFrame, int heldOutputs, long cacheBytes, int attempts, long recoveryNanos) {
        static final Sample NONE = new Sample(0, 0, 0, 0, 0);
    }

    private final String name;
    private final VertxLoop loop;
    private final PartitionFactory<C, R> factory;
    private final HostOptions options;
    private final BiConsumer<String, Throwable> fenced;
    private final WaitingCommands<C, R> waiting;

    private volatile State state = State.OPENING;
    private volatile Sample sample = Sample.NONE;
    private long openedNanos;
    private long recoveryNanos;
    private int attempts;
    private @Nullable Partition<C, R> partition;
    private int failures;

    HostedPartition(
            String name,
            VertxLoop loop,
            PartitionFactory<C, R> factory,
            ToLongFunction<? super C> bytesOf,
            HostOptions options,
            BiConsumer<String, Throwable> fenced) {
        this.name = name;
        this.loop = loop;
        this.factory = factory;
        this.options = options;
        this.fenced = fenced;
        this.waiting = new WaitingCommands<>(options.waitingCommands(), options.waitingBytes(), bytesOf);
    }

    public String name() {
        return name;
    }

    /** May be asked from any thread; the answer may be old when it arrives. */
    public State state() {
        return state;
    }

    /** May be asked from any thread. */
    public Sample sample() {
        return sample;
    }

    /** Whether commands are executed here, at once or after recovery. May be asked from any thread. */
    public boolean isHere() {
        State now = state;
        return now == State.OPENING || now == State.SERVING;
    }

    /** Executes one command; from any thread, at once if that is the partition's own. */
    public void submit(C command, ReplyTo<? super R> replyTo) {
        if (loop.inLoop()) {
            accept(command, replyTo);
        } else {
            loop.execute(() -> accept(command, replyTo));
        }
    }

    /** Executes commands in order; from any thread, at once if that is the partition's own. The batch is given away. */
    public void submit(CommandBatch<C, R> batch) {
        if (loop.inLoop()) {
            batch.forEach(this::accept);
        } else {
            loop.execute(() -> batch.forEach(this::accept));
        }
    }

    VertxLoop loop() {
        return loop;
    }

    /** Makes and starts a partition. */
    void open() {
        if (state != State.OPENING) {
            return;
        }
        openedNanos = System.nanoTime();
        attempts++;
        Attempt attempt = new Attempt();
        try {
            Partition<C, R> fresh = factory.create(name, loop, attempt);
            attempt.partition = fresh;
            partition = fresh;
            fresh.start();
        } catch (RuntimeException e) {
            LOG.error("{} could not be started", name, e);
            partition = null;
            retryLater();
        }
    }

    void tick() {
        Partition<C, R> current = partition;
        if (current != null) {
            current.tick();
        }
        sample = current == null
                ? new Sample(0, 0, 0, attempts, recoveryNanos)
                : new Sample(
                        current.committedFrame(), current.heldOutputs(), current.cacheBytes(), attempts, recoveryNanos);
    }

    /** @param whenSettled called in any case */
    void settle(Runnable whenSettled) {
        Partition<C, R> current = partition;
        if (current == null) {
            whenSettled.run();
        } else {
            current.settle(whenSettled);
        }
    }

    void close(Runnable whenClosed) {
        Partition<C, R> current = partition;
        if (state != State.FENCED) {
            state = State.CLOSED;
        }
        waiting.drain((command, replyTo) -> replyTo.notExecuted(name + " is closed"));
        if (current == null) {
            whenClosed.run();
        } else {
            current.close(() -> {
                partition = null;
                whenClosed.run();
            });
        }
    }

    /** Drops the partition as a crash would, and does not open it again. */
    void abandon(String reason) {
        Partition<C, R> current = partition;
        partition = null;
        if (state != State.FENCED) {
            state = State.CLOSED;
        }
        waiting.drain((command, replyTo) -> replyTo.notExecuted(reason));
        if (current != null) {
            current.abort(reason);
        }
    }

    private void accept(C command, ReplyTo<? super R> replyTo) {
        Partition<C, R> current = partition;
        if (state == State.SERVING && current != null) {
            current.submit(command, replyTo);
        } else if (state != State.OPENING) {
            replyTo.notExecuted(name + " is not here");
        } else if (!waiting.offer(command, replyTo)) {
            replyTo.notExecuted(name + " is recovering and too many commands wait for it already");
        }
    }

    private void retryLater() {
        long longest = Math.min(options.maxBackOffMillis(), options.firstBackOffMillis() << Math.min(failures, 20));
        failures++;
        // Half of the wait is random, so that partitions that failed together do not come back together.
        long wait = longest / 2 + ThreadLocalRandom.current().nextLong(longest - longest / 2) + 1;
        LOG.info("{} is opened again in {} ms", name, wait);
        loop.executeLater(wait, this::open);
    }

    /** What one partition tells; once it is replaced nobody listens to it any more. */
    private final class Attempt implements PartitionListener {
        @Nullable
        Partition<C, R> partition;

        @Override
        public void serving() {
            if (isCurrent() && state == State.OPENING) {
                state = State.SERVING;
                recoveryNanos = System.nanoTime() - openedNanos;
                failures = 0;
                waiting.drain(HostedPartition.this::accept);
            }
        }

        @Override
        public void lost(Throwable cause) {
            if (!isCurrent()) {
                return;
            }
            HostedPartition.this.partition = null;
            if (state == State.CLOSED) {
                return;
            }
            if (cause instanceof LogException failure && failure.kind() == LogException.Kind.FENCED) {
                state = State.FENCED;
                waiting.drain((command, replyTo) -> replyTo.notExecuted(name + " has another owner"));
                fenced.accept(name, cause);
            } else {
                state = State.OPENING;
                retryLater();
            }
        }

        private boolean isCurrent() {
            return partition != null && partition == HostedPartition.this.partition;
        }
    }
}
