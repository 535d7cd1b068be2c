/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.verticles.bookkeeper;

import static org.assertj.core.api.Assertions.assertThat;

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

    private final TestLog logs = new TestLog("test-" + UUID.randomUUID());

    @BeforeAll
    static void start() throws InterruptedException {
        ensemble = EmbeddedEnsemble.start(EmbeddedOptions.in(directory));
        store = BookKeeperLogStore.connect(
                LogOptions.of(ensemble.connectString()).withRollBytes(10_000));
    }

    @AfterAll
    static void closeAll() {
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

    @Test
    void anOwnerThatVanishesAtAnyStepOfOpeningLeavesALogThatOpens() {
        logs.append(logs.open(store), 25);
        long frames = 25;
        boolean opened = false;
        for (int steps = 0; !opened; steps++) {
            opened = openAndVanish(steps);
            PartitionLog log = logs.open(store);
            assertThat(log.nextFrame()).as("after %s steps", steps).isEqualTo(frames + 1);
            logs.append(log, 1);
            frames++;
            logs.read(log, 1, frames);
        }
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
    void aWriteWhoseAnswerWasLostIsRecognised() {
        logs.append(logs.open(store), 1);
        DescriptorNodes.Stored stored = stored();
        LogDescriptor mine = stored.descriptor().withEpoch(100).withAttempt(UUID.randomUUID());
        assertThat(tryWrite(stored.version(), mine).applied()).isTrue();
        // Sent again, it meets "bad version", and yet it has been applied.
        DescriptorNodes.Outcome again = tryWrite(stored.version(), mine);
        assertThat(again.applied()).isTrue();
        assertThat(again.stored().version()).isEqualTo(stored.version() + 1);

        LogDescriptor other = mine.withEpoch(101).withAttempt(UUID.randomUUID());
        DescriptorNodes.Outcome refused = tryWrite(stored.version(), other);
        assertThat(refused.applied()).isFalse();
        assertThat(refused.stored().descriptor()).isEqualTo(mine);
    }

    @Test
    void manyRacingOwnersLeaveOne() {
        List<CompletableFuture<PartitionLog>> openings = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            openings.add(logs.opening(store));
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
        // A second client of the same session closes it for both.
        new ZooKeeper(
                        ensemble.connectString(),
                        30_000,
                        event -> {},
                        expiring.getSessionId(),
                        expiring.getSessionPasswd())
                .close();
        logs.truncate(log, 2);
        eventually(() -> store.session().client() != expiring);
        logs.append(log, 3);
        logs.read(logs.open(store), 2, 6);
    }

    /** Opens with a loop that stops for good after some tasks; says whether the log was opened before that. */
    private boolean openAndVanish(int steps) {
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
