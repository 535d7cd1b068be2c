/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.engine.streams;

import static io.headrace.engine.streams.Commands.S;
import static io.headrace.engine.streams.Commands.createStream;
import static io.headrace.engine.streams.Commands.current;
import static io.headrace.engine.streams.Commands.id;
import static io.headrace.engine.streams.Commands.ranges;
import static io.headrace.engine.streams.Commands.segment;
import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.engine.segments.Load;
import io.headrace.engine.streams.Decision.Cold;
import io.headrace.engine.streams.Decision.Merge;
import io.headrace.engine.streams.Decision.None;
import io.headrace.engine.streams.Decision.Reason;
import io.headrace.engine.streams.Decision.Split;
import io.headrace.engine.streams.Decision.Warm;
import io.headrace.engine.streams.InternalCommand.ReportLoad;
import io.headrace.engine.streams.StreamReply.Accepted;
import io.headrace.engine.streams.StreamReply.Scaling;
import io.headrace.engine.streams.StreamReply.SegmentScaling;
import io.headrace.engine.streams.StreamReply.TransactionCreated;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Streams that follow their load. The target is 10 events/s. */
class AutoScalingTest {
    private static final int EVENTS = 2;
    private static final long MINUTE = 60_000;

    private static StreamConfiguration byEvents(int min) {
        return StreamConfiguration.of(new ScalingPolicy(ScalingPolicy.Type.BY_RATE_IN_EVENTS_PER_SEC, 10, 3, min));
    }

    /** A stream that was created with {@code segments}, and must have {@code min} at least. */
    private static Rig rig(int segments, int min) {
        Rig rig = new Rig();
        rig.ask(new StreamCommand.CreateScope("s"));
        rig.ask(new StreamCommand.CreateStream(S, byEvents(segments)));
        if (min != segments) {
            rig.ask(new StreamCommand.UpdateStream(S, byEvents(min)));
        }
        return rig;
    }

    private static Load load(Rig rig, double rate, long ageMillis) {
        return new Load(EVENTS, rate, rate, rate, rate, ageMillis, rig.now, false);
    }

    private static Load hot(Rig rig) {
        return load(rig, 25, 11 * MINUTE);
    }

    private static Load low(Rig rig) {
        return load(rig, 1, 30 * MINUTE);
    }

    private static Load silent(Rig rig) {
        return Load.silence(EVENTS, 20 * MINUTE, rig.now);
    }

    /** A report, and all that comes of it. */
    private static void report(Rig rig, long segmentId, Load load) {
        assertThat(rig.ask(new ReportLoad(S, segmentId, load))).isEqualTo(Accepted.INSTANCE);
        rig.settle();
    }

    private static Scaling scaling(Rig rig) {
        return (Scaling) rig.ask(new StreamCommand.GetScaling(S));
    }

    private static List<Decision> decisions(Rig rig) {
        return scaling(rig).verdicts().stream().map(Verdict::decision).toList();
    }

    private static SegmentScaling of(Rig rig, long segmentId) {
        return scaling(rig).segments().stream()
                .filter(s -> s.segment().id() == segmentId)
                .findFirst()
                .orElseThrow();
    }

    private static Decision latest(Rig rig, long segmentId) {
        return Objects.requireNonNull(of(rig, segmentId).latest()).decision();
    }

    @Test
    void theHotSegmentIsSplitAndNoOther() {
        Rig rig = rig(3, 1);
        report(rig, 0, load(rig, 9, 60 * MINUTE));
        report(rig, 2, load(rig, 9, 60 * MINUTE));
        report(rig, 1, hot(rig));
        assertThat(current(rig, S)).containsExactly("0@0", "3@1", "4@1", "2@0");
        assertThat(rig.store.get(segment(1, 0)).sealed).isTrue();
        assertThat(rig.store.get(segment(0, 0)).sealed).isFalse();
        assertThat(rig.store.get(segment(3, 1)).targetRate).isEqualTo(10);
        assertThat(rig.store.get(segment(3, 1)).scaleType).isEqualTo(EVENTS);
        Verdict verdict = scaling(rig).verdicts().get(0);
        assertThat(verdict.decision()).isEqualTo(new Split(1, 2, Reason.HIGH));
        assertThat(verdict.load().longRate()).isEqualTo(25);
        assertThat(verdict.targetRate()).isEqualTo(10);
    }

