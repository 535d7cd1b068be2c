/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.engine.streams;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MilestonesTest {
    private static final long HOUR = 3_600_000;

    /** A watermark each ten seconds, for six days. */
    @ParameterizedTest
    @CsvSource({"85, 200", "2000, 10000", "5000, 20000", "400000, 0"})
    void keepsTwoDaysButNotMoreThanTheLimit(int bytes, int variation) {
        SortedMap<Long, Long> milestones = new TreeMap<>();
        TreeMap<Long, Long> written = new TreeMap<>();
        long offset = 0;
        long former = 0;
        for (long now = 1_000_000; now < 144 * HOUR; now += 10_000) {
            long end = offset + bytes + (now / 10_000) % (variation + 1);
            written.put(now, offset);
            milestones = Milestones.after(milestones, now, offset, end);
            offset = end;

            long start = Milestones.start(milestones);
            assertThat(start).isGreaterThanOrEqualTo(former);
            former = start;
            assertThat(milestones.size()).isLessThan(25);
            assertThat(end - start).isLessThanOrEqualTo(Milestones.KEPT_BYTES + (9 << 20));
            Map.Entry<Long, Long> twoDaysAgo = written.ceilingEntry(now - Milestones.KEPT_MILLIS);
            boolean isLarge = end - twoDaysAgo.getValue() >= Milestones.KEPT_BYTES;
            assertThat(start <= twoDaysAgo.getValue() || isLarge).isTrue();
            Map.Entry<Long, Long> longAgo = written.floorEntry(now - Milestones.KEPT_MILLIS - 7 * HOUR);
            assertThat(longAgo == null || start > longAgo.getValue()).isTrue();
        }
    }

    @ParameterizedTest
    @CsvSource({"-100", "100"})
    void theClockMayBeSet(long hours) {
        SortedMap<Long, Long> milestones = new TreeMap<>();
        long offset = 0;
        long now = 1_000 * HOUR;
        for (int i = 0; i < 100_000; i++) {
            now += i == 1_000 ? hours * HOUR : 10_000;
            milestones = Milestones.after(milestones, now, offset, offset + 10_000);
            offset += 10_000;
            assertThat(offset - Milestones.start(milestones)).isLessThan(Milestones.KEPT_BYTES + (9 << 20));
        }
        assertThat(milestones.size()).isLessThan(25);
    }
}
