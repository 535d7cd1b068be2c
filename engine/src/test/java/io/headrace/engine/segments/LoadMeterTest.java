/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.engine.segments;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LoadMeterTest {
    private static final int KBYTES = 1;
    private static final int EVENTS = 2;
    private static final long TICK = LoadOptions.DEFAULT.tickMillis();
    private static final long START = 1_000_000;
    private static final Offset<Double> EXACTLY = within(1e-9);

    private static LoadMeter meter(int scaleType) {
        return meter(scaleType, START, START);
    }

    private static LoadMeter meter(int scaleType, long start, long now) {
        Segment segment = new Segment(1, "s/t/0.#epoch.0", false, start, 0);
        segment.scaleType = scaleType;
        return new LoadMeter(segment, LoadOptions.DEFAULT, start, now);
    }

    private static List<Double> rates(LoadMeter meter, long now) {
        Load load = meter.load(now, false);
        return List.of(load.shortRate(), load.mediumRate(), load.longRate(), load.longestRate());
    }

    private static List<Long> windows() {
        LoadOptions options = LoadOptions.DEFAULT;
        return List.of(options.shortMillis(), options.mediumMillis(), options.longMillis(), options.longestMillis());
    }

    /** The mean of the ticks' rates as the definition has it, oldest first. */
    private static double mean(long window, double... rates) {
        double sum = 0;
        double weights = 0;
        for (int i = 0; i < rates.length; i++) {
            double weight = Math.exp(-(double) (rates.length - 1 - i) * TICK / window);
            sum += rates[i] * weight;
            weights += weight;
        }
        return sum / weights;
    }

    private static void assertRates(LoadMeter meter, long now, double... ratesOfTicks) {
        List<Double> rates = rates(meter, now);
        for (int i = 0; i < rates.size(); i++) {
            assertThat(rates.get(i))
                    .as("window of %d ms", windows().get(i))
                    .isCloseTo(mean(windows().get(i), ratesOfTicks), EXACTLY);
        }
    }

    @Test
    void aConstantRateIsItsOwnMeanFromTheFirstTickOn() {
        LoadMeter meter = meter(EVENTS);
        for (int second = 0; second < 3_600; second++) {
            meter.add(1_000, 7, START + second * 1_000L);
            if (second % 5 == 4) {
                assertThat(rates(meter, START + (second + 1) * 1_000L))
                        .allSatisfy(rate -> assertThat(rate).isCloseTo(7, EXACTLY));
            }
        }
        assertThat(meter.load(START + 3_600_000, false).ageMillis()).isEqualTo(3_600_000);
    }

    @Test
    void kilobytesHave1024Bytes() {
        LoadMeter meter = meter(KBYTES);
        meter.add(10 * 1024, 1, START);
        assertRates(meter, START + TICK, 2);
    }

    @Test
    void whatIsPastCountsLess() {
        LoadMeter meter = meter(EVENTS);
        meter.add(0, 50, START + 1);
        meter.add(0, 100, START + TICK + 1);
        meter.add(0, 5, START + 3 * TICK + 1);
        assertRates(meter, START + 4 * TICK, 10, 20, 0, 1);
        assertRates(meter, START + 6 * TICK, 10, 20, 0, 1, 0, 0);
        double[] longAgo = new double[1_000];
        System.arraycopy(new double[] {10, 20, 0, 1}, 0, longAgo, 0, 4);
        assertRates(meter, START + 1_000 * TICK, longAgo);
    }

    @Test
    void theTickThatRunsDoesNotCountYet() {
        LoadMeter meter = meter(EVENTS);
        assertThat(rates(meter, START)).containsOnly(0.0);
        meter.add(0, 5, START);
        assertThat(rates(meter, START + TICK - 1)).containsOnly(0.0);
        assertRates(meter, START + 2 * TICK - 1, 1);
        assertRates(meter, START + 2 * TICK, 1, 0);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 999, 5_000, 77_777})
    void itDoesNotMatterHowOftenItIsAsked(long step) {
        LoadMeter often = meter(EVENTS);
        LoadMeter once = meter(EVENTS);
        for (long at = 0; at < 400_000; at += step) {
            often.add(0, at / 1_000, START + at);
            often.load(START + at, false);
            once.add(0, at / 1_000, START + at);
        }
        List<Double> expected = rates(once, START + 500_000);
        List<Double> rates = rates(often, START + 500_000);
        for (int i = 0; i < rates.size(); i++) {
            assertThat(rates.get(i)).isCloseTo(expected.get(i), EXACTLY);
        }
    }

    /** A transaction of a minute counts as if its events had come evenly. */
    @Test
    void whatWasWrittenElsewhereIsSpread() {
        LoadMeter even = meter(EVENTS);
        LoadMeter merged = meter(EVENTS);
        for (int tick = 0; tick < 12; tick++) {
            even.add(0, 100, START + 7 * TICK + tick * TICK);
        }
        even.add(0, 40, START + 19 * TICK);
        merged.addSpread(0, 1_240, START + 7 * TICK, START + 19 * TICK + 2_000);
        List<Double> expected = rates(even, START + 20 * TICK);
        List<Double> rates = rates(merged, START + 20 * TICK);
        assertThat(expected.get(0)).isGreaterThan(5);
        for (int i = 0; i < rates.size(); i++) {
            assertThat(rates.get(i)).isCloseTo(expected.get(i), EXACTLY);
        }
    }

    @Test
    void whatWasWrittenBeforeTheMeasuringBeganIsNotCounted() {
        LoadMeter meter = meter(EVENTS);
        meter.addSpread(0, 1_000, START - 90_000, START + 10_000);
        assertRates(meter, START + 10_000, 10, 10);
    }

    @Test
    void anInstantIsNotSpread() {
        LoadMeter meter = meter(EVENTS);
        meter.addSpread(0, 10, START + 100, START + 100);
        meter.addSpread(0, 10, START + 300, START + 200);
        meter.addSpread(0, 5, START + 100, START + 300);
        assertRates(meter, START + TICK, 5);
    }

    @Test
    void aClockThatGoesBackDoesNoHarm() {
        LoadMeter meter = meter(EVENTS);
        meter.add(0, 5, START + 2 * TICK);
        meter.add(0, 5, START);
        assertRates(meter, START + 3 * TICK, 0, 0, 2);
        assertThat(meter.isIdle(START - 1)).isFalse();
    }

    @Test
    void reportsAreRare() {
        LoadMeter meter = meter(EVENTS);
        assertThat(meter.takeReport(START + 119_999)).isFalse();
        assertThat(meter.takeReport(START + 120_000)).isTrue();
        assertThat(meter.takeReport(START + 120_000)).isFalse();
        assertThat(meter.takeReport(START + 239_999)).isFalse();
        assertThat(meter.takeReport(START + 900_000)).isTrue();
        assertThat(meter.takeReport(START + 960_000)).isFalse();
    }

    @Test
    void idleIsWhatIsNotUsed() {
        LoadMeter meter = meter(EVENTS, START, START + 1_000);
        assertThat(meter.isIdle(START + 1_200_999)).isFalse();
        assertThat(meter.isIdle(START + 1_201_000)).isTrue();
        meter.add(1, 1, START + 1_201_000);
        assertThat(meter.isIdle(START + 2_400_000)).isFalse();
    }

    @Test
    void thePaceDividesAllTimes() {
        assertThat(LoadOptions.atPace(60)).isEqualTo(new LoadOptions(83, 2_000, 5_000, 10_000, 20_000, 2_000, 20_000));
        assertThat(LoadOptions.atPace(LoadOptions.MAX_PACE).tickMillis()).isEqualTo(8);
        assertThatThrownBy(() -> LoadOptions.atPace(0)).hasMessageContaining("1 to 600");
        assertThatThrownBy(() -> LoadOptions.atPace(601)).hasMessageContaining("1 to 600");
        assertThatThrownBy(() -> new LoadOptions(5, 4, 9, 9, 9, 1, 1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new LoadOptions(5, 5, 9, 8, 9, 1, 1)).isInstanceOf(IllegalArgumentException.class);
    }
}
