/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.engine.streams;

import static io.headrace.engine.streams.Commands.cut;
import static io.headrace.engine.streams.Commands.id;
import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.engine.streams.RetentionChoice.Needed;
import io.headrace.engine.streams.RetentionChoice.Tail;
import io.headrace.engine.streams.Row.SampleRow;
import io.headrace.engine.streams.StreamCuts.Order;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RetentionChoiceTest {
    private static final long NO_MAX = Long.MAX_VALUE;

    /** A stream of two segments. */
    private final EpochGraph two = new EpochGraph();

    RetentionChoiceTest() {
        two.add(new Epoch(0, 0, 1, List.of(new SegmentRange(0, 0, 0.5), new SegmentRange(1, 0.5, 1))));
    }

    private static SampleRow sample(long at, StreamCut cut) {
        long size = cut.offsets().values().stream().mapToLong(Long::longValue).sum();
        return new SampleRow(new StreamName("s", "a"), at, cut, size);
    }

    private static Needed needed(StreamCut cut) {
        return new Needed(
                cut, cut.offsets().values().stream().mapToLong(Long::longValue).sum());
    }

    /**
     * Samples at the times 10, 20, 30, 40 with 100, 200, 300, 400 bytes, half of them in each segment; now it is 50 and
     * there are 500.
     */
    private @Nullable String choose(RetentionPolicy.Type type, long min, long max, @Nullable StreamCut needed) {
        List<SampleRow> samples = new ArrayList<>();
        for (long i = 1; i <= 4; i++) {
            samples.add(sample(10 * i, cut(0, 50 * i, 1, 50 * i)));
        }
        StreamCut chosen = RetentionChoice.cut(
                two,
                new RetentionPolicy(type, min, max),
                samples,
                new Tail(50, 500),
                needed == null ? null : needed(needed));
        return chosen == null
                ? ""
                : chosen.offsets().get(0L) + "/" + chosen.offsets().get(1L);
    }

    @ParameterizedTest
    @CsvSource({
        // The least that keeps the minimum.
        "SIZE, 100, 200/200",
        "SIZE, 101, 150/150",
        "SIZE, 0, 200/200",
        "SIZE, 400, 50/50",
        "SIZE, 401, ''",
        "TIME, 10, 200/200",
        "TIME, 11, 150/150",
        "TIME, 40, 50/50",
        "TIME, 41, ''",
    })
    void withoutSubscribers(RetentionPolicy.Type type, long min, String chosen) {
        assertThat(choose(type, min, NO_MAX, null)).isEqualTo(chosen);
        assertThat(choose(type, min, min, null))
                .as("no matter what the maximum is")
                .isEqualTo(chosen);
    }

    @ParameterizedTest
    @CsvSource({
        // They are nearly done: less than the minimum is left. The sample of the minimum is before them.
        "100, 10000, 240, 240, 200/200",
        "150, 10000, 220, 220, 150/150",
        // ... it overlaps what they need: the one before it, or none.
        "100, 10000, 190, 240, 150/150",
        "100, 10000, 240, 190, 150/150",
        "100, 10000, 160, 250, 150/150",
        "50, 10000, 249, 240, 200/200",
        "350, 10000, 40, 249, ''",
        // ... there is none: nothing keeps the minimum.
        "450, 10000, 240, 240, ''",
        // The minimum is behind them, the maximum before: what they need.
        "100, 10000, 190, 190, 190/190",
        "100, 10000, 0, 0, 0/0",
        "100, 10000, 200, 200, 200/200",
        "450, 10000, 10, 10, 10/10",
        // The maximum is reached: the sample that keeps the most, if it keeps less than they need.
        "100, 300, 0, 0, 100/100",
        "100, 250, 10, 100, 150/150",
        "100, 390, 50, 50, 100/100",
        "100, 400, 49, 50, 50/50",
        // ... with none within the limits: that of the minimum, or what they need.
        "110, 190, 80, 80, 150/150",
        "310, 390, 30, 30, 50/50",
        "310, 390, 52, 52, 52/52",
        "450, 460, 10, 10, 10/10",
    })
    void bySizeWithSubscribers(long min, long max, long first, long second, String chosen) {
        assertThat(choose(RetentionPolicy.Type.SIZE, min, max, cut(0, first, 1, second)))
                .isEqualTo(chosen);
    }

    @ParameterizedTest
    @CsvSource({
        // No sample is old enough.
        "41, 100, 10, 10, ''",
        "41, 41, 10, 10, ''",
        // The sample of the minimum is before what they need.
        "15, 1000, 160, 160, 150/150",
        "15, 30, 150, 151, 150/150",
        // ... it overlaps that: the latest that is not after it, or none.
        "15, 1000, 149, 160, 100/100",
        "15, 25, 149, 160, 100/100",
        "15, 1000, 160, 60, 50/50",
        "15, 1000, 160, 40, ''",
        // ... it is equal or after, and none is too old: what they need.
        "15, 1000, 150, 150, 150/150",
        "15, 1000, 30, 40, 30/40",
        // ... one is too old. They need it or nothing before it: what they need.
        "15, 30, 120, 130, 120/130",
        "15, 30, 100, 100, 100/100",
        // ... they need more: the oldest that is not too old.
        "15, 30, 90, 90, 100/100",
        "15, 29, 90, 90, 150/150",
        "15, 40, 50, 49, 50/50",
        // ... none is within the limits: that of the minimum.
        "25, 29, 90, 90, 100/100",
        // ... they need some of what it is: the one that is too old.
        "15, 30, 90, 110, 100/100",
        "15, 35, 40, 110, 50/50",
    })
    void byTimeWithSubscribers(long min, long max, long first, long second, String chosen) {
        assertThat(choose(RetentionPolicy.Type.TIME, min, max, cut(0, first, 1, second)))
                .isEqualTo(chosen);
    }

    @Test
    void overAScaling() {
        EpochGraph graph = EpochGraphTest.example();
        StreamCut epoch0 = cut(id(0, 0), 10, id(1, 0), 10);
        StreamCut epoch1 = cut(id(2, 1), 5, id(3, 1), 5, id(1, 0), 20);
        StreamCut epoch2 = cut(id(4, 2), 5, id(5, 2), 5);
        List<SampleRow> samples = List.of(
                new SampleRow(new StreamName("s", "a"), 1, epoch0, 20),
                new SampleRow(new StreamName("s", "a"), 2, epoch1, 40),
                new SampleRow(new StreamName("s", "a"), 3, epoch2, 60));
        RetentionPolicy policy = new RetentionPolicy(RetentionPolicy.Type.SIZE, 10, 1_000);
        StreamCut behind = cut(id(0, 0), 20, id(1, 0), 30);
        assertThat(RetentionChoice.cut(graph, policy, samples, new Tail(4, 100), new Needed(behind, 50)))
                .isEqualTo(behind);
        assertThat(RetentionChoice.cut(graph, policy, samples, new Tail(4, 56), new Needed(behind, 50)))
                .as("epoch 1 overlaps what they need")
                .isEqualTo(epoch0);
    }

    /**
     * In any history: as much as the minimum stays, and nothing goes that a subscriber needs, unless there is more than
     * the maximum.
     */
    @Test
    void nothingGoesThatMustStay() {
        int chosen = 0;
        for (int seed = 0; seed < 4_000; seed++) {
            Histories histories = new Histories(seed);
            Random random = new Random(seed);
            Map<Long, Long> sizes = histories.sealedSizes();
            List<SampleRow> samples = new ArrayList<>();
            StreamCut beginning = StreamCuts.beginning(histories.graph);
            List<StreamCut> steps = histories.walk(120);
            long at = 0;
            for (int i = random.nextInt(30); i < 100; i += 1 + random.nextInt(30)) {
                StreamCut cut = steps.get(i);
                at += 1 + random.nextInt(20);
                samples.add(new SampleRow(
                        new StreamName("s", "a"), at, cut, StreamCuts.size(histories.graph, sizes, beginning, cut)));
            }
            StreamCut end = steps.get(119);
            Tail tail = new Tail(at + random.nextInt(20), StreamCuts.size(histories.graph, sizes, beginning, end));
            boolean bySize = random.nextBoolean();
            long scale = bySize ? tail.size() : tail.atMillis();
            long min = (long) (scale * random.nextDouble());
            long max = random.nextInt(4) == 0 ? NO_MAX : min + (long) (scale * random.nextDouble());
            RetentionPolicy policy =
                    new RetentionPolicy(bySize ? RetentionPolicy.Type.SIZE : RetentionPolicy.Type.TIME, min, max);
            List<StreamCut> subscribers = new ArrayList<>();
            for (int i = random.nextInt(3); i > 0; i--) {
                subscribers.add(histories.readUpTo(random.nextInt(110)));
            }
            StreamCut needed = LowerBound.of(histories.graph, subscribers);
            StreamCut cut = RetentionChoice.cut(
                    histories.graph,
                    policy,
                    samples,
                    tail,
                    needed == null
                            ? null
                            : new Needed(needed, StreamCuts.size(histories.graph, sizes, beginning, needed)));
            if (cut == null) {
                continue;
            }
            chosen++;
            long kept = tail.size() - StreamCuts.size(histories.graph, sizes, beginning, cut);
            assertThat(bySize && kept < min).as("seed %d", seed).isFalse();
            boolean isSample = samples.stream().anyMatch(s -> s.cut().equals(cut));
            assertThat(isSample || cut.equals(needed)).as("seed %d", seed).isTrue();
            if (needed != null && StreamCuts.compare(histories.graph, needed, cut) != Order.EQUAL_OR_AFTER) {
                long behind = bySize
                        ? tail.size() - StreamCuts.size(histories.graph, sizes, beginning, needed)
                        : tail.atMillis() - samples.get(0).atMillis();
                assertThat(behind).as("seed %d", seed).isGreaterThanOrEqualTo(max);
            }
            if (!bySize) {
                boolean oldEnough = samples.stream()
                        .filter(s -> tail.atMillis() - s.atMillis() >= min)
                        .anyMatch(s -> StreamCuts.compare(histories.graph, s.cut(), cut) == Order.EQUAL_OR_AFTER);
                assertThat(oldEnough)
                        .as("seed %d: younger than the minimum", seed)
                        .isTrue();
            }
        }
        assertThat(chosen).isGreaterThan(1_000);
    }
}
