/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.verticles.bus;

import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.engine.partition.ReplyTo;
import io.headrace.engine.segments.SegmentCommand;
import io.headrace.engine.segments.SegmentReply;
import io.headrace.verticles.bus.CommandBus.Patience;
import io.headrace.verticles.host.Partitions;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.eventbus.Message;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What becomes of a command that does not reach its partition at once; those that do are tested in clusters. */
@Timeout(60)
final class CommandBusTest {
    private static final SegmentCommand COMMAND = new SegmentCommand.Seal("s/a/0.#epoch.0");
    private static final SegmentReply REPLY = new SegmentReply.Sealed("s/a/0.#epoch.0");
    private static final Patience SHORT = new Patience(200, 200, 0);
    private static final Patience LONG = new Patience(40_000, 40_000, 0);

    private final Vertx vertx = Vertx.vertx();
    private volatile @Nullable String owner = "b";

    @AfterEach
    void close() throws Exception {
        vertx.close().toCompletionStage().toCompletableFuture().get(30, TimeUnit.SECONDS);
    }

    private CommandBus<SegmentCommand, SegmentReply> bus(Patience patience) {
        return new CommandBus<>(
                vertx, "segments", SegmentCommand.class, SegmentReply.class, partition -> owner, patience);
    }

    private static final class Outcome implements ReplyTo<SegmentReply> {
        final CompletableFuture<String> told = new CompletableFuture<>();

        @Override
        public void reply(SegmentReply reply) {
            told.complete("answered: " + reply);
        }

        @Override
        public void lost(String why) {
            told.complete(why);
        }
    }

    private static String outcome(CommandBus<SegmentCommand, SegmentReply> bus) throws Exception {
        Outcome outcome = new Outcome();
        bus.submit(3, COMMAND, outcome);
        String told = outcome.told.get();
        assertThat(bus.bytesUnderWay()).isZero();
        return told;
    }

    private void node(String id, Consumer<Message<Buffer>> behaviour) {
        vertx.eventBus().<Buffer>consumer("headrace.segments." + id, behaviour::accept);
    }

    private static void answer(Message<Buffer> message) {
        message.reply(Buffer.buffer(new byte[] {0}).appendBytes(new CommandFormat<>(SegmentReply.class).write(REPLY)));
    }

    @Test
    void withoutAnOwnerItIsLostInTheEnd() throws Exception {
        owner = null;
        assertThat(outcome(bus(SHORT))).isEqualTo("no node has segments-3 at present");
    }

    @Test
    void itWaitsForAnOwner() throws Exception {
        owner = null;
        node("c", CommandBusTest::answer);
        Outcome outcome = new Outcome();
        bus(LONG).submit(3, COMMAND, outcome);
        owner = "c";
        assertThat(outcome.told.get()).isEqualTo("answered: " + REPLY);
    }

    @Test
    void aNodeThatIsNotThereIsNamed() throws Exception {
        assertThat(outcome(bus(SHORT))).startsWith("node b: ");
    }

    @Test
    void aNodeThatDoesNotHaveThePartitionSaysSo() throws Exception {
        bus(SHORT).listen("b", Partitions.ofSegments(Partitions.evenTable(4)));
        assertThat(outcome(bus(SHORT))).isEqualTo("node b: it does not have segments-3");
        bus(SHORT).listen("c", Partitions.ofSegments(Partitions.evenTable(2)));
        owner = "c";
        assertThat(outcome(bus(SHORT))).isEqualTo("node c: it does not have segments-3");
    }

    @Test
    void itFollowsAPartitionThatMoves() throws Exception {
        bus(SHORT).listen("b", Partitions.ofSegments(Partitions.evenTable(4)));
        node("c", CommandBusTest::answer);
        AtomicInteger asked = new AtomicInteger();
        CommandBus<SegmentCommand, SegmentReply> bus = new CommandBus<>(
                vertx,
                "segments",
                SegmentCommand.class,
                SegmentReply.class,
                partition -> asked.getAndIncrement() < 2 ? "b" : "c",
                LONG);
        assertThat(outcome(bus)).isEqualTo("answered: " + REPLY);
        assertThat(asked).hasValueGreaterThan(2);
    }

    @Test
    void whatThePartitionHereDoesNotExecuteGoesToWhoeverHasIt() throws Exception {
        node("b", CommandBusTest::answer);
        Outcome outcome = new Outcome();
        bus(LONG).following(3, COMMAND, outcome).notExecuted("segments-3 is closed");
        assertThat(outcome.told.get()).isEqualTo("answered: " + REPLY);
    }

    @Test
    void whatMayHaveBeenExecutedIsSentAgainOnlyIfThatDoesNoHarm() throws Exception {
        AtomicInteger received = new AtomicInteger();
        node("b", message -> {
            if (received.incrementAndGet() < 3) {
                message.reply(Buffer.buffer("\1it failed"));
            } else {
                answer(message);
            }
        });
        assertThat(outcome(bus(LONG))).isEqualTo("node b: it failed");
        assertThat(received).hasValue(1);
        received.set(0);
        assertThat(outcome(bus(new Patience(40_000, 40_000, 2)))).isEqualTo("answered: " + REPLY);
        received.set(0);
        assertThat(outcome(bus(new Patience(40_000, 40_000, 1)))).isEqualTo("node b: it failed");

        Outcome once = new Outcome();
        bus(LONG).following(3, COMMAND, once).lost("the log failed");
        assertThat(once.told.get()).isEqualTo("the log failed");
        Outcome again = new Outcome();
        bus(new Patience(40_000, 40_000, 2)).following(3, COMMAND, again).lost("the log failed");
        assertThat(again.told.get()).isEqualTo("answered: " + REPLY);
    }

    @Test
    void aNodeThatDoesNotAnswerIsNotWaitedForToTheEnd() throws Exception {
        AtomicInteger received = new AtomicInteger();
        node("b", message -> {
            if (received.incrementAndGet() > 1) {
                answer(message);
            }
        });
        assertThat(outcome(bus(new Patience(40_000, 100, 3)))).isEqualTo("answered: " + REPLY);
    }

    @Test
    void aNodeThatLosesThePartitionIsNotWaitedFor() throws Exception {
        node("b", message -> owner = "c");
        node("c", CommandBusTest::answer);
        assertThat(outcome(bus(LONG))).isEqualTo("node b has lost segments-3 and has not answered");
        owner = "b";
        assertThat(outcome(bus(new Patience(40_000, 40_000, 1)))).isEqualTo("answered: " + REPLY);
    }

    @Test
    void aCommandOfAnotherVersionIsRefused() throws Exception {
        bus(SHORT).listen("b", Partitions.ofSegments(Partitions.evenTable(4)));
        Buffer answer = vertx.eventBus()
                .<Buffer>request("headrace.segments.b", Buffer.buffer(new byte[] {2, 0, 0, 0, 3}))
                .toCompletionStage()
                .toCompletableFuture()
                .get()
                .body();
        assertThat(answer.toString()).contains("does not know commands of that version");
    }

    @Test
    void whatANodeOfAnotherVersionAnswersIsRefused() throws Exception {
        node("b", message -> message.reply(Buffer.buffer("\0what?")));
        assertThat(outcome(bus(SHORT))).contains("of which nothing is known here");
    }
}
