/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.server.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.HdrHistogram.ConcurrentHistogram;
import org.HdrHistogram.Histogram;

/** Counts what a benchmark does, second by second, and how long it takes. May be told by any thread, and is looked at by one. */
final class Meter {
    private static final int DIGITS = 3;
    private static final double NANOS = 1e9;

    private final Histogram micros = new ConcurrentHistogram(DIGITS);
    private final AtomicLong events = new AtomicLong();
    private final AtomicLong bytes = new AtomicLong();
    private final List<Double> rates = new ArrayList<>();
    private final Progress progress;
    private final long began;
    private long lastTick;
    private long lastEvents;
    private long lastBytes;
    private long ended;

    Meter(Progress progress) {
        this.progress = progress;
        this.began = System.nanoTime();
        this.lastTick = began;
    }

    /** An event is done. */
    void count(int size) {
        events.incrementAndGet();
        bytes.addAndGet(size);
    }

    /** An event is done that was to be sent at that time. */
    void count(int size, long sinceNanos) {
        micros.recordValue(Math.max(0, TimeUnit.NANOSECONDS.toMicros(System.nanoTime() - sinceNanos)));
        count(size);
    }

    /** Shows how it goes, once a second; to be called often. */
    void tick() {
        long now = System.nanoTime();
        if (now - lastTick >= NANOS) {
            sample(now);
        }
    }

    private void sample(long now) {
        double seconds = (now - lastTick) / NANOS;
        double rate = (events.get() - lastEvents) / seconds;
        double byteRate = (bytes.get() - lastBytes) / seconds;
        rates.add(rate);
        lastTick = now;
        lastEvents = events.get();
        lastBytes = bytes.get();
        progress.show((now - began) / NANOS, rate, byteRate, millis(99));
    }

    /** Nothing comes any more. */
    void end() {
        ended = System.nanoTime();
        if (rates.isEmpty() && events.get() > 0) {
            sample(ended);
        }
        progress.end();
    }

    double seconds() {
        return (ended - began) / NANOS;
    }

    long events() {
        return events.get();
    }

    long bytes() {
        return bytes.get();
    }

    /** Events per second, for each whole second. */
    List<Double> rates() {
        return rates;
    }

    boolean hasLatencies() {
        return micros.getTotalCount() > 0;
    }

    /** In milliseconds; 100 gives the longest. */
    double millis(double percentile) {
        return micros.getValueAtPercentile(percentile) / 1000.0;
    }
}
