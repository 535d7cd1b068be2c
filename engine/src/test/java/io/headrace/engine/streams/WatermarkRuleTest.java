/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.engine.streams;

import static io.headrace.engine.streams.Commands.S;
import static io.headrace.engine.streams.Commands.cut;
import static io.headrace.engine.streams.Commands.id;
import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.engine.streams.Row.WriterRow;
import io.headrace.engine.streams.WatermarkRule.Outcome;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class WatermarkRuleTest {
    private final EpochGraph graph = EpochGraphTest.example();
    private SortedMap<String, Long> waiting = new TreeMap<>();

    private static WriterRow writer(String name, long time, long offset) {
        return new WriterRow(S, name, time, cut(id(0, 0), offset, id(1, 0), offset), true);
    }

    private static WriterRow gone(WriterRow writer) {
        return new WriterRow(writer.name(), writer.writer(), writer.timestamp(), writer.position(), false);
    }

    private Outcome decide(@Nullable Watermark last, long timeout, long now, WriterRow... writers) {
        Outcome outcome = WatermarkRule.decide(graph, last, List.of(writers), waiting, timeout, now);
        waiting = outcome.waiting();
        return outcome;
    }

    private static Watermark last(long lower, long upper, long offset) {
        return new Watermark(lower, upper, cut(id(0, 0), offset, id(1, 0), offset));
    }

    @Test
    void theFirst() {
        Outcome outcome = decide(null, 0, 0, writer("a", 100, 5), writer("b", 102, 7), gone(writer("c", 101, 1)));
        assertThat(outcome.next()).isEqualTo(last(100, 102, 7));
        assertThat(outcome.inactive()).isEmpty();
        assertThat(outcome.waiting()).isEmpty();
    }

    @Test
    void nobodyHasNotedAnything() {
        assertThat(decide(null, 0, 0).next()).isNull();
        assertThat(decide(last(1, 1, 1), 0, 0).next()).isNull();
    }

    @Test
    void withoutTimeOutNobodyWaits() {
        WriterRow behind = writer("a", 100, 5);
        WriterRow ahead = writer("b", 102, 7);
        Outcome outcome = decide(last(100, 102, 7), 0, 0, behind, ahead);
        assertThat(outcome.next()).isEqualTo(last(102, 102, 7));
        assertThat(outcome.inactive()).containsExactly(behind);
    }

    @Test
    void aWriterIsWaitedForUntilItsTimeIsOut() {
        WriterRow behind = writer("a", 100, 5);
        WriterRow ahead = writer("b", 200, 7);
        Watermark last = last(100, 110, 6);
        assertThat(decide(last, 1_000, 50_000, behind, ahead).next()).isNull();
        assertThat(waiting).isEqualTo(Map.of("a", 50_000L));
        assertThat(decide(last, 1_000, 50_999, behind, ahead).next()).isNull();
        assertThat(waiting).isEqualTo(Map.of("a", 50_000L));
        Outcome outcome = decide(last, 1_000, 51_000, behind, ahead);
        assertThat(outcome.next()).isEqualTo(last(200, 200, 7));
        assertThat(outcome.inactive()).containsExactly(behind);
        assertThat(waiting).isEmpty();
    }

    @Test
    void aWriterThatHasGoneIsNotWaitedFor() {
        WriterRow behind = gone(writer("a", 100, 5));
        Outcome outcome = decide(last(100, 110, 6), 1_000, 0, behind, writer("b", 200, 7));
        assertThat(outcome.next()).isEqualTo(last(200, 200, 7));
        assertThat(outcome.inactive()).containsExactly(behind);
    }

    @Test
    void aWriterThatCatchesUpTakesPart() {
        Watermark last = last(100, 110, 6);
        decide(last, 1_000, 0, writer("a", 100, 5), writer("b", 200, 7));
        Outcome outcome = decide(last, 1_000, 900, writer("a", 101, 8), writer("b", 200, 7));
        assertThat(outcome.next()).isEqualTo(last(101, 200, 8));
        assertThat(outcome.waiting()).isEmpty();
    }

    @Test
    void whenAllAreBehindNothingIsSaid() {
        Outcome outcome = decide(last(100, 110, 6), 0, 0, writer("a", 100, 5), writer("b", 99, 7));
        assertThat(outcome.next()).isNull();
        assertThat(outcome.inactive()).hasSize(2);
    }

    @Test
    void thePositionIsNotBehindTheLastOne() {
        Watermark last = new Watermark(1, 1, cut(id(2, 1), 3, id(3, 1), 4, id(1, 0), 9));
        Outcome outcome = decide(last, 0, 0, writer("a", 2, 20));
        assertThat(outcome.next()).isEqualTo(new Watermark(2, 2, cut(id(2, 1), 3, id(3, 1), 4, id(1, 0), 20)));
    }

    /** Lower bounds grow, positions never go back, no writer of the past is ahead of what is said of it. */
    @Test
    void anyWriters() {
        for (int seed = 0; seed < 300; seed++) {
            Random random = new Random(seed);
            Histories histories = new Histories(seed);
            TreeMap<String, WriterRow> writers = new TreeMap<>();
            SortedMap<String, Long> waits = new TreeMap<>();
            Watermark last = null;
            int emitted = 0;
            for (int step = 0; step < 60; step++) {
                for (int notes = random.nextInt(4); notes > 0; notes--) {
                    String name = "w" + random.nextInt(4);
                    WriterRow known = writers.get(name);
                    long time = step + random.nextInt(20) + (known == null ? 0 : known.timestamp());
                    writers.put(name, new WriterRow(S, name, time, histories.written(), random.nextInt(5) > 0));
                }
                Outcome outcome =
                        WatermarkRule.decide(histories.graph, last, writers.values(), waits, seed % 3 * 2L, step);
                waits = outcome.waiting();
                outcome.inactive().forEach(w -> writers.remove(w.writer()));
                Watermark next = outcome.next();
                if (next == null) {
                    continue;
                }
                emitted++;
                assertThat(next.lower()).isLessThanOrEqualTo(next.upper());
                for (WriterRow writer : writers.values()) {
                    assertThat(writer.timestamp()).isBetween(next.lower(), next.upper());
                }
                if (last != null) {
                    assertThat(next.lower()).isGreaterThan(last.lower());
                    assertThat(StreamCuts.compare(histories.graph, next.position(), last.position()))
                            .isEqualTo(StreamCuts.Order.EQUAL_OR_AFTER);
                }
                last = next;
            }
            assertThat(emitted).as("seed %d", seed).isGreaterThan(3);
        }
    }
}
