/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.server.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;

/** Something that clients do all the time, and that must add up in the end. */
abstract class Workload {
    private static final long END_MINUTES = 4;

    private final String name;
    private final int pace;
    private final int clients;
    private final List<Thread> threads = new ArrayList<>();
    private final AtomicReference<Throwable> broken = new AtomicReference<>();
    private final AtomicLong successes = new AtomicLong();
    private final AtomicInteger failedInARow = new AtomicInteger();
    private final AtomicInteger mostFailedInARow = new AtomicInteger();
    private final AtomicLong lastNanos = new AtomicLong(System.nanoTime());
    private final AtomicLong longestPause = new AtomicLong();
    private volatile boolean stopped;

    /**
     * A workload that has not begun.
     *
     * @param pace how many successes show that it goes on everywhere
     * @param clients how many do it at the same time
     */
    Workload(String name, int pace, int clients) {
        this.name = name;
        this.pace = pace;
        this.clients = clients;
    }

    interface Work {
        void run() throws Exception;
    }

    /** Begins, with as many calls of {@link #run} as there are to be threads. */
    abstract void begin();

    /** Says what is wrong with what was done; called once, when all threads have ended. */
    abstract void check() throws Exception;

    final void run(Work work) {
        Thread thread = new Thread(
                () -> {
                    try {
                        work.run();
                    } catch (Throwable e) {
                        broken(e);
                    }
                },
                name);
        thread.setDaemon(true);
        threads.add(thread);
        thread.start();
    }

    /** Asks the threads to end. */
    final void stop() {
        stopped = true;
    }

    final boolean isStopped() {
        return stopped;
    }

    final void awaitEnd() throws InterruptedException {
        for (Thread thread : threads) {
            thread.join(TimeUnit.MINUTES.toMillis(END_MINUTES));
            assertThat(thread.isAlive()).as("%s still at work", name).isFalse();
        }
        assertNotBroken();
    }

    /** Nothing is to be done faster than this machine can bear beside everything else. */
    static void pause(long millis) {
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(millis));
    }

    final void succeeded() {
        successes.incrementAndGet();
        failedInARow.set(0);
        long now = System.nanoTime();
        longestPause.accumulateAndGet(now - lastNanos.getAndSet(now), Math::max);
    }

    /** It is not known what became of an operation, or it was not done: that may happen. */
    final void failed() {
        mostFailedInARow.accumulateAndGet(failedInARow.incrementAndGet(), Math::max);
    }

    /** What must never happen. */
    final void broken(Throwable cause) {
        broken.compareAndSet(null, cause);
    }

    final void assertNotBroken() {
        Throwable cause = broken.get();
        if (cause != null) {
            throw new AssertionError(name, cause);
        }
    }

    final String name() {
        return name;
    }

    final long successes() {
        return successes.get();
    }

    /** How far it must come to have gone on. */
    final long goal() {
        return successes.get() + pace;
    }

    /** Forgets failures and pauses. */
    final void count() {
        failedInARow.set(0);
        mostFailedInARow.set(0);
        longestPause.set(0);
        lastNanos.set(System.nanoTime());
    }

    /** Whether, since {@link #count()}, an operation has failed again when it was repeated. */
    final boolean hasFailedTwice() {
        return mostFailedInARow.get() > clients;
    }

    /** Between two successes since {@link #count()}, in milliseconds. */
    final long longestPauseMillis() {
        return TimeUnit.NANOSECONDS.toMillis(Math.max(longestPause.get(), System.nanoTime() - lastNanos.get()));
    }
}
