/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.engine.segments;

/**
 * Measures the load of one segment. To count costs an addition; the means are brought up to date when a tick has passed
 * and something is counted or asked.
 *
 * <p>Each mean is {@code sum / weight}: the sum of the ticks' rates, one tick weighing {@code e^(tick/window)} times as
 * much as the one before, over the sum of the same weights without the rates. So a constant rate is its own mean from
 * the first tick on, and no time before the first one is taken for silence.
 */
final class LoadMeter {
    private static final int KBYTES = 1;
    private static final double BYTES_PER_KBYTE = 1024;

    private static final int WINDOWS = 4;

    /** Number and name of the segment, which need not be in memory. */
    final long segment;

    final String name;
    private final int scaleType;
    private final LoadOptions options;
    private final long startMillis;

    /** Up to when {@link #sums} are complete: a whole number of ticks after the start. */
    private long tickedMillis;

    /** Bytes or events since then. */
    private double pending;

    private long usedMillis;
    private long nextReportMillis;

    /** Place in the list of all meters; kept by {@link LoadMeters}. */
    int index;

    private final double[] sums = new double[WINDOWS];

    /**
     * @param startMillis nothing was written to the segment between this time and {@code nowMillis}, except for what is
     *     going to be counted
     */
    LoadMeter(Segment segment, LoadOptions options, long startMillis, long nowMillis) {
        this.segment = segment.id;
        this.name = segment.name;
        this.scaleType = segment.scaleType;
        this.options = options;
        this.startMillis = startMillis;
        this.tickedMillis = startMillis;
        this.usedMillis = nowMillis;
        this.nextReportMillis = startMillis + options.reportMillis();
    }

    /** Whether it counts what the segment's policy is about. */
    boolean fits(Segment changed) {
        return scaleType == changed.scaleType;
    }

    /** Counts what was written now. */
    void add(long bytes, long events, long nowMillis) {
        if (nowMillis - tickedMillis >= options.tickMillis()) {
            tick(nowMillis);
        }
        pending += scaleType == KBYTES ? bytes : events;
        usedMillis = nowMillis;
    }

    /** Counts what was written elsewhere from {@code fromMillis} to now and became part of the segment now. */
    void addSpread(long bytes, long events, long fromMillis, long nowMillis) {
        add(0, 0, nowMillis);
        double amount = scaleType == KBYTES ? bytes : events;
        long span = nowMillis - fromMillis;
        if (fromMillis >= tickedMillis || span <= 0) {
            pending += amount;
            return;
        }
        pending += amount * (nowMillis - tickedMillis) / span;
        double rate = amount * 1000 / span;
        long spread = tickedMillis - Math.max(fromMillis, startMillis);
        for (int i = 0; i < WINDOWS; i++) {
            sums[i] += rate * weight(spread, i);
        }
    }

    /** Closes the ticks that have passed: the first of them has all that is pending, the others nothing. */
    private void tick(long nowMillis) {
        long tick = options.tickMillis();
        long ticks = (nowMillis - tickedMillis) / tick;
        if (ticks <= 0) {
            return;
        }
        double rate = pending * 1000 / tick;
        for (int i = 0; i < WINDOWS; i++) {
            double weight = weight(tick, i);
            double sum = sums[i] * (1 - weight) + rate * weight;
            sums[i] = ticks == 1 ? sum : sum * (1 - weight((ticks - 1) * tick, i));
        }
        pending = 0;
        tickedMillis += ticks * tick;
    }

    /** Share that the last {@code millis} have in all that there ever was. */
    private double weight(long millis, int window) {
        return -Math.expm1(-(double) millis / windowMillis(window));
    }

    private long windowMillis(int window) {
        return switch (window) {
            case 0 -> options.shortMillis();
            case 1 -> options.mediumMillis();
            case 2 -> options.longMillis();
            default -> options.longestMillis();
        };
    }

    /** Whether nothing was counted for so long that the segment is silent. */
    boolean isIdle(long nowMillis) {
        return nowMillis - usedMillis >= options.idleMillis();
    }

    /** Whether it is time for a report; if so, the next one is not due for a while. */
    boolean takeReport(long nowMillis) {
        if (nowMillis < nextReportMillis) {
            return false;
        }
        nextReportMillis = nowMillis + options.reportMillis();
        return true;
    }

    Load load(long nowMillis, boolean silent) {
        tick(nowMillis);
        return new Load(scaleType, rate(0), rate(1), rate(2), rate(3), nowMillis - startMillis, nowMillis, silent);
    }

    private double rate(int window) {
        long measured = tickedMillis - startMillis;
        if (measured == 0) {
            return 0;
        }
        double mean = sums[window] / weight(measured, window);
        return scaleType == KBYTES ? mean / BYTES_PER_KBYTE : mean;
    }
}
