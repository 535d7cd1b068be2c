/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.engine.streams;

import io.headrace.engine.calls.CallStamp.Progress;
import io.headrace.engine.segments.Load;
import io.headrace.engine.segments.SegmentCommand;
import io.headrace.engine.streams.Row.CallerRow;
import io.headrace.engine.streams.Row.ColdRow;
import io.headrace.engine.streams.Row.CompletedRow;
import io.headrace.engine.streams.Row.ConfigurationRow;
import io.headrace.engine.streams.Row.CounterRow;
import io.headrace.engine.streams.Row.Emitted;
import io.headrace.engine.streams.Row.EpochRow;
import io.headrace.engine.streams.Row.GroupRow;
import io.headrace.engine.streams.Row.GroupState;
import io.headrace.engine.streams.Row.MarkRow;
import io.headrace.engine.streams.Row.OwnerRow;
import io.headrace.engine.streams.Row.RetiredRow;
import io.headrace.engine.streams.Row.RetiredTableRow;
import io.headrace.engine.streams.Row.SampleRow;
import io.headrace.engine.streams.Row.ScopeRow;
import io.headrace.engine.streams.Row.SealedSizesRow;
import io.headrace.engine.streams.Row.StreamRow;
import io.headrace.engine.streams.Row.StreamState;
import io.headrace.engine.streams.Row.SubscriberRow;
import io.headrace.engine.streams.Row.TableRow;
import io.headrace.engine.streams.Row.TableState;
import io.headrace.engine.streams.Row.TransactionRow;
import io.headrace.engine.streams.Row.TruncationRow;
import io.headrace.engine.streams.Row.VerdictRow;
import io.headrace.engine.streams.Row.WorkRow;
import io.headrace.engine.streams.Row.WriterRow;
import io.headrace.engine.streams.StreamReply.TransactionState;
import io.headrace.engine.streams.Work.Subject;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;

/** One row at least of each kind, and in rows one piece at least of each kind of work. */
final class DurableExamples {
    private static final StreamName STREAM = new StreamName("s", "ä");
    private static final UUID ID = new UUID(0x0102030405060708L, 0x090a0b0c0d0e0f10L);
    private static final SegmentRange LOW = new SegmentRange(0x1_0000_0002L, 0, 0.5);
    private static final SegmentRange HIGH = new SegmentRange(0x3L, 0.5, 1);
    private static final StreamCut CUT = Commands.cut(3, 700, 0x1_0000_0002L, -1);
    private static final Transition TRANSITION = new Transition(6, List.of(3L, 4L), List.of(LOW));
    private static final TableConfiguration TABLE = new TableConfiguration(2, 8, 0, 1 << 20);
    private static final StreamConfiguration PLAIN = StreamConfiguration.of(ScalingPolicy.fixed(3));
    private static final StreamConfiguration RICH = new StreamConfiguration(
            new ScalingPolicy(ScalingPolicy.Type.BY_RATE_IN_EVENTS_PER_SEC, 100, 2, 4),
            new RetentionPolicy(RetentionPolicy.Type.SIZE, 5, Long.MAX_VALUE),
            60_000,
            new TreeSet<>(List.of("blue", "ä")),
            4096);
    private static final ReaderGroupConfiguration GROUP = new ReaderGroupConfiguration(
            3000,
            30_000,
            3,
            2,
            7,
            ID,
            new TreeMap<>(Collections.singletonMap(STREAM, CUT)),
            new TreeMap<>(Collections.singletonMap(STREAM, StreamCut.UNBOUNDED)),
            1024);

    private DurableExamples() {}

    /** In an order in which they can be put into an empty state. */
    static List<Row> rows() {
        List<Row> rows = new ArrayList<>(List.of(
                new CounterRow(9),
                new ScopeRow("s", ID, 1000, true),
                new StreamRow(STREAM, StreamState.SCALING, 1001, 0, 12),
                new ConfigurationRow(STREAM, PLAIN),
                new ConfigurationRow(STREAM, RICH),
                new EpochRow(STREAM, new Epoch(0, 0, 1002, List.of(LOW, HIGH))),
                new SealedSizesRow(STREAM, 1, new TreeMap<>(Collections.singletonMap(3L, 4L))),
                new TruncationRow(STREAM, CUT, 99),
                new RetiredRow(new StreamName("s", "old"), 17),
                new TransactionRow(
                        STREAM, ID, TransactionState.COMMITTING, 0, 1003, 2003, 11, "writer", Long.MIN_VALUE),
                new CompletedRow(STREAM, new UUID(1, 2), true, 1004),
                new GroupRow("s", "group", GroupState.UPDATING, GROUP),
                new SubscriberRow(STREAM, "s/group", ID, 7, CUT),
                new SampleRow(STREAM, 1005, CUT, 88),
                new ColdRow(STREAM, 3, Long.MAX_VALUE),
                new WriterRow(STREAM, "writer", -1, CUT, true),
                new TableRow("s", "table", TableState.ACTIVE, 5, TABLE),
                new RetiredTableRow("s", "former", 6)));
        works().forEach(work -> rows.add(new WorkRow(subject(work), work)));
        rows.addAll(later());
        return rows;
    }

    /** Kinds that came when version 1 of the format had been fixed. */
    private static List<Row> later() {
        Load load = new Load(2, 0.5, 1, 2, 4, 60_000, 1006, false);
        Decision split = new Decision.Split(3, 2, Decision.Reason.HIGH);
        return List.of(
                new VerdictRow(STREAM, 8, new Verdict(1007, 6, 3, 100, load, split)),
                new OwnerRow(5),
                new CallerRow(1000, 3, 4, new Progress(0x0102030405060708L, List.of(6L, 7L))),
                new MarkRow(
                        STREAM,
                        7,
                        new Emitted(new Watermark(-1, 1, CUT), 160),
                        new Emitted(new Watermark(2, 1008, CUT), 320),
                        true,
                        SegmentCommand.NO_VALUE,
                        64,
                        new TreeMap<>(Collections.singletonMap(1009L, 80L))));
    }

    private static List<Work> works() {
        return List.of(
                new Work.CreateStream(),
                new Work.UpdateStream(PLAIN),
                new Work.ResplitStream(Scale.Step.SEAL, RICH, TRANSITION),
                new Work.VerifyCut(CUT),
                new Work.TruncateStream(StreamCut.UNBOUNDED, CUT),
                new Work.SealStream(),
                new Work.DeleteStream(true),
                new Work.ScaleStream(Scale.Step.MEASURE, TRANSITION),
                new Work.Commit(TransactionCommit.Step.ROLL_SEAL_ACTIVE, 5, List.of(ID, new UUID(3, 4)), 8),
                new Work.CreateGroup(),
                new Work.UpdateGroup(GROUP),
                new Work.DeleteGroup(true),
                new Work.DeleteScope(),
                new Work.CreateTable(),
                new Work.DeleteTable());
    }

    private static Subject subject(Work work) {
        if (work instanceof Work.CreateGroup || work instanceof Work.UpdateGroup || work instanceof Work.DeleteGroup) {
            return new Subject.OfGroup("s", "group");
        } else if (work instanceof Work.CreateTable || work instanceof Work.DeleteTable) {
            return new Subject.OfTable("s", "table");
        } else if (work instanceof Work.DeleteScope) {
            return new Subject.OfScope("s");
        }
        return new Subject.OfStream(STREAM);
    }
}
