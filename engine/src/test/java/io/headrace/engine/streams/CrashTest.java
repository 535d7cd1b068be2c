/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.engine.streams;

import static io.headrace.engine.streams.Commands.S;
import static io.headrace.engine.streams.Commands.createStream;
import static io.headrace.engine.streams.Commands.cut;
import static io.headrace.engine.streams.Commands.fixed;
import static io.headrace.engine.streams.Commands.id;
import static io.headrace.engine.streams.Commands.names;
import static io.headrace.engine.streams.Commands.ranges;
import static io.headrace.engine.streams.Commands.segment;
import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.codecs.name.SegmentName;
import io.headrace.engine.streams.StreamReply.Segments;
import io.headrace.engine.streams.StreamReply.TransactionCreated;
import io.headrace.engine.streams.StreamReply.TransactionState;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/**
 * All workflows in a row, with the owner of the partition dying at any point, and with answers lost, doubled and late:
 * whatever happens, callers who come again see the same in the end.
 */
class CrashTest {
    private static final UUID GROUP = new UUID(4, 4);
    private static final TableConfiguration TABLE = new TableConfiguration(2, 4, 0, 0);

    @Test
    void crashAtAnyStep() {
        List<Object> expected = story(new Rig());
        int points = 0;
        for (int crashAt = 1; ; crashAt++) {
            Rig rig = new Rig();
            rig.crashAt = crashAt;
            assertThat(story(rig)).as("crash at step %d", crashAt).isEqualTo(expected);
            if (rig.steps < crashAt) {
                break;
            }
            points++;
        }
        assertThat(points).isGreaterThan(200);
    }

    @Test
    void crashAtAnyStepAfterASnapshot() {
        List<Object> expected = story(new Rig());
        for (int crashAt = 7; crashAt < 300; crashAt += 13) {
            Rig rig = new Rig();
            rig.snapshotEvery = 11;
            rig.crashAt = crashAt;
            assertThat(story(rig)).as("crash at step %d", crashAt).isEqualTo(expected);
        }
    }

    @Test
    void faultsAndCrashes() {
        List<Object> expected = story(new Rig());
        for (long seed = 1; seed <= 150; seed++) {
            Rig rig = new Rig(seed, StreamsOptions.of(0, 1));
            rig.faults = 0.15;
            rig.crashChance = seed % 3 == 0 ? 0 : 0.01;
            rig.snapshotEvery = seed % 2 == 0 ? 50 : 0;
            assertThat(story(rig)).as("seed %d", seed).isEqualTo(expected);
        }
    }

    /** What can be seen at the end of each chapter. */
    private static List<Object> story(Rig rig) {
        List<Object> seen = new ArrayList<>();
        rig.ask(new StreamCommand.CreateScope("s"));
        rig.ask(createStream(S, 2));
        rig.store.append(segment(0, 0), "a", "b");
        rig.store.append(segment(1, 0), "c", "d");
        rig.ask(new StreamCommand.CreateReaderGroup("s", "g", ReaderGroupConfiguration.over(GROUP, 2, S)));
        rig.ask(new StreamCommand.CreateTable("s", "t", TABLE));
        observe(rig, seen);

        TransactionCreated old = begin(rig);
        write(rig, old, "old");
        scale(rig, Set.of(0L), 0, 0.25, 0.25, 0.5);
        commit(rig, old);
        observe(rig, seen);

        TransactionCreated plain = begin(rig);
        write(rig, plain, "plain");
        commit(rig, plain);
        TransactionCreated dropped = begin(rig);
        rig.ask(new StreamCommand.AbortTransaction(S, dropped.transaction()));
        await(rig, dropped, TransactionState.ABORTED);
        observe(rig, seen);

        rig.ask(new StreamCommand.TruncateStream(S, cut(id(0, 2), 1, id(1, 2), 0)));
        rig.ask(new StreamCommand.UpdateStream(S, fixed(3)));
        rig.ask(new StreamCommand.UpdateReaderGroup("s", "g", ReaderGroupConfiguration.over(GROUP, 1, S)));
        observe(rig, seen);

        begin(rig);
        TransactionCreated last = begin(rig);
        write(rig, last, "last");
        rig.ask(new StreamCommand.CommitTransaction(S, last.transaction(), "", Long.MIN_VALUE));
        rig.ask(new StreamCommand.SealStream(S));
        observe(rig, seen);

        rig.ask(new StreamCommand.DeleteReaderGroup("s", "g", GROUP));
        rig.ask(new StreamCommand.DeleteStream(S));
        rig.ask(createStream(S, 1));
        rig.ask(new StreamCommand.DeleteTable("s", "t"));
        observe(rig, seen);

        rig.ask(new StreamCommand.CreateTable("s", "t", TABLE));
        rig.ask(new StreamCommand.CreateReaderGroup("s", "h", ReaderGroupConfiguration.over(GROUP, 2, S)));
        rig.ask(new StreamCommand.DeleteScopeRecursive("s"));
        seen.add(rig.ask(new StreamCommand.ListScopes("", 100)));
        return seen;
    }

