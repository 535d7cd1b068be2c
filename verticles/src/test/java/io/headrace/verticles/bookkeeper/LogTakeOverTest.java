/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.verticles.bookkeeper;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.headrace.engine.log.Callback;
import io.headrace.engine.log.Done;
import io.headrace.engine.log.LogException;
import io.headrace.engine.log.PartitionLog;
import io.headrace.engine.partition.Loop;
import io.headrace.verticles.bookkeeper.LogDescriptor.LedgerRef;
import io.headrace.verticles.embedded.EmbeddedEnsemble;
import io.headrace.verticles.embedded.EmbeddedOptions;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.bookkeeper.client.BookKeeperAdmin;
import org.apache.bookkeeper.client.LedgerHandle;
import org.apache.zookeeper.ZooKeeper;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What happens to descriptors and ledgers underneath a log. */
class LogTakeOverTest {
    @TempDir
    private static Path directory;

    private static EmbeddedEnsemble ensemble;
    private static BookKeeperLogStore store;

    /** The same logs, seen by another process. */
    private static BookKeeperLogStore another;

    private final TestLog logs = new TestLog("test-" + UUID.randomUUID());

    @BeforeAll
    static void start() throws InterruptedException {
        ensemble = EmbeddedEnsemble.start(EmbeddedOptions.in(directory));
        LogOptions options = LogOptions.of(ensemble.connectString()).withRollBytes(10_000);
        store = BookKeeperLogStore.connect(options);
        another = BookKeeperLogStore.connect(options);
    }

    @AfterAll
    static void closeAll() {
        another.close();
        store.close();
        ensemble.close();
    }

    @AfterEach
    void stop() {
        logs.close();
    }

    @Test
    void truncationDeletesLedgers() throws Exception {
        PartitionLog log = logs.open(store);
        logs.append(log, 100);
        List<LedgerRef> before = descriptor().ledgers();
        assertThat(before).hasSizeGreaterThan(5);

        logs.truncate(log, 95);
        eventually(() -> descriptor().ledgers().size() < before.size()
                && !descriptor().isTruncated(0)
                && Collections.disjoint(existing(), ids(missing(before))));
        assertThat(descriptor().ledgers().get(0).firstFrame()).isLessThanOrEqualTo(95);
        assertThat(existing()).containsAll(ids(descriptor().ledgers()));
        logs.read(log, 95, 100);
    }

    /** A log of its own for each step: on one log each round would add a ledger, and so a step, and never reach the end. */
    @Test
    void anOwnerThatVanishesAtAnyStepOfOpeningLeavesALogThatOpens() {
        boolean opened = false;
        for (int steps = 0; !opened; steps++) {
            try (TestLog log = new TestLog(logs.partition() + "-" + steps)) {
                log.append(log.open(store), 25);
                opened = openAndVanish(log, steps);
                PartitionLog next = log.open(store);
                assertThat(next.nextFrame()).as("after %s steps", steps).isEqualTo(26);
                log.append(next, 1);
                log.read(log.open(store), 1, 26);
            }
        }
    }

    @Test
    void manyOwnersThatVanishOneAfterTheOtherLeaveALogThatOpens() {
        logs.append(logs.open(store), 25);
        for (int steps = 2; steps < 12; steps++) {
            openAndVanish(logs, steps);
        }
        PartitionLog next = logs.open(store);
        assertThat(next.nextFrame()).isEqualTo(26);
        logs.read(next, 1, 25);
    }

    /** Owners follow each other while each writes on and rolls over: what was acknowledged stays, in its place. */
    @Test
    void takeOversWhileTheFormerOwnerWritesKeepWhatWasAcknowledged() {
        PartitionLog owner = logs.open(store);
        long acknowledged = 0;
        for (int round = 0; round < 6; round++) {
            List<CompletableFuture<Done>> answers = new ArrayList<>();
            for (int i = 0; i < 5 + 4 * round; i++) {
                answers.add(logs.appending(owner));
            }
            CompletableFuture<PartitionLog> opening = logs.opening(round % 2 == 0 ? another : store);
            while (!opening.isDone() && answers.size() < 100) {
                answers.add(logs.appending(owner));
                logs.await(logs.call(callback -> callback.done(Done.DONE)));
            }
            PartitionLog next = logs.await(opening);
            assertThat(next.epoch()).isGreaterThan(owner.epoch());
            acknowledged += inOrder(answers);
            assertThat(next.nextFrame()).isGreaterThan(acknowledged);
            logs.read(next, 1, next.nextFrame() - 1);
            acknowledged = next.nextFrame() - 1;
            owner = next;
        }
    }

