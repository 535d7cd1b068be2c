/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.engine.streams;

import static io.headrace.engine.streams.Commands.S;
import static io.headrace.engine.streams.Commands.current;
import static io.headrace.engine.streams.Commands.cut;
import static io.headrace.engine.streams.Commands.id;
import static io.headrace.engine.streams.Commands.names;
import static io.headrace.engine.streams.Commands.ranges;
import static io.headrace.engine.streams.Commands.segment;
import static io.headrace.engine.streams.Commands.withStream;
import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.codecs.name.SegmentName;
import io.headrace.engine.streams.StreamReply.Code;
import io.headrace.engine.streams.StreamReply.CompletedTransactions;
import io.headrace.engine.streams.StreamReply.Failed;
import io.headrace.engine.streams.StreamReply.PingStatus;
import io.headrace.engine.streams.StreamReply.Segments;
import io.headrace.engine.streams.StreamReply.TransactionCreated;
import io.headrace.engine.streams.StreamReply.TransactionState;
import io.headrace.engine.streams.StreamReply.TransactionStatus;
import io.headrace.engine.streams.StreamReply.UpdateStreamStatus;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class TransactionsTest {

    private static TransactionCreated begin(Rig rig) {
        return (TransactionCreated) rig.ask(new StreamCommand.CreateTransaction(S, 60_000));
    }

    private static void write(Rig rig, TransactionCreated transaction, int number, String... events) {
        for (SegmentRange range : transaction.segments()) {
            if (SegmentName.numberOf(range.id()) == number) {
                rig.store.append(
                        SegmentName.transactionSegment(SegmentNames.segment(S, range.id()), transaction.transaction()),
                        events);
            }
        }
    }

    private static StreamReply commit(Rig rig, UUID id) {
        return rig.ask(new StreamCommand.CommitTransaction(S, id, "", Long.MIN_VALUE));
    }

    private static StreamReply abort(Rig rig, UUID id) {
        return rig.ask(new StreamCommand.AbortTransaction(S, id));
    }

    private static StreamReply state(Rig rig, UUID id) {
        return rig.ask(new StreamCommand.GetTransactionState(S, id));
    }

    private static PingStatus ping(Rig rig, UUID id, long lease) {
        return (PingStatus) rig.ask(new StreamCommand.PingTransaction(S, id, lease));
    }

    private static void scale(Rig rig, Set<Long> sealed, double... bounds) {
        rig.ask(new StreamCommand.Scale(S, sealed, ranges(bounds)));
        rig.settle();
    }

    @Test
    void commitInCallOrder() {
        Rig rig = withStream(2);
        TransactionCreated one = begin(rig);
        TransactionCreated two = begin(rig);
        assertThat(one.transaction()).isNotEqualTo(two.transaction());
        write(rig, one, 0, "a", "b");
        write(rig, two, 0, "c");
        write(rig, two, 1, "d");
        rig.store.append(segment(0, 0), "outside");
        assertThat(state(rig, one.transaction())).isEqualTo(TransactionState.OPEN);
        assertThat(commit(rig, two.transaction())).isEqualTo(TransactionStatus.SUCCESS);
        assertThat(commit(rig, one.transaction())).isEqualTo(TransactionStatus.SUCCESS);
        rig.settle();
        assertThat(rig.store.events(segment(0, 0))).containsExactly("outside", "c", "a", "b");
        assertThat(rig.store.events(segment(1, 0))).containsExactly("d");
        assertThat(state(rig, one.transaction())).isEqualTo(TransactionState.COMMITTED);
        assertThat(commit(rig, one.transaction())).isEqualTo(TransactionStatus.SUCCESS);
        assertThat(abort(rig, one.transaction())).isEqualTo(TransactionStatus.FAILURE);
        assertThat(ping(rig, one.transaction(), 10_000)).isEqualTo(PingStatus.COMMITTED);
        assertThat(current(rig, S)).containsExactly("0@0", "1@0");
    }

    @Test
    void whoAsksWhileItIsCommittedLearnsTheOutcome() {
        Rig rig = withStream(1);
        UUID one = begin(rig).transaction();
        rig.submit(new StreamCommand.CommitTransaction(S, one, "", Long.MIN_VALUE));
        Rig.Answer<StreamReply> early = rig.submit(new StreamCommand.GetTransactionState(S, one));
        assertThat(early.isDone()).isFalse();
        rig.settle();
        assertThat(early.reply).isEqualTo(TransactionState.COMMITTED);
    }

    @Test
    void whoAsksDuringALongCommitIsNotKeptForLong() {
        Rig rig = withStream(1);
        UUID one = begin(rig).transaction();
        rig.silent = true;
        rig.submit(new StreamCommand.CommitTransaction(S, one, "", Long.MIN_VALUE));
        Rig.Answer<StreamReply> early = rig.submit(new StreamCommand.GetTransactionState(S, one));
        rig.tickAfter(999);
        assertThat(early.isDone()).isFalse();
        rig.tickAfter(1);
        assertThat(early.reply).isEqualTo(TransactionState.COMMITTING);
        assertThat(rig.confirmed).endsWith(TransactionState.COMMITTING);
        Rig.Answer<StreamReply> late = rig.submit(new StreamCommand.GetTransactionState(S, one));
        rig.crash();
        assertThat(late.lost).isTrue();
        rig.silent = false;
        rig.crash();
        assertThat(state(rig, one)).isEqualTo(TransactionState.COMMITTED);
    }

    @Test
    void abortDeletesTheSegments() {
        Rig rig = withStream(1);
        TransactionCreated one = begin(rig);
        write(rig, one, 0, "a");
        assertThat(abort(rig, one.transaction())).isEqualTo(TransactionStatus.SUCCESS);
        assertThat(commit(rig, one.transaction())).isEqualTo(TransactionStatus.FAILURE);
        assertThat(ping(rig, one.transaction(), 10_000)).isEqualTo(PingStatus.ABORTED);
        rig.settle();
        assertThat(state(rig, one.transaction())).isEqualTo(TransactionState.ABORTED);
        assertThat(abort(rig, one.transaction())).isEqualTo(TransactionStatus.SUCCESS);
        assertThat(rig.store.segments.keySet()).noneMatch(n -> n.contains("transaction"));
        assertThat(rig.ask(new StreamCommand.ListCompletedTransactions(S)))
                .isEqualTo(new CompletedTransactions(java.util.Map.of(one.transaction(), false)));
    }

    @Test
    void unknownOnes() {
        Rig rig = withStream(1);
        UUID unknown = new UUID(0, 99);
        assertThat(commit(rig, unknown)).isEqualTo(TransactionStatus.FAILURE);
        assertThat(abort(rig, unknown)).isEqualTo(TransactionStatus.FAILURE);
        assertThat(ping(rig, unknown, 10_000)).isEqualTo(PingStatus.UNKNOWN);
        assertThat(state(rig, unknown)).isEqualTo(TransactionState.UNKNOWN);
        assertThat(rig.ask(new StreamCommand.ListCompletedTransactions(new StreamName("s", "none"))))
                .isEqualTo(new CompletedTransactions(java.util.Map.of()));
    }

    @Test
    void leases() {
        Rig rig = withStream(1);
        for (long lease : new long[] {9_999, 600_001}) {
            assertThat(rig.ask(new StreamCommand.CreateTransaction(S, lease)))
                    .isInstanceOfSatisfying(
                            Failed.class, f -> assertThat(f.code()).isEqualTo(Code.INVALID_ARGUMENT));
        }
        UUID dying = begin(rig).transaction();
        UUID pinged = begin(rig).transaction();
        assertThat(ping(rig, pinged, 600_001)).isEqualTo(PingStatus.LEASE_TOO_LARGE);
        rig.pass(50_000);
        assertThat(ping(rig, pinged, 60_000)).isEqualTo(PingStatus.OK);
        rig.pass(15_000);
        assertThat(state(rig, dying)).isEqualTo(TransactionState.ABORTED);
        assertThat(state(rig, pinged)).isEqualTo(TransactionState.OPEN);
        rig.crash();
        rig.pass(500_000);
        assertThat(state(rig, pinged)).isEqualTo(TransactionState.OPEN);
        rig.pass(110_000);
        assertThat(state(rig, pinged)).isEqualTo(TransactionState.ABORTED);
    }

    @Test
    void executionTimeIsLimited() {
        Rig rig = withStream(1);
        UUID id = ((TransactionCreated) rig.ask(new StreamCommand.CreateTransaction(S, 600_000))).transaction();
        for (int i = 0; i < 8_639; i++) {
            rig.now += 10_000;
            assertThat(ping(rig, id, 20_000))
                    .isEqualTo(i < 8_638 ? PingStatus.OK : PingStatus.MAX_EXECUTION_TIME_EXCEEDED);
        }
    }

    @Test
    void executionTimeCanBeLimitedFurther() {
        Rig rig = new Rig(0, StreamsOptions.of(0, 1).withTransactionMillis(15_000));
        rig.ask(new StreamCommand.CreateScope("s"));
        rig.ask(Commands.createStream(S, 1));
        UUID silent = begin(rig).transaction();
        UUID pinged = begin(rig).transaction();
        rig.pass(4_000);
        assertThat(ping(rig, pinged, 10_000)).isEqualTo(PingStatus.OK);
        rig.pass(4_000);
        assertThat(ping(rig, pinged, 10_000)).isEqualTo(PingStatus.MAX_EXECUTION_TIME_EXCEEDED);
        rig.pass(8_000);
        assertThat(state(rig, pinged)).isEqualTo(TransactionState.ABORTED);
        assertThat(state(rig, silent)).isEqualTo(TransactionState.ABORTED);
    }

    @Test
    void segmentIdsCarryTheTransactionsEpoch() {
        Rig rig = withStream(2);
        scale(rig, Set.of(0L), 0, 0.25, 0.25, 0.5);
        TransactionCreated one = begin(rig);
        assertThat(names(one.segments())).containsExactly("2@1", "3@1", "1@1");
        assertThat(one.transaction().getMostSignificantBits() >> 32).isEqualTo(1);
        write(rig, one, 1, "a");
        assertThat(((Segments) rig.ask(new StreamCommand.GetEpochSegments(S, 1))).segments())
                .isEqualTo(one.segments());
        commit(rig, one.transaction());
        rig.settle();
        assertThat(rig.store.events(segment(1, 0))).containsExactly("a");
    }

    @Test
    void rollingCommit() {
        Rig rig = withStream(2);
        TransactionCreated old = begin(rig);
        TransactionCreated older = begin(rig);
        write(rig, old, 0, "a");
        write(rig, older, 1, "b");
        scale(rig, Set.of(0L), 0, 0.25, 0.25, 0.5);
        scale(rig, Set.of(id(2, 1), id(3, 1), id(1, 0)), 0, 0.6, 0.6, 1);
        commit(rig, old.transaction());
        rig.settle();
        assertThat(current(rig, S)).containsExactly("4@4", "5@4");
        assertThat(rig.store.events(segment(0, 3))).containsExactly("a");
        assertThat(rig.store.get(segment(0, 3)).sealed).isTrue();
        assertThat(rig.store.get(segment(4, 2)).sealed).isTrue();
        assertThat(rig.store.get(segment(4, 4)).sealed).isFalse();
        assertThat(((StreamReply.Successors) rig.ask(new StreamCommand.GetSuccessors(S, id(4, 2)))).successors())
                .extracting(s -> s.segment().id())
                .containsExactly(id(0, 3), id(1, 3));

        // A transaction that begins now belongs to the epoch that 4 duplicates, and needs no further epochs.
        TransactionCreated next = begin(rig);
        assertThat(names(next.segments())).containsExactly("4@2", "5@2");
        write(rig, next, 4, "c");
        commit(rig, next.transaction());
        rig.settle();
        assertThat(current(rig, S)).containsExactly("4@4", "5@4");
        assertThat(rig.store.events(segment(4, 4))).containsExactly("c");

        // Epoch 0 is older still: rolled again, and the next scale numbers from the active epoch.
        rig.crash();
        commit(rig, older.transaction());
        rig.settle();
        assertThat(current(rig, S)).containsExactly("4@6", "5@6");
        assertThat(rig.store.events(segment(1, 5))).containsExactly("b");
        scale(rig, Set.of(id(4, 6)), 0, 0.3, 0.3, 0.6);
        assertThat(current(rig, S)).containsExactly("6@7", "7@7", "5@6");
        assertThat(rig.ask(new StreamCommand.CheckScale(S, 2))).isEqualTo(StreamReply.CheckScaleStatus.SUCCESS);
    }

    @Test
    void truncationPastTheParentSegments() {
        Rig rig = withStream(1);
        TransactionCreated one = begin(rig);
        write(rig, one, 0, "a");
        scale(rig, Set.of(0L), 0, 0.5, 0.5, 1);
        rig.ask(new StreamCommand.TruncateStream(S, cut(id(1, 1), 0, id(2, 1), 0)));
        assertThat(rig.store.segments).doesNotContainKey(segment(0, 0));
        commit(rig, one.transaction());
        rig.settle();
        assertThat(rig.store.events(segment(0, 2))).containsExactly("a");
        assertThat(current(rig, S)).containsExactly("1@3", "2@3");
    }

    @Test
    void sealingAbortsOpenOnesAndFinishesTheOthers() {
        Rig rig = withStream(1);
        List<UUID> open = new ArrayList<>();
        for (int i = 0; i < 300; i++) {
            open.add(begin(rig).transaction());
        }
        TransactionCreated committing = begin(rig);
        write(rig, committing, 0, "a");
        rig.submit(new StreamCommand.CommitTransaction(S, committing.transaction(), "", Long.MIN_VALUE));
        Rig.Answer<StreamReply> sealed = rig.submit(new StreamCommand.SealStream(S));
        rig.settle();
        assertThat(sealed.reply).isEqualTo(UpdateStreamStatus.SUCCESS);
        assertThat(rig.store.events(segment(0, 0))).containsExactly("a");
        assertThat(state(rig, committing.transaction())).isEqualTo(TransactionState.COMMITTED);
        open.forEach(id -> assertThat(state(rig, id)).isEqualTo(TransactionState.ABORTED));
        assertThat(rig.ask(new StreamCommand.CreateTransaction(S, 60_000)))
                .isInstanceOfSatisfying(Failed.class, f -> assertThat(f.code()).isEqualTo(Code.INVALID_ARGUMENT));
        assertThat(((CompletedTransactions) rig.ask(new StreamCommand.ListCompletedTransactions(S))).transactions())
                .hasSize(301);
        assertThat(rig.ask(new StreamCommand.DeleteStream(S))).isEqualTo(StreamReply.DeleteStreamStatus.SUCCESS);
    }

    @Test
    void latestFiveHundredAndOneDay() {
        Rig rig = withStream(1);
        List<UUID> ids = new ArrayList<>();
        for (int i = 0; i < 600; i++) {
            ids.add(begin(rig).transaction());
            commit(rig, ids.get(i));
            rig.settle();
        }
        assertThat(((CompletedTransactions) rig.ask(new StreamCommand.ListCompletedTransactions(S))).transactions())
                .containsOnlyKeys(ids.subList(100, 600).toArray(UUID[]::new));
        rig.crash();
        assertThat(state(rig, ids.get(0))).isEqualTo(TransactionState.COMMITTED);
        rig.now += 86_400_001;
        rig.pass(10_000);
        assertThat(state(rig, ids.get(599))).isEqualTo(TransactionState.UNKNOWN);
    }

    @Test
    void manyOpenOnesStayCheap() {
        Rig rig = withStream(1);
        begin(rig);
        int before = rig.loggedBytes();
        begin(rig);
        int each = rig.loggedBytes() - before;
        for (int i = 0; i < 1_000; i++) {
            begin(rig);
        }
        before = rig.loggedBytes();
        UUID last = begin(rig).transaction();
        assertThat(rig.loggedBytes() - before).isEqualTo(each);
        before = rig.loggedBytes();
        commit(rig, last);
        rig.settle();
        assertThat(rig.loggedBytes() - before).isLessThan(20 * each);
    }

    @Test
    void commitTimesAreNoted() {
        Rig rig = withStream(2);
        TransactionCreated one = begin(rig);
        write(rig, one, 0, "a", "b");
        rig.ask(new StreamCommand.CommitTransaction(S, one.transaction(), "w", 100));
        rig.settle();
        assertThat(note(rig, "w", 99, cut(0, 2, 1, 0))).isEqualTo(StreamReply.NoteTimestampStatus.INVALID_TIME);
        assertThat(note(rig, "w", 100, cut(0, 1, 1, 0))).isEqualTo(StreamReply.NoteTimestampStatus.INVALID_POSITION);
        assertThat(note(rig, "w", 100, cut(0, 2))).isEqualTo(StreamReply.NoteTimestampStatus.SUCCESS);
        assertThat(note(rig, "v", 1, cut(0, 0))).isEqualTo(StreamReply.NoteTimestampStatus.SUCCESS);
        assertThat(rig.ask(new StreamCommand.RemoveWriter(S, "v"))).isEqualTo(StreamReply.RemoveWriterStatus.SUCCESS);
        assertThat(rig.ask(new StreamCommand.RemoveWriter(S, "u")))
                .isEqualTo(StreamReply.RemoveWriterStatus.UNKNOWN_WRITER);
    }

    private static StreamReply note(Rig rig, String writer, long time, StreamCut position) {
        return rig.ask(new StreamCommand.NoteTimestamp(S, writer, time, position));
    }
}