    private static void observe(Rig rig, List<Object> seen) {
        seen.add(rig.ask(new StreamCommand.GetStreamConfiguration(S)));
        seen.add(rig.ask(new StreamCommand.GetCurrentSegments(S)));
        seen.add(rig.ask(new StreamCommand.GetHead(S)));
        seen.add(rig.ask(new StreamCommand.ListStreams("s", "", 100)));
        seen.add(rig.ask(new StreamCommand.ListSubscribers(S)));
        seen.add(rig.ask(new StreamCommand.GetReaderGroup("s", "g")));
        seen.add(rig.ask(new StreamCommand.ListTables("s", "", 100)));
        seen.add(rig.ask(new StreamCommand.GetTableSegments("s", "t")));
        for (int epoch = 0; rig.ask(new StreamCommand.GetEpochSegments(S, epoch)) instanceof Segments s; epoch++) {
            seen.add(names(s.segments()));
        }
        StreamCut head = ((StreamReply.Cut) rig.ask(new StreamCommand.GetHead(S))).cut();
        StreamReply between = rig.ask(new StreamCommand.GetSegmentsBetween(S, head, StreamCut.UNBOUNDED));
        for (SegmentRange segment : ((Segments) between).segments()) {
            FakeStore.Segment stored = rig.store.get(SegmentNames.segment(S, segment.id()));
            seen.add(SegmentNames.segment(S, segment.id()) + stored.events + stored.sealed + stored.startOffset);
        }
    }

    private static TransactionCreated begin(Rig rig) {
        return (TransactionCreated) rig.ask(new StreamCommand.CreateTransaction(S, 600_000));
    }

    private static void write(Rig rig, TransactionCreated transaction, String event) {
        for (SegmentRange range : transaction.segments()) {
            String parent = SegmentNames.segment(S, range.id());
            rig.store.append(SegmentName.transactionSegment(parent, transaction.transaction()), event);
        }
    }

    private static void commit(Rig rig, TransactionCreated transaction) {
        rig.ask(new StreamCommand.CommitTransaction(S, transaction.transaction(), "w", 1));
        await(rig, transaction, TransactionState.COMMITTED);
    }

    private static void await(Rig rig, TransactionCreated transaction, TransactionState state) {
        int turns = 0;
        while (rig.ask(new StreamCommand.GetTransactionState(S, transaction.transaction())) != state) {
            rig.step();
            assertThat(turns++).isLessThan(100_000);
        }
    }

    private static void scale(Rig rig, Set<Long> sealed, double... bounds) {
        rig.ask(new StreamCommand.Scale(S, sealed, ranges(bounds)));
        int turns = 0;
        while (rig.ask(new StreamCommand.CheckScale(S, 0)) != StreamReply.CheckScaleStatus.SUCCESS) {
            rig.step();
            assertThat(turns++).isLessThan(100_000);
        }
    }
}
