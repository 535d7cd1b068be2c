/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.engine.streams;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class RoundsTest {
    private static final long PERIOD = 1_800_000;
    private static final long NOON = 1_700_000_000_123L;

    private static Rota rota(int streams) {
        Rota rota = new Rota();
        for (int i = 0; i < streams; i++) {
            rota.set(new StreamName("scope" + i % 7, "stream-" + i), true);
        }
        return rota;
    }

    /** What one tick finds due, at most {@code limit}. */
    private static List<StreamName> tick(Rounds rounds, Rota rota, long now, int limit) {
        List<StreamName> due = new ArrayList<>();
        while (due.size() < limit) {
            StreamName next = rounds.next(rota, now);
            if (next == null) {
                break;
            }
            due.add(next);
        }
        return due;
    }

    @Test
    void eachStreamOnceAPeriodAndSpreadOverIt() {
        Rota rota = rota(5_000);
        Rounds rounds = new Rounds(PERIOD);
        Map<StreamName, List<Long>> visits = new TreeMap<>();
        int most = 0;
        for (long now = NOON; now < NOON + 3 * PERIOD; now += 100) {
            List<StreamName> due = tick(rounds, rota, now, 1_000);
            most = Math.max(most, due.size());
            for (StreamName stream : due) {
                visits.computeIfAbsent(stream, s -> new ArrayList<>()).add(now);
            }
        }
        assertThat(most).isLessThan(10);
        assertThat(visits).hasSize(5_000);
        visits.forEach((stream, times) -> {
            assertThat(times).as("%s", stream).hasSize(3);
            assertThat(times.get(1) - times.get(0)).isBetween(PERIOD - 100, PERIOD + 100);
            assertThat(times.get(2) - times.get(1)).isBetween(PERIOD - 100, PERIOD + 100);
        });
    }

    @Test
    void aNewOwnerGoesOnWhereTheFormerOneWas() {
        Rota rota = rota(1_000);
        Rounds former = new Rounds(PERIOD);
        List<StreamName> all = new ArrayList<>(tick(former, rota, NOON, 1_000));
        all.addAll(tick(former, rota, NOON + PERIOD / 2, 1_000));
        all.addAll(tick(former, rota, NOON + PERIOD, 1_000));

        List<StreamName> halves = new ArrayList<>(tick(new Rounds(PERIOD), rota, NOON, 1_000));
        Rounds first = new Rounds(PERIOD);
        tick(first, rota, NOON, 1_000);
        halves.addAll(tick(first, rota, NOON + PERIOD / 2, 1_000));
        Rounds second = new Rounds(PERIOD);
        halves.addAll(tick(second, rota, NOON + PERIOD / 2, 1_000));
        halves.addAll(tick(second, rota, NOON + PERIOD, 1_000));
        assertThat(halves).isEqualTo(all).hasSize(1_000);
    }

    @Test
    void whatATickHasNoTimeForComesInTheNext() {
        Rota rota = rota(1_000);
        Rounds rounds = new Rounds(1_000);
        assertThat(tick(rounds, rota, NOON, 100)).isEmpty();
        List<StreamName> due = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            List<StreamName> some = tick(rounds, rota, NOON + 1_000, 100);
            assertThat(some).hasSize(100);
            due.addAll(some);
        }
        assertThat(tick(rounds, rota, NOON + 1_000, 100)).isEmpty();
        assertThat(due).doesNotHaveDuplicates();
    }

    @Test
    void startsAgainAfterALongPauseOrWhenTheClockIsSet() {
        Rota rota = rota(100);
        Rounds rounds = new Rounds(1_000);
        tick(rounds, rota, NOON, 100);
        assertThat(tick(rounds, rota, NOON + 10_000, 1_000)).isEmpty();
        assertThat(tick(rounds, rota, NOON + 11_000, 1_000)).hasSize(100);
        assertThat(tick(rounds, rota, NOON - 100_000, 1_000)).isEmpty();
        assertThat(tick(rounds, rota, NOON - 99_000, 1_000)).hasSize(100).doesNotHaveDuplicates();
    }

    @Test
    void streamsComeAndGo() {
        Rota rota = new Rota();
        Rounds rounds = new Rounds(1_000);
        StreamName stream = new StreamName("s", "a");
        assertThat(tick(rounds, rota, NOON, 10)).isEmpty();
        rota.set(stream, true);
        rota.set(stream, true);
        assertThat(rota.size()).isEqualTo(1);
        assertThat(rota.contains(stream)).isTrue();
        assertThat(Collections.frequency(tick(rounds, rota, NOON + 1_000, 10), stream))
                .isEqualTo(1);
        rota.set(stream, false);
        assertThat(rota.contains(stream)).isFalse();
        assertThat(tick(rounds, rota, NOON + 2_000, 10)).isEmpty();
    }

    @Test
    void refusesNonsense() {
        assertThatThrownBy(() -> new Rounds(0)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new Rounds(1L << 31)).isInstanceOf(IllegalArgumentException.class);
    }
}
