/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.engine.streams;

import static io.headrace.engine.streams.Commands.S;
import static io.headrace.engine.streams.Commands.createStream;
import static io.headrace.engine.streams.Commands.current;
import static io.headrace.engine.streams.Commands.cut;
import static io.headrace.engine.streams.Commands.fixed;
import static io.headrace.engine.streams.Commands.id;
import static io.headrace.engine.streams.Commands.ranges;
import static io.headrace.engine.streams.Commands.segment;
import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.codecs.name.SegmentName;
import io.headrace.engine.streams.Row.MarkRow;
import io.headrace.engine.streams.Row.WriterRow;
import io.headrace.engine.streams.StreamReply.NoteTimestampStatus;
import io.headrace.engine.streams.StreamReply.TransactionCreated;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class WatermarksTest {
    private static final StreamsOptions EACH_SECOND = StreamsOptions.of(0, 1).withWatermarkMillis(1_000);
    private static final String MARKS = "s/_MARKa/0.#epoch.0";

    /** A watermark as a client reads it, and where. */
    private record Read(long at, long lower, long upper, StreamCut position) {}

    private static Rig rig(int segments, long timeout) {
        return prepare(new Rig(0, EACH_SECOND), segments, timeout);
    }

    private static Rig prepare(Rig rig, int segments, long timeout) {
        rig.ask(new StreamCommand.CreateScope("s"));
        rig.ask(new StreamCommand.CreateStream(
                S,
                new StreamConfiguration(
                        ScalingPolicy.fixed(segments), null, timeout, Collections.emptySortedSet(), 0)));
        return rig;
    }

    private static NoteTimestampStatus note(Rig rig, String writer, long time, StreamCut position) {
        return (NoteTimestampStatus) rig.ask(new StreamCommand.NoteTimestamp(S, writer, time, position));
    }

    /** All that is in a mark stream, read as clients do. */
    private static List<Read> marks(Rig rig, String segment) {
        ByteBuf in = Unpooled.buffer();
        rig.store.events(segment).forEach(hex -> in.writeByte(HexFormat.fromHexDigits(hex)));
        List<Read> marks = new ArrayList<>();
        while (in.isReadable()) {
            long at = in.readerIndex();
            assertThat(in.readInt()).isZero();
            assertThat(in.readInt()).isLessThanOrEqualTo(in.readableBytes());
            assertThat(in.readInt()).isEqualTo(0x100);
            in.readInt();
            long lower = in.readLong();
            long upper = in.readLong();
            Map<Long, Long> position = new TreeMap<>();
            for (int left = in.readByte(); left > 0; left--) {
                in.skipBytes(8);
                long id = in.readLong();
                in.skipBytes(16);
                position.put(id, in.readLong());
            }
            marks.add(new Read(at, lower, upper, StreamCut.of(position)));
        }
        return marks;
    }

    private static List<String> bounds(Rig rig) {
        return marks(rig, MARKS).stream().map(m -> m.lower() + "-" + m.upper()).toList();
    }

    private static long revisionMark(Rig rig, String segment) {
        return rig.store.get(segment).attributes.getOrDefault(WatermarkEmission.REVISION_MARK, Long.MIN_VALUE);
    }

    @Test
    void oneAfterTheOther() {
        Rig rig = rig(2, 0);
        rig.pass(2_000);
        assertThat(marks(rig, MARKS)).isEmpty();
        note(rig, "v", 100, cut(0, 5, 1, 5));
        note(rig, "w", 102, cut(0, 7, 1, 4));
        rig.pass(1_000);
        assertThat(marks(rig, MARKS)).containsExactly(new Read(0, 100, 102, cut(0, 7, 1, 5)));
        assertThat(revisionMark(rig, MARKS)).isEqualTo(Long.MIN_VALUE);
        note(rig, "v", 110, cut(0, 9, 1, 5));
        note(rig, "w", 111, cut(0, 7, 1, 8));
        rig.pass(1_000);
        rig.crash();
        note(rig, "v", 120, cut(0, 9, 1, 8));
        note(rig, "w", 120, cut(0, 9, 1, 9));
        rig.pass(1_000);
        List<Read> marks = marks(rig, MARKS);
        assertThat(bounds(rig)).containsExactly("100-102", "110-111", "120-120");
        assertThat(marks.get(1).position()).isEqualTo(cut(0, 9, 1, 8));
        assertThat(marks.get(2).position()).isEqualTo(cut(0, 9, 1, 9));
        assertThat(revisionMark(rig, MARKS)).isEqualTo(marks.get(1).at());
    }

    @Test
    void aSilentWriterIsWaitedFor() {
        Rig rig = rig(1, 3_000);
        note(rig, "v", 100, cut(0, 20));
        note(rig, "w", 102, cut(0, 20));
        rig.pass(1_500);
        assertThat(bounds(rig)).containsExactly("100-102");
        rig.pass(2_000);
        assertThat(bounds(rig)).containsExactly("100-102");
        rig.pass(3_000);
        assertThat(bounds(rig)).containsExactly("100-102", "102-102");
        assertThat(marks(rig, MARKS)).allMatch(m -> m.position().equals(cut(0, 20)));
        note(rig, "v", 101, cut(0, 20));
        rig.pass(10_000);
        assertThat(bounds(rig)).containsExactly("100-102", "102-102");
    }

    @Test
    void aShortTimeOut() {
        Rig rig = rig(1, 100);
        note(rig, "u", 50, cut(0, 1));
        note(rig, "v", 80, cut(0, 1));
        note(rig, "w", 150, cut(0, 1));
        rig.pass(2_700);
        assertThat(bounds(rig)).startsWith("50-150", "80-150");
    }

    @Test
    void aWriterThatIsRemovedIsNotWaitedFor() {
        Rig rig = rig(1, 100_000);
        note(rig, "v", 100, cut(0, 1));
        note(rig, "w", 100, cut(0, 1));
        rig.pass(1_500);
        note(rig, "w", 200, cut(0, 2));
        rig.pass(3_000);
        assertThat(bounds(rig)).containsExactly("100-100");
        rig.ask(new StreamCommand.RemoveWriter(S, "v"));
        rig.pass(1_500);
        assertThat(bounds(rig)).containsExactly("100-100", "200-200");
        assertThat(rig.rows(WriterRow.class)).extracting(WriterRow::writer).containsExactly("w");
    }

    @Test
    void idleStreamsCostNothing() {
        Rig rig = rig(1, 0);
        note(rig, "v", 100, cut(0, 1));
        rig.pass(3_000);
        assertThat(bounds(rig)).containsExactly("100-100");
        assertThat(rig.rows(WriterRow.class)).isEmpty();
        int executed = rig.store.executed;
        int logged = rig.logged();
        rig.pass(20_000);
        assertThat(rig.store.executed).isEqualTo(executed);
        assertThat(rig.logged()).isEqualTo(logged);
        note(rig, "v", 99, cut(0, 1));
        rig.pass(3_000);
        note(rig, "v", 101, cut(0, 1));
        rig.pass(3_000);
        assertThat(bounds(rig)).containsExactly("100-100", "101-101");
    }

    @Test
    void notesThatAreRefused() {
        Rig rig = rig(1, 0);
        assertThat(note(rig, "v", 100, cut(0, 5))).isEqualTo(NoteTimestampStatus.SUCCESS);
        assertThat(note(rig, "v", 99, cut(0, 5))).isEqualTo(NoteTimestampStatus.INVALID_TIME);
        assertThat(note(rig, "v", 100, cut(0, 5))).isEqualTo(NoteTimestampStatus.SUCCESS);
        assertThat(note(rig, "v", 101, cut(0, 4))).isEqualTo(NoteTimestampStatus.INVALID_POSITION);
        assertThat(note(rig, "v", 101, cut(0, 5, 7, 1))).isEqualTo(NoteTimestampStatus.INVALID_POSITION);
    }

    @Test
    void overAScaling() {
        Rig rig = rig(2, 0);
        note(rig, "v", 100, cut(0, 5, 1, 6));
        rig.pass(1_500);
        rig.ask(new StreamCommand.Scale(S, Set.of(0L), ranges(0, 0.25, 0.25, 0.5)));
        rig.pass(500);
        note(rig, "v", 200, cut(id(2, 1), 3));
        rig.pass(1_500);
        assertThat(marks(rig, MARKS).get(1).position()).isEqualTo(cut(id(2, 1), 3, id(3, 1), 0, 1, 6));
    }

    @Test
    void commitsNoteTheirWriter() {
        Rig rig = rig(1, 0);
        TransactionCreated old = begin(rig);
        write(rig, old, "a", "b");
        rig.ask(new StreamCommand.CommitTransaction(S, old.transaction(), "w", 100));
        rig.pass(1_500);
        assertThat(marks(rig, MARKS)).containsExactly(new Read(0, 100, 100, cut(0, 2)));

        TransactionCreated rolled = begin(rig);
        write(rig, rolled, "c");
        rig.ask(new StreamCommand.Scale(S, Set.of(0L), ranges(0, 0.5, 0.5, 1)));
        rig.settle();
        rig.ask(new StreamCommand.CommitTransaction(S, rolled.transaction(), "w", 200));
        rig.pass(2_500);
        assertThat(current(rig, S)).containsExactly("1@3", "2@3");
        assertThat(bounds(rig)).containsExactly("100-100", "200-200");
        assertThat(marks(rig, MARKS).get(1).position()).isEqualTo(cut(id(0, 2), 1));
    }

    /** A position in an epoch that is not in the history yet must not be lost, whenever the stream is looked at. */
    @Test
    void aRollingCommitIsNotOvertaken() {
        for (int wait = 0; wait < 60; wait++) {
            Rig rig = rig(1, 0);
            TransactionCreated rolled = begin(rig);
            write(rig, rolled, "c");
            rig.ask(new StreamCommand.Scale(S, Set.of(0L), ranges(0, 0.5, 0.5, 1)));
            rig.settle();
            rig.tickAfter(0);
            rig.ask(new StreamCommand.CommitTransaction(S, rolled.transaction(), "w", 200));
            for (int i = 0; i < wait; i++) {
                rig.step();
            }
            rig.tickAfter(1_100);
            rig.pass(2_500);
            assertThat(marks(rig, MARKS))
                    .extracting(Read::position)
                    .as("after %d steps", wait)
                    .containsOnly(cut(id(0, 2), 1));
        }
    }

    private static TransactionCreated begin(Rig rig) {
        return (TransactionCreated) rig.ask(new StreamCommand.CreateTransaction(S, 600_000));
    }

    private static void write(Rig rig, TransactionCreated transaction, String... events) {
        for (SegmentRange range : transaction.segments()) {
            String parent = SegmentNames.segment(S, range.id());
            rig.store.append(SegmentName.transactionSegment(parent, transaction.transaction()), events);
        }
    }

    @Test
    void whatOthersWriteIsRespected() {
        Rig rig = rig(1, 0);
        note(rig, "v", 100, cut(0, 1));
        while (rig.rows(MarkRow.class).isEmpty()) {
            rig.step();
        }
        // Between the look at the end of the mark stream and the append.
        Collections.addAll(rig.store.events(MARKS), "00", "00", "00", "00", "00", "00", "00", "00");
        rig.pass(500);
        assertThat(rig.store.events(MARKS)).hasSize(8);
        assertThat(rig.rows(MarkRow.class)).extracting(MarkRow::last).containsOnlyNulls();
        rig.store.get(MARKS).attributes.put(WatermarkEmission.REVISION_MARK, 3L);
        rig.pass(1_500);
        note(rig, "v", 200, cut(0, 1));
        rig.pass(1_500);
        assertThat(rig.store.events(MARKS)).hasSize(8 + 2 * 73);
        assertThat(revisionMark(rig, MARKS)).isEqualTo(8);
    }

    @Test
    void aSealedStreamIsSpokenOfToTheEnd() {
        Rig rig = rig(1, 0);
        note(rig, "v", 100, cut(0, 1));
        rig.ask(new StreamCommand.SealStream(S));
        rig.pass(1_500);
        assertThat(bounds(rig)).containsExactly("100-100");
        note(rig, "v", 200, cut(0, 2));
        rig.ask(new StreamCommand.DeleteStream(S));
        assertThat(rig.store.segments).isEmpty();
        rig.pass(2_500);
        rig.ask(createStream(S, 1));
        note(rig, "v", 50, cut(1, 3));
        rig.pass(1_500);
        assertThat(marks(rig, "s/_MARKa/1.#epoch.0")).containsExactly(new Read(0, 50, 50, cut(1, 3)));
        assertThat(rig.rows(MarkRow.class)).hasSize(1);
    }

    @Test
    void aSealedMarkStreamIsLeft() {
        Rig rig = rig(1, 0);
        rig.ask(new StreamCommand.SealStream(S.mark()));
        note(rig, "v", 100, cut(0, 1));
        int executed = rig.store.executed;
        rig.pass(5_000);
        assertThat(rig.store.executed).isEqualTo(executed);
    }

    @Test
    void aScaledMarkStreamIsGoneOnWith() {
        Rig rig = rig(1, 0);
        note(rig, "v", 100, cut(0, 1));
        rig.pass(1_500);
        rig.ask(new StreamCommand.Scale(S.mark(), Set.of(0L), ranges(0, 1)));
        rig.settle();
        for (long time = 200; time < 400; time += 100) {
            note(rig, "v", time, cut(0, time));
            rig.pass(1_500);
        }
        List<Read> marks = marks(rig, "s/_MARKa/1.#epoch.1");
        assertThat(marks).extracting(Read::lower).containsExactly(200L, 300L);
        assertThat(revisionMark(rig, "s/_MARKa/1.#epoch.1")).isZero();
    }

    @Test
    void systemStreamsAndMarkStreamsHaveNone() {
        Rig rig = rig(1, 0);
        StreamName system = new StreamName("_system", "a");
        rig.ask(createStream(system, 1));
        for (StreamName stream : List.of(system, S.mark())) {
            assertThat(rig.ask(new StreamCommand.NoteTimestamp(stream, "v", 100, cut(0, 1))))
                    .isEqualTo(NoteTimestampStatus.SUCCESS);
        }
        assertThat(rig.rows(WriterRow.class)).isEmpty();
        int executed = rig.store.executed;
        rig.pass(5_000);
        assertThat(rig.store.executed).isEqualTo(executed);
    }

    /** Watermarks of two days stay. */
    @Test
    void oldOnesGo() {
        Rig rig = prepare(new Rig(0, StreamsOptions.of(0, 1).withWatermarkMillis(3_600_000)), 1, 0);
        for (int hour = 1; hour <= 200; hour++) {
            note(rig, "v", hour, cut(0, hour));
            rig.now += 3_590_000;
            rig.pass(10_000);
        }
        List<Read> marks = marks(rig, MARKS);
        assertThat(marks.size()).isBetween(195, 201);
        long start = rig.store.get(MARKS).startOffset;
        long left = marks.stream().filter(m -> m.at() >= start).count();
        assertThat(left).isBetween(48L, 56L);
        assertThat(marks).extracting(Read::at).contains(start);
    }

    @Test
    void aNewOwnerGoesOnAtOnce() {
        Rig rig = rig(1, 0);
        note(rig, "v", 100, cut(0, 1));
        while (rig.rows(MarkRow.class).isEmpty()) {
            rig.step();
        }
        rig.crash();
        rig.settle();
        assertThat(bounds(rig)).containsExactly("100-100");
        assertThat(isDone(rig, 100)).isTrue();
    }

    @Test
    void manyStreamsTakeTurns() {
        Rig rig = new Rig(0, StreamsOptions.of(0, 1).withWatermarkMillis(10_000));
        rig.ask(new StreamCommand.CreateScope("s"));
        int streams = 1_000;
        for (int i = 0; i < streams; i++) {
            StreamName name = new StreamName("s", "a" + i);
            rig.ask(createStream(name, 1));
            rig.ask(new StreamCommand.NoteTimestamp(name, "w", 1, cut(0, 1)));
        }
        rig.pass(25_000);
        for (int i = 0; i < streams; i++) {
            assertThat(marks(rig, "s/_MARKa" + i + "/0.#epoch.0")).hasSize(1);
        }
        assertThat(rig.rows(WriterRow.class)).isEmpty();
    }

    @Test
    void crashAtAnyStep() {
        int points = 0;
        for (int crashAt = 1; ; crashAt++) {
            Rig rig = new Rig(0, EACH_SECOND);
            rig.crashAt = crashAt;
            story(rig, "crash at step " + crashAt);
            if (rig.steps < crashAt) {
                break;
            }
            points++;
        }
        assertThat(points).isGreaterThan(50);
    }

    @Test
    void faultsAndCrashes() {
        for (long seed = 1; seed <= 100; seed++) {
            Rig rig = new Rig(seed, EACH_SECOND);
            rig.faults = 0.2;
            rig.crashChance = seed % 3 == 0 ? 0 : 0.01;
            rig.snapshotEvery = seed % 2 == 0 ? 50 : 0;
            story(rig, "seed " + seed);
        }
    }

    /** Whatever happens meanwhile, each watermark stands there once, and the last one says all. */
    private static void story(Rig rig, String name) {
        prepare(rig, 2, 2_000);
        for (int i = 1; i <= 4; i++) {
            note(rig, "v", 100L * i, cut(0, 5L * i, 1, 7L * i));
            note(rig, "w", 100L * i + 1, cut(0, 6L * i));
            awaitMark(rig, 100L * i, name);
            if (i == 2) {
                rig.ask(new StreamCommand.UpdateStream(S, fixed(3)));
            }
        }
        note(rig, "w", 900, cut(id(4, 1), 6));
        awaitMark(rig, 900, name);

        List<Read> marks = marks(rig, MARKS);
        for (int i = 1; i < marks.size(); i++) {
            assertThat(marks.get(i).lower())
                    .as(name)
                    .isGreaterThan(marks.get(i - 1).lower());
        }
        Read last = marks.get(marks.size() - 1);
        assertThat(last.position()).as(name).isEqualTo(cut(id(2, 1), 0, id(3, 1), 0, id(4, 1), 6));
        assertThat(revisionMark(rig, MARKS))
                .as(name)
                .isEqualTo(marks.get(marks.size() - 2).at());
        assertThat(rig.rows(MarkRow.class)).as(name).hasSize(1);
        rig.ask(new StreamCommand.SealStream(S));
        rig.ask(new StreamCommand.DeleteStream(S));
        assertThat(rig.rows(MarkRow.class)).as(name).isEmpty();
    }

    private static void awaitMark(Rig rig, long lower, String name) {
        for (int steps = 0; !isDone(rig, lower); steps++) {
            assertThat(steps).as("%s: %d", name, lower).isLessThan(100_000);
            rig.step();
        }
    }

    private static boolean isDone(Rig rig, long lower) {
        return rig.rows(MarkRow.class).stream()
                .anyMatch(row -> row.next() == null
                        && row.last() != null
                        && row.last().watermark().lower() >= lower);
    }
}
