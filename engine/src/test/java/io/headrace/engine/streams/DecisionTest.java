/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.engine.streams;

import static io.headrace.engine.streams.Commands.S;
import static io.headrace.engine.streams.Commands.id;
import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.engine.segments.Load;
import io.headrace.engine.streams.Decision.Cold;
import io.headrace.engine.streams.Decision.Merge;
import io.headrace.engine.streams.Decision.None;
import io.headrace.engine.streams.Decision.Reason;
import io.headrace.engine.streams.Decision.Split;
import io.headrace.engine.streams.Decision.Warm;
import io.headrace.engine.streams.Row.ColdRow;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The decision as a function. Rates are compared with a target of 10 events/s unless a test says otherwise. */
class DecisionTest {
    private static final long NOW = 100_000_000;
    private static final long MINUTE = 60_000;
    private static final ScaleLimits LIMITS = ScaleLimits.DEFAULT;
    private static final int EVENTS = 2;

    /** The stream's segments: 0 to 3 with a quarter each. */
    private final Epoch epoch = epoch(4);

    private ScalingPolicy policy = policy(10, 4, 1);
    private final Map<Long, ColdRow> cold = new TreeMap<>();

    private static ScalingPolicy policy(int target, int factor, int min) {
        return new ScalingPolicy(ScalingPolicy.Type.BY_RATE_IN_EVENTS_PER_SEC, target, factor, min);
    }

    private static Epoch epoch(int segments) {
        List<SegmentRange> parts = Transition.equalRanges(segments);
        return new Epoch(
                0,
                0,
                1,
                IntStream.range(0, segments)
                        .mapToObj(i -> new SegmentRange(
                                id(i, 0), parts.get(i).low(), parts.get(i).high()))
                        .toList());
    }

    static Load load(double shortRate, double mediumRate, double longRate, double longestRate, double ageMinutes) {
        return new Load(
                EVENTS, shortRate, mediumRate, longRate, longestRate, Math.round(ageMinutes * MINUTE), NOW, false);
    }

    private static Load silent() {
        return Load.silence(EVENTS, 20 * MINUTE, NOW);
    }

    private static Load low() {
        return load(1, 1, 1, 1, 30);
    }

    private void mark(int number, long untilMillis) {
        cold.put(id(number, 0), new ColdRow(S, id(number, 0), untilMillis));
    }

    private Decision decide(int number, Load load) {
        return AutoScale.decide(new AutoScale.View(epoch, policy, cold), id(number, 0), load, LIMITS, NOW);
    }

    private static Decision none(Reason reason) {
        return new None(reason);
    }

    @ParameterizedTest(name = "{0} {1} {2} after {3} min: {4}")
    @CsvSource({
        // Border of each rule, at it and above it.
        "50, 20, 10, 10.01, WITHIN_LIMITS",
        "50.1, 20, 10, 10.01, BURST",
        "50, 20.1, 10, 10.01, HIGH",
        "50, 20, 10.1, 10.01, ABOVE_TARGET",
        "50.1, 20.1, 10.1, 10.01, BURST",
        // Nothing happens before the cool-down has passed.
        "500, 500, 500, 10, COOLING_DOWN",
        "500, 500, 500, 0, COOLING_DOWN",
        "1, 1, 1, 10, COOLING_DOWN",
        // Neither high nor low.
        "10, 10, 10, 60, WITHIN_LIMITS",
        "10, 1, 1, 60, WITHIN_LIMITS",
        "1, 10, 1, 60, WITHIN_LIMITS",
        "1, 1, 10, 60, WITHIN_LIMITS",
        // Low, but for how long?
        "9.9, 9.9, 9.9, 20, LOW_TOO_BRIEFLY",
        "9.9, 9.9, 9.9, 20.01, LOW"
    })
    void thresholds(double shortRate, double mediumRate, double longRate, double age, Reason reason) {
        Decision decision = decide(1, load(shortRate, mediumRate, longRate, 4.9, age));
        assertThat(decision.reason()).isEqualTo(reason);
        switch (reason) {
            case BURST, HIGH, ABOVE_TARGET -> assertThat(decision).isInstanceOf(Split.class);
            case LOW -> assertThat(decision).isInstanceOf(Cold.class);
            default -> assertThat(decision).isInstanceOf(None.class);
        }
    }

