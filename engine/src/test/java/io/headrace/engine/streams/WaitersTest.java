/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.engine.streams;

import static io.headrace.engine.streams.Commands.S;
import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.engine.partition.LogRecord;
import io.headrace.engine.partition.ReplyTo;
import io.headrace.engine.partition.Turn;
import io.headrace.engine.streams.StreamReply.Code;
import io.headrace.engine.streams.StreamReply.Failed;
import io.headrace.engine.streams.StreamReply.UpdateStreamStatus;
import io.headrace.engine.streams.Waiters.Event;
import io.headrace.engine.streams.Work.Subject;
import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class WaitersTest {
    private static final long WAIT = 1_000;

    /** A turn that counts how often it is asked for the time: a tick does so for each caller that it looks at. */
    private static final class CountingTurn implements Turn<StreamCommand, StreamReply> {
        long now;
        int asked;

        @Override
        public long now() {
            asked++;
            return now;
        }

        @Override
        public long epoch() {
            return 1;
        }

        @Override
        public RandomGenerator random() {
            throw new AssertionError("not expected");
        }

        @Override
        public void log(LogRecord record) {
            throw new AssertionError("not expected");
        }

        @Override
        public void reply(ReplyTo<? super StreamReply> replyTo, StreamReply reply) {
            replyTo.reply(reply);
        }

        @Override
        public void replyAfter(long frame, ReplyTo<? super StreamReply> replyTo, StreamReply reply) {
            throw new AssertionError("not expected");
        }

        @Override
        public void afterCommit(Runnable output) {
            throw new AssertionError("not expected");
        }

        @Override
        public long committedFrame() {
            return 0;
        }

        @Override
        public @Nullable ByteBuf frame(long frame) {
            return null;
        }

        @Override
        public void prefetch(long frame, int bytes) {
            throw new AssertionError("not expected");
        }

        @Override
        public void executeWhenLoaded(long frame, StreamCommand command, ReplyTo<? super StreamReply> replyTo) {
            throw new AssertionError("not expected");
        }

        @Override
        public void executeLater(StreamCommand command, ReplyTo<? super StreamReply> replyTo) {
            throw new AssertionError("not expected");
        }

        @Override
        public void executeBehindOthers(StreamCommand command) {
            throw new AssertionError("not expected");
        }
    }

    /** Writes down who is told what. */
    private final class Caller implements ReplyTo<StreamReply> {
        private final String name;

        Caller(String name) {
            this.name = name;
        }

        @Override
        public void reply(StreamReply reply) {
            told.add(name + " " + (reply instanceof Failed failed ? failed.code() : reply));
        }

        @Override
        public void lost(String reason) {
            told.add(name + " " + reason);
        }
    }

    private final Waiters waiters = Waiters.failing(WAIT);
    private final CountingTurn turn = new CountingTurn();
    private final List<String> told = new ArrayList<>();

    private static Subject subject(int number) {
        return new Subject.OfTransaction(S, new UUID(0, number));
    }

    private void park(int subject, Event event, String name) {
        waiters.park(subject(subject), event, new Caller(name), turn);
    }

    private void enqueue(int subject, String name) {
        waiters.enqueue(subject(subject), new StreamCommand.SealStream(S), new Caller(name), turn);
    }

    @Test
    void whoWaitsTooLongIsSentAwayInTheOrderOfComing() {
        park(1, Event.SEALED, "a");
        turn.now = 10;
        enqueue(2, "b");
        turn.now = 20;
        park(1, Event.SEALED, "c");
        park(3, Event.CREATED, "d");
        turn.now = WAIT + 10;
        waiters.tick(turn);
        assertThat(told).containsExactly("a " + Code.DEADLINE_EXCEEDED, "b " + Code.DEADLINE_EXCEEDED);
        assertThat(waiters.queued(subject(2))).isZero();
        assertThat(waiters.isAwaited(subject(1), Event.SEALED)).isTrue();
        told.clear();
        waiters.answer(subject(1), Event.SEALED, UpdateStreamStatus.SUCCESS, turn);
        assertThat(told).containsExactly("c SUCCESS");
        waiters.lost("gone");
        assertThat(told).containsExactly("c SUCCESS", "d gone");
    }

    @Test
    void commandsAreTakenInTheOrderOfComing() {
        enqueue(1, "a");
        enqueue(1, "b");
        waiters.take(subject(1)).replyTo().reply(UpdateStreamStatus.SUCCESS);
        assertThat(waiters.queued(subject(1))).isEqualTo(1);
        turn.now = WAIT;
        waiters.tick(turn);
        assertThat(told).containsExactly("a SUCCESS", "b " + Code.DEADLINE_EXCEEDED);
    }

    @Test
    void bounds() {
        for (int i = 0; i < 65; i++) {
            enqueue(1, "queued");
        }
        assertThat(told).containsExactly("queued " + Code.RESOURCE_EXHAUSTED);
        told.clear();
        for (int i = 0; i < 20_001; i++) {
            park(i, Event.CREATED, "parked");
        }
        assertThat(told).containsExactly("parked " + Code.RESOURCE_EXHAUSTED);
        waiters.answer(subject(7), Event.CREATED, UpdateStreamStatus.SUCCESS, turn);
        park(7, Event.CREATED, "later");
        assertThat(told).hasSize(2);
    }

    @Test
    void aTickLooksAtThoseOnlyWhoseTimeIsOver() {
        for (int i = 0; i < 10_000; i++) {
            park(i, Event.CREATED, "a");
        }
        turn.now = WAIT / 2;
        park(10_000, Event.CREATED, "b");
        waiters.answer(subject(5), Event.CREATED, UpdateStreamStatus.SUCCESS, turn);
        turn.asked = 0;
        waiters.tick(turn);
        assertThat(turn.asked).isEqualTo(1);
        turn.now = WAIT;
        turn.asked = 0;
        waiters.tick(turn);
        assertThat(turn.asked).isEqualTo(10_000);
        assertThat(told).hasSize(10_000);
    }
}
