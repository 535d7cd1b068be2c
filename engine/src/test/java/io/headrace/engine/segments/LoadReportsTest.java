/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.engine.segments;

import static io.headrace.engine.segments.Rig.CONNECTION;
import static io.headrace.engine.segments.Rig.WRITER;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.headrace.codecs.name.SegmentName;
import io.netty.buffer.Unpooled;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class LoadReportsTest {
    private static final String A = "s/a/0.#epoch.0";
    private static final String B = "s/b/0.#epoch.0";
    private static final String TRANSACTION = SegmentName.transactionSegment(A, new UUID(1, 1));
    private static final long MINUTE = 60_000;

    private final Rig rig = new Rig();
    private long eventNumber;

    @AfterEach
    void end() {
        rig.close();
    }

    private void open(String segment, int scaleType) {
        rig.get(new SegmentCommand.Create(segment, scaleType, 10, 0));
        rig.setUp(segment);
    }

    private void append(String segment, int events, int bytes) {
        SegmentReply reply = rig.get(new SegmentCommand.Append(
                segment,
                WRITER,
                CONNECTION,
                ++eventNumber,
                events,
                SegmentCommand.UNCONDITIONAL,
                Unpooled.wrappedBuffer(new byte[bytes])));
        assertThat(reply).isInstanceOf(SegmentReply.Appended.class);
    }

    /** Lets time pass, with an append every second. */
    private void write(String segment, long millis, int events, int bytes) {
        for (long left = millis; left > 0; left -= 1_000) {
            append(segment, events, bytes);
            rig.now += 1_000;
            rig.tick();
        }
    }

    private void pass(long millis) {
        for (long left = millis; left > 0; left -= 10_000) {
            rig.now += 10_000;
            rig.tick();
        }
    }

    private Rig.Report last() {
        assertThat(rig.reports).isNotEmpty();
        return rig.reports.get(rig.reports.size() - 1);
    }

    @Test
    void aReportEveryTwoMinutes() {
        open(A, 2);
        write(A, 10 * MINUTE, 7, 100);
        assertThat(rig.reports).hasSize(4).allSatisfy(report -> {
            assertThat(report.segment()).isEqualTo(A);
            assertThat(report.load().scaleType()).isEqualTo(2);
            assertThat(report.load().shortRate()).isCloseTo(7, within(0.01));
            assertThat(report.load().longestRate()).isCloseTo(7, within(0.01));
            assertThat(report.load().silent()).isFalse();
        });
        assertThat(rig.reports.stream().map(report -> report.load().ageMillis()).toList())
                .containsExactly(2 * MINUTE, 4 * MINUTE, 6 * MINUTE, 8 * MINUTE);
        assertThat(last().load().atMillis()).isEqualTo(1_000_000 + 8 * MINUTE);
    }

    @Test
    void bytesForOneKindOfPolicyEventsForTheOther() {
        open(A, 1);
        open(B, 2);
        write(A, 2 * MINUTE + 1_000, 7, 2_048);
        assertThat(last().load().shortRate()).isCloseTo(2, within(0.01));
        write(B, 1_000, 7, 2_048);
        assertThat(last().segment()).isEqualTo(B);
    }

    @Test
    void withoutAPolicyNothingIsMeasured() {
        open(A, 0);
        open(B, 7);
        write(A, 5 * MINUTE, 7, 100);
        write(B, 5 * MINUTE, 7, 100);
        pass(25 * MINUTE);
        rig.crash();
        pass(25 * MINUTE);
        assertThat(rig.machine.measuredSegments()).isZero();
        assertThat(rig.reports).isEmpty();
    }

    @Test
    void silenceIsReportedOnceAndThenForgotten() {
        open(A, 2);
        open(B, 2);
        append(A, 1, 1);
        assertThat(rig.machine.measuredSegments()).isEqualTo(2);
        pass(19 * MINUTE);
        append(A, 1, 1);
        rig.reports.clear();
        pass(MINUTE);
        assertThat(last().segment()).as("never written to").isEqualTo(B);
        assertThat(last().load().silent()).isTrue();
        assertThat(rig.machine.measuredSegments()).isEqualTo(1);
        pass(60 * MINUTE);
        assertThat(rig.reports).hasSize(2);
        assertThat(last().segment()).isEqualTo(A);
        assertThat(last().load().ageMillis()).isEqualTo(39 * MINUTE);
        assertThat(rig.machine.measuredSegments()).isZero();
        append(A, 1, 1);
        assertThat(rig.machine.measuredSegments()).isEqualTo(1);
        assertThat(rig.reports).hasSize(2);
    }

    @Test
    void sealedAndDeletedSegmentsAreForgottenWithoutAWord() {
        open(A, 2);
        open(B, 1);
        append(A, 1, 1);
        append(B, 1, 1);
        rig.get(new SegmentCommand.Seal(A));
        rig.get(new SegmentCommand.Delete(B));
        assertThat(rig.machine.measuredSegments()).isZero();
        pass(25 * MINUTE);
        rig.crash();
        pass(25 * MINUTE);
        assertThat(rig.reports).isEmpty();
    }

    @Test
    void manySegmentsComeAndGo() {
        for (int i = 0; i < 1_000; i++) {
            open("s/many/" + i, 2);
        }
        for (int i = 0; i < 1_000; i += 3) {
            rig.get(new SegmentCommand.Delete("s/many/" + i));
        }
        assertThat(rig.machine.measuredSegments()).isEqualTo(666);
        pass(21 * MINUTE);
        assertThat(rig.machine.measuredSegments()).isZero();
        assertThat(rig.reports.stream().map(Rig.Report::segment).distinct()).hasSize(666);
        assertThat(rig.reports).hasSize(666);
    }

    @Test
    void aPolicyMayComeChangeAndGo() {
        open(A, 0);
        append(A, 1, 1);
        rig.get(new SegmentCommand.UpdatePolicy(A, 2, 10));
        write(A, 3 * MINUTE, 5, 10_240);
        assertThat(last().load().shortRate()).isCloseTo(5, within(0.01));
        rig.get(new SegmentCommand.UpdatePolicy(A, 2, 20));
        assertThat(rig.machine.measuredSegments()).isEqualTo(1);
        rig.get(new SegmentCommand.UpdatePolicy(A, 1, 20));
        write(A, 2 * MINUTE + 1_000, 5, 10_240);
        assertThat(last().load().scaleType()).isEqualTo(1);
        assertThat(last().load().ageMillis()).isEqualTo(2 * MINUTE);
        assertThat(last().load().shortRate()).isCloseTo(10, within(0.01));
        rig.get(new SegmentCommand.UpdatePolicy(A, 0, 0));
        assertThat(rig.machine.measuredSegments()).isZero();
    }

    /** The load of a transaction counts when it is merged, over the time in which it was written. */
    @Test
    void transactionsCount() {
        open(A, 2);
        long began = rig.now;
        for (int i = 0; i < 6; i++) {
            open(TRANSACTION, 0);
            write(TRANSACTION, MINUTE, 8, 10);
            assertThat(rig.get(new SegmentCommand.MergeBatch(A, List.of(TRANSACTION))))
                    .isInstanceOf(SegmentReply.Merged.class);
        }
        assertThat(last().segment()).isEqualTo(A);
        assertThat(rig.reports).hasSize(3);
        assertThat(last().load().atMillis()).isEqualTo(began + 6 * MINUTE);
        assertThat(last().load().shortRate()).isCloseTo(8, within(0.01));
        assertThat(last().load().longestRate()).isCloseTo(8, within(0.01));
        assertThat(rig.machine.measuredSegments()).isEqualTo(1);
    }

    /** Also when each lasts longer than a segment is remembered that is not written to. */
    @Test
    void longTransactionsCount() {
        open(A, 1);
        pass(25 * MINUTE);
        rig.reports.clear();
        open(TRANSACTION, 0);
        write(TRANSACTION, 30 * MINUTE, 8, 5_120);
        rig.get(new SegmentCommand.Merge(A, TRANSACTION, List.of()));
        assertThat(rig.reports).hasSize(1);
        assertThat(last().load().ageMillis()).isEqualTo(30 * MINUTE);
        assertThat(last().load().longRate()).isCloseTo(5, within(0.01));
    }

    /** A large event is collected in a segment of its own, but it is one event. */
    @Test
    void aLargeEventIsOne() {
        open(A, 2);
        for (int i = 0; i < 130; i++) {
            rig.get(new SegmentCommand.CreateTransient("s/a/0.#epoch.0#transient", CONNECTION));
            rig.setUp("s/a/0.#epoch.0#transient");
            append("s/a/0.#epoch.0#transient", 1, 1_000);
            append("s/a/0.#epoch.0#transient", 1, 1_000);
            rig.get(new SegmentCommand.Merge(A, "s/a/0.#epoch.0#transient", List.of()));
            rig.now += 1_000;
        }
        assertThat(last().load().shortRate()).isCloseTo(1, within(0.01));
    }

    @Test
    void whatIsNotCommittedIsNotReported() {
        open(A, 2);
        write(A, 2 * MINUTE, 1, 1);
        rig.log.paused = true;
        rig.ask(Rig.appending(A, ++eventNumber, "x"));
        assertThat(rig.reports).isEmpty();
        rig.resume();
        assertThat(rig.reports).hasSize(1);
        rig.now += 2 * MINUTE;
        rig.log.paused = true;
        rig.ask(Rig.appending(A, ++eventNumber, "x"));
        rig.crash();
        assertThat(rig.reports).hasSize(1);
    }

    /** The next owner measures anew. What fell silent before it began, or is silent since, is reported as such. */
    @Test
    void afterACrash() {
        open(A, 2);
        open(B, 2);
        write(A, 9 * MINUTE, 1, 1);
        rig.crash();
        rig.reports.clear();
        rig.setUp(A);
        assertThat(rig.machine.measuredSegments()).isZero();
        write(A, 19 * MINUTE, 1, 1);
        assertThat(rig.reports.get(0).load().ageMillis()).isEqualTo(2 * MINUTE);
        assertThat(rig.reports).allMatch(report -> report.segment().equals(A));
        write(A, MINUTE, 1, 1);
        assertThat(rig.reports).filteredOn(report -> report.segment().equals(B)).hasSize(1);
        Load silence = rig.reports.stream()
                .filter(report -> report.segment().equals(B))
                .findFirst()
                .orElseThrow()
                .load();
        assertThat(silence).isEqualTo(Load.silence(2, 20 * MINUTE, silence.atMillis()));
        write(A, 5 * MINUTE, 1, 1);
        assertThat(rig.reports).filteredOn(report -> report.segment().equals(B)).hasSize(1);
    }
}