    /** With a shorter cool-down each rate must still have been measured over its window. */
    @ParameterizedTest
    @CsvSource({
        "2, WITHIN_LIMITS",
        "2.01, BURST",
        "5, WITHIN_LIMITS",
        "5.01, HIGH",
        "10, WITHIN_LIMITS",
        "10.01, ABOVE_TARGET"
    })
    void rulesNeedTheirWindow(double age, Reason reason) {
        Load load =
                switch ((int) age) {
                    case 2 -> load(51, 10, 10, 10, age);
                    case 5 -> load(10, 21, 10, 10, age);
                    default -> load(10, 10, 11, 10, age);
                };
        ScaleLimits limits = new ScaleLimits(LIMITS.measured(), MINUTE, 10 * MINUTE, 10 * MINUTE);
        assertThat(AutoScale.decide(new AutoScale.View(epoch, policy, cold), id(1, 0), load, limits, NOW)
                        .reason())
                .isEqualTo(reason);
    }

    @Test
    void theLongestWindowMustBeBelowHalfTheTarget() {
        assertThat(decide(1, load(1, 1, 1, 5, 60))).isEqualTo(none(Reason.WITHIN_LIMITS));
        assertThat(decide(1, load(1, 1, 1, 4.99, 60))).isEqualTo(new Cold(id(1, 0), NOW + 10 * MINUTE, Reason.LOW));
    }

    @ParameterizedTest
    @CsvSource({
        "60, 4, 4",
        "39.9, 4, 3",
        "29.9, 4, 2",
        "11, 4, 2",
        "11, 2, 2",
        "1000000, 4, 4",
        "1e300, 9999, 9997",
        "90, 0, 2"
    })
    void parts(double rate, int factor, int parts) {
        policy = policy(10, factor, 1);
        assertThat(decide(2, load(rate, rate, rate, rate, 30))).isInstanceOfSatisfying(Split.class, split -> {
            assertThat(split.segmentId()).isEqualTo(id(2, 0));
            assertThat(split.parts()).isEqualTo(parts);
        });
        assertThat(decide(2, load(2, 2, rate, 2, 30)))
                .as("the highest rate counts")
                .isInstanceOfSatisfying(
                        Split.class, split -> assertThat(split.parts()).isEqualTo(parts));
    }

    @Test
    void aFixedStreamNeverScales() {
        policy = ScalingPolicy.fixed(2);
        mark(0, Long.MAX_VALUE);
        assertThat(decide(1, load(1e9, 1e9, 1e9, 1e9, 60))).isEqualTo(none(Reason.FIXED));
        assertThat(decide(1, low())).isEqualTo(none(Reason.FIXED));
        assertThat(decide(1, silent())).isEqualTo(none(Reason.FIXED));
    }

    @Test
    void reportsThatDoNotFit() {
        Load hot = load(99, 99, 99, 99, 60);
        assertThat(decide(9, hot)).isEqualTo(none(Reason.NOT_CURRENT));
        assertThat(decide(9, silent())).isEqualTo(none(Reason.NOT_CURRENT));
        Load bytes = new Load(1, 99, 99, 99, 99, 60 * MINUTE, NOW, false);
        assertThat(decide(1, bytes)).isEqualTo(none(Reason.OTHER_UNIT));
        assertThat(AutoScale.decide(new AutoScale.View(epoch, policy, cold), id(1, 0), hot, LIMITS, NOW + 10 * MINUTE))
                .isInstanceOf(Split.class);
        assertThat(AutoScale.decide(
                        new AutoScale.View(epoch, policy, cold), id(1, 0), hot, LIMITS, NOW + 10 * MINUTE + 1))
                .isEqualTo(none(Reason.TOO_OLD));
    }

    @Test
    void silenceIsColdForEver() {
        assertThat(decide(1, silent())).isEqualTo(new Cold(id(1, 0), Long.MAX_VALUE, Reason.SILENT));
        mark(1, NOW + 1);
        assertThat(decide(1, silent())).isEqualTo(new Cold(id(1, 0), Long.MAX_VALUE, Reason.SILENT));
        mark(1, Long.MAX_VALUE);
        assertThat(decide(1, silent())).isEqualTo(none(Reason.COLD_ALREADY));
        assertThat(decide(1, low())).isEqualTo(none(Reason.COLD_ALREADY));
    }

