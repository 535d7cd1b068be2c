/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.verticles.bookkeeper;

import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.engine.log.Callback;
import io.headrace.verticles.bookkeeper.LossyProxy.Loss;
import io.headrace.verticles.embedded.EmbeddedEnsemble;
import io.headrace.verticles.embedded.EmbeddedOptions;
import java.nio.file.Path;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.ZooDefs;
import org.apache.zookeeper.ZooKeeper;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Compare-and-set over a connection that loses requests and answers. */
class DescriptorNodesTest {
    private static final int SESSION_MILLIS = 30_000;

    @TempDir
    private static Path directory;

    private static EmbeddedEnsemble ensemble;

    private final String partition = "test-" + UUID.randomUUID();
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
    private LossyProxy proxy;
    private ZooKeeperSession session;
    private DescriptorNodes nodes;

    @BeforeAll
    static void start() throws Exception {
        ensemble = EmbeddedEnsemble.start(EmbeddedOptions.in(directory));
        BookKeeperLogStore.connect(LogOptions.of(ensemble.connectString())).close();
    }

    @AfterAll
    static void stop() {
        ensemble.close();
    }

    @BeforeEach
    void connect() throws Exception {
        proxy = LossyProxy.to(ensemble.connectString());
        session = new ZooKeeperSession(proxy.address(), SESSION_MILLIS);
        nodes = new DescriptorNodes(session, timer, 60_000);
    }

    @AfterEach
    void disconnect() {
        session.close();
        proxy.close();
        timer.shutdownNow();
    }

    @Test
    void everyWriteTakesEffectOnceWhateverIsLost() {
        DescriptorNodes.Stored stored = read();
        assertThat(stored.version()).isEqualTo(DescriptorNodes.ABSENT);
        int version = 0;
        for (Loss loss : new Loss[] {Loss.ANSWER, Loss.NOTHING, Loss.REQUEST, Loss.ANSWER, Loss.REQUEST, Loss.ANSWER}) {
            LogDescriptor next = stored.descriptor()
                    .withEpoch(stored.descriptor().epoch() + 1)
                    .withAttempt(UUID.randomUUID());
            proxy.lose(loss);
            DescriptorNodes.Outcome outcome = write(stored.version(), next);
            assertThat(outcome.applied()).as("lost: %s", loss).isTrue();
            assertThat(outcome.stored()).isEqualTo(new DescriptorNodes.Stored(next, version));
            assertThat(read()).isEqualTo(outcome.stored());
            stored = outcome.stored();
            version++;
        }
        assertThat(proxy.losses()).isEqualTo(5);
    }

    @Test
    void aWriteThatLostTheRaceSaysSoEvenIfItsAnswerWasLost() {
        DescriptorNodes.Stored stored = read();
        LogDescriptor winner = stored.descriptor().withEpoch(1).withAttempt(UUID.randomUUID());
        LogDescriptor loser = stored.descriptor().withEpoch(1).withAttempt(UUID.randomUUID());
        write(stored.version(), winner);
        proxy.lose(Loss.ANSWER);
        DescriptorNodes.Outcome outcome = write(stored.version(), loser);
        assertThat(outcome.applied()).isFalse();
        assertThat(outcome.stored()).isEqualTo(new DescriptorNodes.Stored(winner, 0));
    }

    /** As when a write was given up, sent again on a new connection, and had arrived all the same. */
    @Test
    void aWriteThatMeetsItselfIsRecognised() {
        DescriptorNodes.Stored stored = read();
        LogDescriptor mine = stored.descriptor().withEpoch(100).withAttempt(UUID.randomUUID());
        assertThat(write(stored.version(), mine).applied()).isTrue();
        DescriptorNodes.Outcome again = write(stored.version(), mine);
        assertThat(again.applied()).isTrue();
        assertThat(again.stored().version()).isEqualTo(stored.version() + 1);

        LogDescriptor other = mine.withEpoch(101).withAttempt(UUID.randomUUID());
        DescriptorNodes.Outcome refused = write(stored.version(), other);
        assertThat(refused.applied()).isFalse();
        assertThat(refused.stored().descriptor()).isEqualTo(mine);
    }

    @Test
    void aSessionThatExpiresIsReplacedAndItsWriteSettled() throws Exception {
        DescriptorNodes.Stored stored = read();
        ZooKeeper expiring = session.client();
        ExpiredSession.of(expiring, ensemble.connectString());
        LogDescriptor next = stored.descriptor().withEpoch(1).withAttempt(UUID.randomUUID());
        assertThat(write(stored.version(), next)).isEqualTo(new DescriptorNodes.Outcome(true, stored(next, 0)));
        assertThat(session.client()).isNotSameAs(expiring);
        session.client()
                .create("/ephemeral-" + partition, new byte[0], ZooDefs.Ids.OPEN_ACL_UNSAFE, CreateMode.EPHEMERAL);
    }

    private static DescriptorNodes.Stored stored(LogDescriptor descriptor, int version) {
        return new DescriptorNodes.Stored(descriptor, version);
    }

    private DescriptorNodes.Stored read() {
        return await(callback -> nodes.read(partition, callback));
    }

    private DescriptorNodes.Outcome write(int version, LogDescriptor descriptor) {
        return await(callback -> nodes.write(partition, version, descriptor, callback));
    }

    private static <T> T await(Consumer<Callback<T>> call) {
        CompletableFuture<T> answer = new CompletableFuture<>();
        call.accept(Callback.of(answer::complete, answer::completeExceptionally));
        return answer.orTimeout(90, TimeUnit.SECONDS).join();
    }
}