    @Test
    void aFencedOwnerThatGoesOnGetsNothingAcknowledgedAndHarmsNobody() {
        PartitionLog former = logs.open(store);
        logs.append(former, 7);
        PartitionLog owner = logs.open(another);
        List<CompletableFuture<Done>> refused = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            refused.add(logs.appending(former));
            logs.append(owner, 1);
        }
        assertThat(inOrder(refused)).isZero();
        assertThatThrownBy(() -> logs.truncate(former, 5))
                .isInstanceOfSatisfying(LogException.class, failure -> assertThat(failure.kind())
                        .isEqualTo(LogException.Kind.FENCED));
        logs.read(logs.open(store), 1, 57);
    }

    /** How many were acknowledged: the first ones, and all others must have been refused because of the next owner. */
    private int inOrder(List<CompletableFuture<Done>> answers) {
        int acknowledged = 0;
        int refused = 0;
        for (CompletableFuture<Done> answer : answers) {
            try {
                logs.await(answer);
                acknowledged++;
                assertThat(refused)
                        .as("refused before one that was acknowledged")
                        .isZero();
            } catch (LogException e) {
                assertThat(e.kind()).as(e.getMessage()).isEqualTo(LogException.Kind.FENCED);
                refused++;
            }
        }
        return acknowledged;
    }

    @Test
    void aLedgerThatWasNamedButNeverUsedDoesNotCount() {
        PartitionLog log = logs.open(store);
        logs.append(log, 3);
        // As an owner leaves it that vanished while it rolled over, with frames 4 and 5 in flight.
        LogDescriptor rolling = descriptor();
        List<LedgerRef> ledgers = new ArrayList<>(rolling.ledgers());
        ledgers.add(new LedgerRef(emptyLedger(), 6));
        write(rolling.withLedgers(ledgers));

        PartitionLog next = logs.open(store);
        assertThat(next.nextFrame()).isEqualTo(4);
        logs.append(next, 2);
        logs.read(logs.open(store), 1, 5);
    }

    @Test
    void aGapInTheChainIsDamage() {
        logs.append(logs.open(store), 50);
        LogDescriptor intact = descriptor();
        List<LedgerRef> ledgers = new ArrayList<>(intact.ledgers());
        LedgerRef lost = ledgers.remove(2);
        write(intact.withLedgers(ledgers));
        logs.assertOpeningFails(store, LogException.Kind.CORRUPT);

        // Nothing was deleted: repaired, the log opens.
        ledgers.add(2, lost);
        write(descriptor().withLedgers(ledgers));
        logs.read(logs.open(store), 1, 50);
    }

    @Test
    void aMissingLedgerIsDamageUnlessItIsTruncated() throws Exception {
        logs.append(logs.open(store), 50);
        LedgerRef first = descriptor().ledgers().get(0);
        delete(first);
        logs.assertOpeningFails(store, LogException.Kind.CORRUPT);

        write(descriptor().withTruncation(descriptor().ledgers().get(1).firstFrame()));
        PartitionLog log = logs.open(store);
        logs.read(log, log.firstFrame(), 50);
        assertThat(descriptor().ledgers()).doesNotContain(first);
    }

    @Test
    void aDamagedDescriptorIsNotTakenForAnEmptyLog() throws Exception {
        logs.append(logs.open(store), 1);
        String path = DescriptorNodes.ROOT + "/" + logs.partition();
        byte[] intact = store.session().client().getData(path, false, null);
        byte[] damaged = intact.clone();
        damaged[20]++;
        store.session().client().setData(path, damaged, -1);
        logs.assertOpeningFails(store, LogException.Kind.CORRUPT);
        store.session().client().setData(path, intact, -1);
        logs.read(logs.open(store), 1, 1);
    }

    @Test
    void manyRacingOwnersLeaveOne() {
        List<CompletableFuture<PartitionLog>> openings = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            openings.add(logs.opening(i % 2 == 0 ? store : another));
        }
        Set<Long> epochs = new HashSet<>();
        PartitionLog newest = null;
        for (CompletableFuture<PartitionLog> opening : openings) {
            PartitionLog log = opening.handle((opened, cause) -> opened).join();
            if (log != null) {
                assertThat(epochs.add(log.epoch())).isTrue();
                newest = newest == null || log.epoch() > newest.epoch() ? log : newest;
            }
        }
        assertThat(newest).isNotNull();
        PartitionLog owner = logs.open(store);
        logs.append(owner, 3);
        logs.read(logs.open(store), 1, 3);
    }

    @Test
    void aLogOutlivesItsZooKeeperSession() throws Exception {
        PartitionLog log = logs.open(store);
        logs.append(log, 3);
        ZooKeeper expiring = store.session().client();
        ExpiredSession.of(expiring, ensemble.connectString());
        logs.truncate(log, 2);
        eventually(() -> store.session().client() != expiring);
        logs.append(log, 3);
        logs.read(logs.open(store), 2, 6);
    }

    /** Opens with a loop that stops for good after some tasks; says whether the log was opened before that. */
    private static boolean openAndVanish(TestLog logs, int steps) {
        CompletableFuture<Boolean> end = new CompletableFuture<>();
        Loop mortal = new Loop() {
            private int left = steps;

            @Override
            public void execute(Runnable task) {
                logs.loop().execute(() -> {
                    if (left-- > 0) {
                        task.run();
                    } else {
                        end.complete(false);
                    }
                });
            }

            @Override
            public boolean inLoop() {
                return logs.loop().inLoop();
            }
        };
        mortal.execute(() -> store.open(
                logs.partition(), mortal, Callback.of(log -> end.complete(true), end::completeExceptionally)));
        return end.orTimeout(60, TimeUnit.SECONDS).join();
    }

    private DescriptorNodes.Stored stored() {
        return logs.await(logs.call(callback -> store.nodes().read(logs.partition(), callback)));
    }

    private LogDescriptor descriptor() {
        return stored().descriptor();
    }

    private DescriptorNodes.Outcome tryWrite(int version, LogDescriptor descriptor) {
        return logs.await(logs.call(callback -> store.nodes().write(logs.partition(), version, descriptor, callback)));
    }

    private void write(LogDescriptor descriptor) {
        assertThat(tryWrite(stored().version(), descriptor.withAttempt(UUID.randomUUID()))
                        .applied())
                .isTrue();
    }

    private long emptyLedger() {
        return logs.await(logs.<LedgerHandle>call(
                        callback -> store.ledgers().create(logs.partition(), Ledgers.LOG, logs.loop(), callback)))
                .getId();
    }

    private void delete(LedgerRef ledger) {
        logs.await(logs.<Done>call(callback -> store.ledgers().delete(ledger.id(), logs.loop(), callback)));
    }

    private List<LedgerRef> missing(List<LedgerRef> before) {
        List<LedgerRef> missing = new ArrayList<>(before);
        missing.removeAll(descriptor().ledgers());
        return missing;
    }

    private static List<Long> ids(List<LedgerRef> ledgers) {
        return ledgers.stream().map(LedgerRef::id).toList();
    }

    private static Set<Long> existing() throws Exception {
        Set<Long> ids = new HashSet<>();
        BookKeeperAdmin admin = new BookKeeperAdmin(ensemble.connectString());
        admin.listLedgers().forEach(ids::add);
        admin.close();
        return ids;
    }

    private interface Condition {
        boolean holds() throws Exception;
    }

    private static void eventually(Condition condition) throws Exception {
        long start = System.nanoTime();
        while (!condition.holds()) {
            assertThat(System.nanoTime() - start).isLessThan(TimeUnit.SECONDS.toNanos(60));
        }
    }
}
