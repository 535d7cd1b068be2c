/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.verticles.bus;

import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.engine.partition.ReplyTo;
import io.headrace.engine.segments.SegmentCommand;
import io.headrace.engine.segments.SegmentReply;
import io.headrace.verticles.host.Partitions;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What becomes of a command that does not reach its partition; those that do are tested in clusters. */
@Timeout(60)
final class CommandBusTest {
    private static final SegmentCommand COMMAND = new SegmentCommand.Seal("s/a/0.#epoch.0");

    private final Vertx vertx = Vertx.vertx();
    private @Nullable String owner = "b";
    private final CommandBus<SegmentCommand, SegmentReply> bus =
            new CommandBus<>(vertx, "segments", SegmentCommand.class, SegmentReply.class, partition -> owner);

    @AfterEach
    void close() throws Exception {
        vertx.close().toCompletionStage().toCompletableFuture().get(30, TimeUnit.SECONDS);
    }

    private String lost() throws Exception {
        CompletableFuture<String> reason = new CompletableFuture<>();
        bus.submit(3, COMMAND, new ReplyTo<SegmentReply>() {
            @Override
            public void reply(SegmentReply reply) {
                reason.complete("answered: " + reply);
            }

            @Override
            public void lost(String why) {
                reason.complete(why);
            }
        });
        return reason.get();
    }

    @Test
    void withoutAnOwnerItIsLostAtOnce() throws Exception {
        owner = null;
        assertThat(lost()).isEqualTo("no node has segments-3 at present");
    }

    @Test
    void aNodeThatIsNotThereIsNamed() throws Exception {
        assertThat(lost()).startsWith("node b: ");
    }

    @Test
    void aNodeThatDoesNotHaveThePartitionSaysSo() throws Exception {
        bus.listen("b", Partitions.ofSegments(Partitions.evenTable(4)));
        assertThat(lost()).isEqualTo("node b: it does not have segments-3");
        bus.listen("c", Partitions.ofSegments(Partitions.evenTable(2)));
        owner = "c";
        assertThat(lost()).isEqualTo("node c: it does not have segments-3");
    }

    @Test
    void aCommandOfAnotherVersionIsRefused() throws Exception {
        bus.listen("b", Partitions.ofSegments(Partitions.evenTable(4)));
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
        vertx.eventBus().<Buffer>consumer("headrace.segments.b", message -> message.reply(Buffer.buffer("\0what?")));
        assertThat(lost()).contains("of which nothing is known here");
    }
}