    @Test
    void aMarkerThatHoldsIsNotRenewed() {
        mark(1, NOW + 1);
        assertThat(decide(1, low())).isEqualTo(none(Reason.COLD_ALREADY));
        mark(1, NOW);
        assertThat(decide(1, low())).isEqualTo(new Cold(id(1, 0), NOW + 10 * MINUTE, Reason.LOW));
    }

    /** A clock that is ahead of ours does not keep a segment cold for longer. */
    @Test
    void aReportFromTheFuture() {
        Load ahead = new Load(EVENTS, 1, 1, 1, 1, 30 * MINUTE, NOW + 60 * MINUTE, false);
        assertThat(decide(1, ahead)).isEqualTo(new Cold(id(1, 0), NOW + 10 * MINUTE, Reason.LOW));
    }

    @Test
    void loadEndsColdness() {
        mark(1, Long.MAX_VALUE);
        assertThat(decide(1, load(10, 1, 1, 1, 2))).isEqualTo(new Warm(id(1, 0), Reason.BACK));
        assertThat(decide(1, load(1, 1, 1, 1, 2))).isEqualTo(none(Reason.COOLING_DOWN));
        assertThat(decide(1, load(12, 12, 9, 9, 60))).isEqualTo(new Warm(id(1, 0), Reason.BACK));
        assertThat(decide(1, load(12, 12, 11, 9, 60))).isEqualTo(new Split(id(1, 0), 2, Reason.ABOVE_TARGET));
    }

    @Test
    void neighboursThatAreColdAreMerged() {
        mark(0, NOW + 1);
        assertThat(decide(1, low())).isEqualTo(merge(Reason.LOW, 0, 1));
        mark(2, Long.MAX_VALUE);
        assertThat(decide(1, low())).isEqualTo(merge(Reason.LOW, 0, 1, 2));
        assertThat(decide(1, silent())).isEqualTo(merge(Reason.SILENT, 0, 1, 2));
        mark(0, NOW);
        assertThat(decide(1, low())).as("a marker that has run out").isEqualTo(merge(Reason.LOW, 1, 2));
        assertThat(decide(3, low())).isEqualTo(merge(Reason.LOW, 2, 3));
        assertThat(decide(0, low())).as("no neighbour").isInstanceOf(Cold.class);
    }

    private static Merge merge(Reason reason, int... numbers) {
        return new Merge(IntStream.of(numbers).mapToObj(number -> id(number, 0)).toList(), reason);
    }

    @Test
    void otherColdSegmentsAreNot() {
        mark(0, Long.MAX_VALUE);
        assertThat(decide(2, low())).isInstanceOf(Cold.class);
        assertThat(decide(3, silent())).isInstanceOf(Cold.class);
    }

    @Test
    void theMinimumIsKept() {
        mark(0, NOW + 1);
        mark(2, NOW + 1);
        policy = policy(10, 2, 4);
        assertThat(decide(1, low())).isEqualTo(none(Reason.AT_MINIMUM));
        policy = policy(10, 2, 5);
        assertThat(decide(1, silent())).isEqualTo(none(Reason.AT_MINIMUM));
        policy = policy(10, 2, 3);
        assertThat(decide(1, low())).isEqualTo(merge(Reason.LOW, 0, 1));
        policy = policy(10, 2, 2);
        assertThat(decide(1, low())).isEqualTo(merge(Reason.LOW, 0, 1, 2));
    }

    @Test
    void theMaximumIsKept() {
        Load hot = load(999, 999, 999, 999, 60);
        policy = policy(10, 10, 1);
        Decision last = AutoScale.decide(
                new AutoScale.View(epoch(ScalingPolicy.MAX_SEGMENTS - 2), policy, cold), id(7, 0), hot, LIMITS, NOW);
        assertThat(last).isEqualTo(new Split(id(7, 0), 3, Reason.BURST));
        assertThat(AutoScale.decide(
                        new AutoScale.View(epoch(ScalingPolicy.MAX_SEGMENTS), policy, cold),
                        id(7, 0),
                        hot,
                        LIMITS,
                        NOW))
                .isEqualTo(none(Reason.AT_MAXIMUM));
    }

