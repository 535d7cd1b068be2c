/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.server.cli;

import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Times, sizes and numbers as people write and read them. */
final class Units {
    private static final Pattern NUMBER_AND_UNIT = Pattern.compile("(\\d{1,15})\\s*([A-Za-z]*)");

    private static final Map<String, Long> MILLIS = Map.of(
            "ms", 1L, "s", 1_000L, "m", 60_000L, "min", 60_000L, "h", 3_600_000L, "d", 86_400_000L, "w", 604_800_000L);

    private static final Map<String, Long> BYTES = Map.of(
            "",
            1L,
            "b",
            1L,
            "kb",
            1_000L,
            "mb",
            1_000_000L,
            "gb",
            1_000_000_000L,
            "tb",
            1_000_000_000_000L,
            "kib",
            1L << 10,
            "mib",
            1L << 20,
            "gib",
            1L << 30,
            "tib",
            1L << 40);

    private static final String[] LARGER = {"kB", "MB", "GB", "TB", "PB", "EB"};
    private static final double STEP = 1000;

    private Units() {}

    /** @throws IllegalArgumentException if it is not a whole number with ms, s, m, min, h, d or w */
    static Duration duration(String text) {
        return Duration.ofMillis(read(text, MILLIS, "\"" + text + "\" is no time such as 500ms, 30s, 5min, 12h or 7d"));
    }

    /** @throws IllegalArgumentException if it is not a whole number, alone or with KB, MB, GB, TB, KiB, MiB, GiB, TiB */
    static long bytes(String text) {
        return read(text, BYTES, "\"" + text + "\" is no size such as 500KB, 64MiB or 10GB");
    }

    private static long read(String text, Map<String, Long> units, String complaint) {
        Matcher matcher = NUMBER_AND_UNIT.matcher(text.strip());
        Long unit = matcher.matches() ? units.get(matcher.group(2).toLowerCase(Locale.ROOT)) : null;
        if (unit == null) {
            throw new IllegalArgumentException(complaint);
        }
        try {
            return Math.multiplyExact(Long.parseLong(matcher.group(1)), unit);
        } catch (ArithmeticException e) {
            throw new IllegalArgumentException(complaint, e);
        }
    }

    /** With the largest unit that gives a whole number. */
    static String text(Duration time) {
        long millis = time.toMillis();
        for (String unit : new String[] {"d", "h", "min", "s"}) {
            long of = MILLIS.getOrDefault(unit, 1L);
            if (millis != 0 && millis % of == 0) {
                return millis / of + " " + unit;
            }
        }
        return millis + " ms";
    }

    /** {@code 17.1 MB}; thousands, not powers of two. */
    static String bytes(long bytes) {
        return bytes((double) bytes);
    }

    static String bytes(double bytes) {
        if (bytes < STEP) {
            return String.format(Locale.ROOT, "%.0f B", bytes);
        }
        double left = bytes / STEP;
        int unit = 0;
        while (left >= STEP && unit < LARGER.length - 1) {
            left /= STEP;
            unit++;
        }
        return String.format(Locale.ROOT, "%.1f %s", left, LARGER[unit]);
    }

    /** {@code 12,345}. */
    static String count(long number) {
        return count((double) number);
    }

    static String count(double number) {
        return String.format(Locale.ROOT, "%,.0f", number);
    }

    /** Seconds, with as much detail as matters. */
    static String seconds(double seconds) {
        return String.format(Locale.ROOT, seconds < 10 ? "%.1f s" : "%,.0f s", seconds);
    }
}
