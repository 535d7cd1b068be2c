/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.server.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.client.HeadraceClient;
import io.headrace.client.StreamConfiguration;
import io.headrace.client.StreamName;
import io.headrace.client.TableConfiguration;
import io.headrace.client.TableName;
import io.headrace.client.WriterOptions;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/** Everything that clients do to a cluster, without a pause; afterwards all of it must add up. */
final class Traffic implements AutoCloseable {
    private static final StreamName EVENTS = new StreamName("cluster", "events");
    private static final StreamName COMMITS = new StreamName("cluster", "commits");
    private static final TableName TABLE = new TableName("cluster", "table");
    private static final long PATIENCE_SECONDS = 150;

    /** Longer than any fault: whatever happens, an operation is to succeed in the end. */
    private static final WriterOptions PATIENT = WriterOptions.defaults().withDeadline(Duration.ofMinutes(3));

    private final HeadraceClient client;
    private final List<Workload> workloads;
    private final Workload transactions;

    /**
     * Traffic that is not started yet.
     *
     * @param writing the client of those who write
     * @param looking the client of those who read in a group, and of the table
     */
    Traffic(HeadraceClient writing, HeadraceClient looking) {
        client = writing;
        EventWriting events = new EventWriting(writing, EVENTS, PATIENT);
        transactions = new Transacting(writing, COMMITS, PATIENT);
        workloads =
                List.of(events, new GroupReading(looking, EVENTS, events), transactions, new TableUse(looking, TABLE));
    }

    void start() {
        var administration = client.administration();
        administration
                .createScope(EVENTS.scope())
                .ignoreElement()
                .andThen(administration.createStream(EVENTS, StreamConfiguration.fixed(6)))
                .ignoreElement()
                .andThen(administration.createStream(COMMITS, StreamConfiguration.fixed(3)))
                .ignoreElement()
                .andThen(administration.createTable(TABLE, TableConfiguration.of(2, TableUse.KEY_BYTES)))
                .ignoreElement()
                .blockingAwait();
        workloads.forEach(Workload::begin);
    }

    /** Waits until everything has gone on for a while. */
    void awaitProgress() throws InterruptedException {
        awaitProgress(workloads);
    }

    /** Waits until everything has that is between clients and owners of partitions: nodes need not reach each other for it. */
    void awaitProgressWithoutBus() throws InterruptedException {
        awaitProgress(workloads.stream().filter(load -> load != transactions).toList());
    }

    private static void awaitProgress(List<Workload> loads) throws InterruptedException {
        Map<Workload, Long> goals = new HashMap<>();
        loads.forEach(load -> goals.put(load, load.goal()));
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        while (!goals.isEmpty()) {
            loads.forEach(Workload::assertNotBroken);
            goals.entrySet().removeIf(goal -> goal.getKey().successes() >= goal.getValue());
            if (System.nanoTime() > deadline) {
                throw new AssertionError("no progress for " + PATIENCE_SECONDS + " s with "
                        + goals.keySet().stream().map(Workload::name).toList());
            }
            TimeUnit.MILLISECONDS.sleep(5);
        }
    }

    /** Forgets failures and pauses. */
    void count() {
        workloads.forEach(Workload::count);
    }

    /** Since {@link #count()}, whatever has failed was done when it was tried again. */
    void assertNothingFailedTwice() {
        workloads.forEach(load -> assertThat(load.hasFailedTwice())
                .as("%s failed twice", load.name())
                .isFalse());
    }

    /** The longest pauses since {@link #count()}. */
    String pauses() {
        return workloads.stream()
                .map(load -> load.name() + " " + load.longestPauseMillis())
                .collect(Collectors.joining(", "));
    }

    /** How much has been done. */
    String totals() {
        return workloads.stream()
                .map(load -> load.name() + " " + load.successes())
                .collect(Collectors.joining(", "));
    }

    /** Stops and checks that everything acknowledged is there, once, in order and whole. */
    void check() throws Exception {
        close();
        for (Workload load : workloads) {
            load.awaitEnd();
        }
        for (Workload load : workloads) {
            load.check();
        }
    }

    @Override
    public void close() {
        workloads.forEach(Workload::stop);
    }
}