    @Test
    void coldNeighboursAreMerged() {
        Rig rig = rig(4, 1);
        report(rig, 1, low(rig));
        assertThat(of(rig, 1).coldUntilMillis()).isEqualTo(rig.now + 10 * MINUTE);
        rig.pass(5 * MINUTE);
        report(rig, 3, silent(rig));
        assertThat(of(rig, 3).coldUntilMillis()).isEqualTo(Long.MAX_VALUE);
        assertThat(current(rig, S)).as("not neighbours").hasSize(4);
        report(rig, 2, low(rig));
        assertThat(current(rig, S)).containsExactly("0@0", "4@1");
        assertThat(decisions(rig)).last().isEqualTo(new Merge(List.of(1L, 2L, 3L), Reason.LOW));
        report(rig, 0, low(rig));
        assertThat(current(rig, S)).as("the new segment is not cold").containsExactly("0@0", "4@1");
        report(rig, id(4, 1), silent(rig));
        assertThat(current(rig, S)).containsExactly("5@2");
        report(rig, id(5, 2), silent(rig));
        assertThat(current(rig, S)).containsExactly("5@2");
        assertThat(latest(rig, id(5, 2))).isEqualTo(new None(Reason.AT_MINIMUM));
    }

    @Test
    void aMarkerRunsOut() {
        Rig rig = rig(2, 1);
        report(rig, 0, low(rig));
        rig.pass(10 * MINUTE);
        report(rig, 1, low(rig));
        assertThat(current(rig, S)).hasSize(2);
        assertThat(of(rig, 0).coldUntilMillis()).isZero();
    }

    @Test
    void theMinimumIsKept() {
        Rig rig = rig(3, 2);
        report(rig, 0, silent(rig));
        report(rig, 2, silent(rig));
        report(rig, 1, silent(rig));
        assertThat(current(rig, S)).containsExactly("3@1", "2@0");
        report(rig, id(3, 1), silent(rig));
        assertThat(latest(rig, id(3, 1))).isEqualTo(new None(Reason.AT_MINIMUM));
    }