    @Test
    void thereIsAnEndToDivision() {
        double low = 0.5;
        Epoch narrow = new Epoch(
                0,
                0,
                1,
                List.of(
                        new SegmentRange(0, 0, low),
                        new SegmentRange(1, low, Math.nextUp(low)),
                        new SegmentRange(2, Math.nextUp(low), 1)));
        assertThat(AutoScale.decide(new AutoScale.View(narrow, policy, cold), 1, load(99, 99, 99, 99, 60), LIMITS, NOW))
                .isEqualTo(none(Reason.TOO_NARROW));
    }

    @Test
    void thePaceDividesAllTimes() {
        assertThat(ScaleLimits.atPace(60).coolDownMillis()).isEqualTo(10_000);
        assertThat(ScaleLimits.atPace(60).coldMillis()).isEqualTo(10_000);
        assertThat(ScaleLimits.atPace(60).validMillis()).isEqualTo(10_000);
        assertThat(ScaleLimits.DEFAULT.coolDownLeft(load(1, 1, 1, 1, 4))).isEqualTo(6 * MINUTE);
        assertThat(ScaleLimits.DEFAULT.coolDownLeft(load(1, 1, 1, 1, 11))).isZero();
    }

    /** Whatever is reported: the key space stays covered, the minimum is kept, and fixed streams stay as they are. */
    @Test
    void anyLoadsOnAnyGraph() {
        int changes = 0;
        for (long seed = 1; seed <= 300; seed++) {
            Random random = new Random(seed);
            boolean fixed = random.nextInt(5) == 0;
            int min = 1 + random.nextInt(5);
            policy = fixed ? ScalingPolicy.fixed(min) : policy(1 + random.nextInt(20), 2 + random.nextInt(6), min);
            Epoch current = epoch(min);
            cold.clear();
            long now = NOW;
            for (int i = 0; i < 200; i++) {
                now += random.nextInt(5) * MINUTE;
                SegmentRange segment =
                        current.segments().get(random.nextInt(current.segments().size()));
                Decision decision = AutoScale.decide(
                        new AutoScale.View(current, policy, cold), segment.id(), anyLoad(random, now), LIMITS, now);
                Epoch next = apply(decision, current, now);
                if (next.number() != current.number()) {
                    changes++;
                    assertThat(fixed).as("seed %d", seed).isFalse();
                }
                current = next;
                assertThat(current.segments()).as("seed %d", seed).hasSizeGreaterThanOrEqualTo(min);
                assertTiles(current.segments());
            }
        }
        assertThat(changes).isGreaterThan(5_000);
    }

    private static Load anyLoad(Random random, long now) {
        if (random.nextInt(4) == 0) {
            return Load.silence(EVENTS, 20 * MINUTE, now - random.nextInt(12) * MINUTE);
        }
        double rate = random.nextInt(3) == 0 ? 0 : Math.pow(10, random.nextDouble() * 4 - 1);
        return new Load(
                random.nextInt(9) == 0 ? 1 : EVENTS,
                rate,
                rate * random.nextDouble() * 2,
                rate * random.nextDouble() * 2,
                rate * random.nextDouble(),
                random.nextInt(60) * MINUTE,
                now - random.nextInt(12) * MINUTE,
                false);
    }

    private Epoch apply(Decision decision, Epoch current, long now) {
        Set<Long> sealed = new HashSet<>();
        List<SegmentRange> ranges = new ArrayList<>();
        if (decision instanceof Split split) {
            sealed.add(split.segmentId());
            ranges.addAll(AutoScale.ranges(current, split));
        } else if (decision instanceof Merge merge) {
            sealed.addAll(merge.segmentIds());
            ranges.addAll(AutoScale.ranges(current, merge));
        } else {
            if (decision instanceof Cold marked) {
                cold.put(marked.segmentId(), new ColdRow(S, marked.segmentId(), marked.untilMillis()));
            } else if (decision instanceof Warm warm) {
                assertThat(cold.remove(warm.segmentId())).isNotNull();
            }
            return current;
        }
        assertThat(Transition.validate(current, sealed, ranges, policy.minSegments()))
                .as("%s", decision)
                .isEqualTo(Transition.Fault.NONE);
        cold.keySet().removeAll(sealed);
        return Transition.of(current, sealed, ranges).apply(current, now);
    }

    private static void assertTiles(List<SegmentRange> segments) {
        double end = 0;
        for (SegmentRange segment : segments) {
            assertThat(segment.low()).isEqualTo(end);
            assertThat(segment.high()).isGreaterThan(segment.low());
            end = segment.high();
        }
        assertThat(end).isEqualTo(1);
    }
}