    @Test
    void loadEndsColdness() {
        Rig rig = rig(2, 1);
        report(rig, 0, silent(rig));
        report(rig, 0, load(rig, 10, 2 * MINUTE));
        assertThat(of(rig, 0).coldUntilMillis()).isZero();
        report(rig, 1, silent(rig));
        assertThat(current(rig, S)).hasSize(2);
        rig.crash();
        assertThat(decisions(rig))
                .containsExactly(
                        new Cold(0, Long.MAX_VALUE, Reason.SILENT),
                        new Warm(0, Reason.BACK),
                        new Cold(1, Long.MAX_VALUE, Reason.SILENT));
        assertThat(of(rig, 0).coldUntilMillis()).isZero();
        assertThat(of(rig, 1).coldUntilMillis()).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void reportsThatAreIgnored() {
        Rig rig = rig(2, 1);
        int logged = rig.logged();
        report(rig, 0, load(rig, 999, 10 * MINUTE));
        assertThat(latest(rig, 0)).isEqualTo(new None(Reason.COOLING_DOWN));
        Load old = hot(rig);
        rig.pass(10 * MINUTE + 1_000);
        report(rig, 0, old);
        assertThat(latest(rig, 0)).isEqualTo(new None(Reason.TOO_OLD));
        report(rig, 7, hot(rig));
        report(rig, 0, new Load(1, 99, 99, 99, 99, 30 * MINUTE, rig.now, false));
        assertThat(latest(rig, 0)).isEqualTo(new None(Reason.OTHER_UNIT));
        assertThat(rig.ask(new ReportLoad(new StreamName("s", "none"), 0, hot(rig))))
                .isEqualTo(Accepted.INSTANCE);
        assertThat(rig.ask(new ReportLoad(new StreamName("none", "a"), 0, hot(rig))))
                .isEqualTo(Accepted.INSTANCE);
        assertThat(current(rig, S)).containsExactly("0@0", "1@0");
        assertThat(rig.logged()).as("nothing is written down").isEqualTo(logged);
        rig.ask(new StreamCommand.SealStream(S));
        report(rig, 0, hot(rig));
        report(rig, 0, silent(rig));
        assertThat(scaling(rig).segments()).isEmpty();
    }

    @Test
    void aFixedStreamNeverScales() {
        Rig rig = new Rig();
        rig.ask(new StreamCommand.CreateScope("s"));
        rig.ask(createStream(S, 2));
        for (Load load : List.of(hot(rig), low(rig), silent(rig))) {
            report(rig, 0, load);
            report(rig, 1, load);
        }
        assertThat(current(rig, S)).containsExactly("0@0", "1@0");
        assertThat(of(rig, 0).next()).isEqualTo(new None(Reason.FIXED));
        assertThat(scaling(rig).verdicts()).isEmpty();
    }

    /** A stream has one change at a time: what cannot be done at once is decided again when the stream is free. */
    @Test
    void aBusyStreamScalesLater() {
        Rig rig = rig(2, 1);
        rig.submit(new ReportLoad(S, 0, hot(rig)));
        rig.submit(new ReportLoad(S, 1, hot(rig)));
        assertThat(latest(rig, 1)).isEqualTo(new None(Reason.BUSY));
        assertThat(of(rig, 1).next()).isEqualTo(new Split(1, 2, Reason.HIGH));
        rig.submit(new ReportLoad(S, 0, hot(rig)));
        rig.settle();
        assertThat(current(rig, S)).containsExactly("2@1", "3@1", "4@2", "5@2");
        assertThat(scaling(rig).busy()).isFalse();
    }

    @Test
    void aMergeOfABusyStreamWaitsAndSilenceWithIt() {
        Rig rig = rig(3, 1);
        report(rig, 0, silent(rig));
        rig.submit(new StreamCommand.Scale(S, Set.of(2L), ranges(2.0 / 3, 0.8, 0.8, 1)));
        rig.submit(new ReportLoad(S, 1, silent(rig)));
        assertThat(of(rig, 1).coldUntilMillis()).as("marked at once").isEqualTo(Long.MAX_VALUE);
        rig.now += 60 * MINUTE;
        rig.settle();
        assertThat(current(rig, S)).containsExactly("5@2", "3@1", "4@1");
    }

    @Test
    void whatNoLongerFitsIsDropped() {
        Rig rig = rig(2, 1);
        rig.submit(new StreamCommand.Scale(S, Set.of(0L), ranges(0, 0.5)));
        rig.submit(new ReportLoad(S, 0, hot(rig)));
        rig.submit(new ReportLoad(S, 1, hot(rig)));
        rig.now += 11 * MINUTE;
        rig.settle();
        assertThat(current(rig, S)).as("one is gone, the other report too old").containsExactly("2@1", "1@0");
        assertThat(latest(rig, 1)).isEqualTo(new None(Reason.TOO_OLD));
    }

    /** Each change of a busy stream gets its turn. */
    @Test
    void commitsDoNotKeepAStreamFromScaling() {
        Rig rig = rig(1, 1);
        for (int i = 0; i < 300; i++) {
            TransactionCreated created = (TransactionCreated) rig.ask(new StreamCommand.CreateTransaction(S, 600_000));
            rig.submit(new StreamCommand.CommitTransaction(S, created.transaction(), "", Long.MIN_VALUE));
            if (i == 20) {
                rig.submit(new ReportLoad(S, 0, hot(rig)));
            }
            if (decisions(rig).size() > 0) {
                break;
            }
        }
        assertThat(decisions(rig)).isNotEmpty();
        rig.settle();
        assertThat(scaling(rig).segments()).hasSize(2);
    }

    /** After a rolling commit the segments are others. */
    @Test
    void aRollingCommitForgetsColdness() {
        Rig rig = rig(2, 1);
        TransactionCreated created = (TransactionCreated) rig.ask(new StreamCommand.CreateTransaction(S, 600_000));
        rig.ask(new StreamCommand.Scale(S, Set.of(0L), ranges(0, 0.25, 0.25, 0.5)));
        rig.settle();
        report(rig, 1, silent(rig));
        rig.ask(new StreamCommand.CommitTransaction(S, created.transaction(), "", Long.MIN_VALUE));
        rig.settle();
        assertThat(current(rig, S)).containsExactly("2@3", "3@3", "1@3");
        assertThat(scaling(rig).segments()).allMatch(s -> s.coldUntilMillis() == 0 && s.latest() == null);
        rig.crash();
        report(rig, id(3, 3), silent(rig));
        assertThat(current(rig, S)).hasSize(3);
    }

    /** The owner dies at any point between the report and the end of the scale. */
    @Test
    void crashes() {
        for (int crashAt = 1; ; crashAt++) {
            Rig rig = rig(3, 1);
            rig.crashAt = rig.steps + crashAt;
            report(rig, 0, silent(rig));
            report(rig, 1, silent(rig));
            report(rig, id(3, 1), load(rig, 55, 30 * MINUTE));
            report(rig, id(3, 1), load(rig, 55, 30 * MINUTE));
            assertThat(current(rig, S)).as("crash after %d steps", crashAt).containsExactly("4@2", "5@2", "6@2", "2@0");
            assertThat(scaling(rig).verdicts().stream().map(v -> v.decision().reason()))
                    .containsExactly(Reason.SILENT, Reason.SILENT, Reason.BURST);
            if (rig.steps < rig.crashAt) {
                assertThat(crashAt).isGreaterThan(20);
                return;
            }
        }
    }

    /** A silent segment says so once: if that was not acted on in time, the next owner does. */
    @Test
    void silenceIsNotForgotten() {
        Rig rig = rig(3, 1);
        report(rig, 0, silent(rig));
        rig.submit(new StreamCommand.Scale(S, Set.of(2L), ranges(2.0 / 3, 0.8, 0.8, 1)));
        rig.submit(new ReportLoad(S, 1, silent(rig)));
        rig.crash();
        rig.settle();
        assertThat(current(rig, S)).containsExactly("5@2", "3@1", "4@1");
        rig.snapshot();
        rig.crash();
        rig.settle();
        assertThat(current(rig, S)).containsExactly("5@2", "3@1", "4@1");
        assertThat(scaling(rig).verdicts()).hasSize(3);
    }

    @Test
    void theLatestDecisionsAreKept() {
        Rig rig = rig(1, 1);
        for (int i = 0; i < 20; i++) {
            long first = scaling(rig).segments().get(0).segment().id();
            rig.now += 1_000;
            report(rig, first, hot(rig));
            if (i % 7 == 0) {
                rig.snapshot();
            }
        }
        List<Verdict> verdicts = scaling(rig).verdicts();
        assertThat(verdicts)
                .hasSize(StreamData.MAX_VERDICTS)
                .isSortedAccordingTo((a, b) -> Long.compare(a.atMillis(), b.atMillis()));
        assertThat(verdicts.get(0).epoch()).isEqualTo(4);
        rig.crash();
        assertThat(scaling(rig).verdicts()).isEqualTo(verdicts);
        rig.snapshot();
        rig.crash();
        assertThat(scaling(rig).verdicts()).isEqualTo(verdicts);
    }

    /** A marker is renewed as long as the load stays low; that is no news. */
    @Test
    void lowLoadIsNewsOnce() {
        Rig rig = rig(2, 1);
        for (int i = 0; i < 30; i++) {
            report(rig, 0, low(rig));
            assertThat(of(rig, 0).coldUntilMillis()).isGreaterThan(rig.now);
            rig.pass(2 * MINUTE);
        }
        assertThat(decisions(rig)).hasSize(1);
        report(rig, 0, load(rig, 10, 60 * MINUTE));
        assertThat(decisions(rig)).hasSize(2).last().isEqualTo(new Warm(0, Reason.BACK));
    }

    @Test
    void whatWouldBeDecidedNow() {
        Rig rig = rig(2, 1);
        assertThat(scaling(rig).policy()).isEqualTo(byEvents(1).scaling());
        assertThat(scaling(rig).limits()).isEqualTo(ScaleLimits.DEFAULT);
        assertThat(of(rig, 0).latest()).isNull();
        assertThat(of(rig, 0).next()).isEqualTo(new None(Reason.NO_REPORT));
        report(rig, 0, load(rig, 999, 4 * MINUTE));
        assertThat(of(rig, 0).next()).isEqualTo(new None(Reason.COOLING_DOWN));
        rig.pass(11 * MINUTE);
        assertThat(latest(rig, 0)).isEqualTo(new None(Reason.COOLING_DOWN));
        assertThat(of(rig, 0).next()).isEqualTo(new None(Reason.TOO_OLD));
        assertThat(rig.ask(new StreamCommand.GetScaling(new StreamName("s", "none"))))
                .isInstanceOfSatisfying(StreamReply.Failed.class, failed -> assertThat(failed.code())
                        .isEqualTo(StreamReply.Code.NOT_FOUND));
    }

    @Test
    void aStreamOfTheSameNameBeginsAnew() {
        Rig rig = rig(2, 1);
        report(rig, 0, silent(rig));
        rig.ask(new StreamCommand.SealStream(S));
        rig.ask(new StreamCommand.DeleteStream(S));
        rig.pass(1_000);
        assertThat(rig.ask(new ReportLoad(S, 0, silent(rig)))).isEqualTo(Accepted.INSTANCE);
        rig.ask(new StreamCommand.CreateStream(S, byEvents(1)));
        assertThat(scaling(rig).verdicts()).isEmpty();
        assertThat(scaling(rig).segments()).hasSize(1).allMatch(s -> s.latest() == null && s.coldUntilMillis() == 0);
    }

    /** Commands, reports and crashes in any order: segments stay in step with the graph, and nothing gets stuck. */
    @Test
    void faultsAndCrashes() {
        int epochs = 0;
        for (long seed = 1; seed <= 60; seed++) {
            Rig rig = new Rig(seed, StreamsOptions.of(0, 1));
            rig.ask(new StreamCommand.CreateScope("s"));
            rig.ask(new StreamCommand.CreateStream(S, byEvents(2)));
            rig.faults = 0.15;
            rig.crashChance = 0.01;
            for (int i = 0; i < 60; i++) {
                List<SegmentScaling> segments = scaling(rig).segments();
                long target = segments.get(rig.random.nextInt(segments.size()))
                        .segment()
                        .id();
                Load load =
                        switch (rig.random.nextInt(3)) {
                            case 0 -> hot(rig);
                            case 1 -> low(rig);
                            default -> silent(rig);
                        };
                rig.submit(new ReportLoad(S, target, load));
                for (int step = rig.random.nextInt(20); step > 0; step--) {
                    rig.step();
                }
            }
            rig.faults = 0;
            rig.crashChance = 0;
            rig.pass(MINUTE);
            Scaling end = scaling(rig);
            assertThat(end.busy()).as("seed %d", seed).isFalse();
            assertThat(end.segments()).hasSizeGreaterThanOrEqualTo(2);
            for (SegmentScaling s : end.segments()) {
                assertThat(rig.store.get(SegmentNames.segment(S, s.segment().id())).sealed)
                        .isFalse();
            }
            epochs += end.epoch();
        }
        assertThat(epochs).isGreaterThan(300);
    }
}
