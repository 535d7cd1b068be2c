/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.verticles.bookkeeper;

import java.util.concurrent.TimeUnit;

/**
 * What the appends to one log have been like since it was opened. Written on the loop of its owner alone, without any
 * ordering: who reads it on another thread sees numbers that were true a moment ago.
 */
public final class LogNumbers {
    /** Upper bounds of the buckets of latencies, in microseconds; there is one more bucket without a bound. */
    private static final long[] BOUNDS = {
        100, 250, 500, 1_000, 2_500, 5_000, 10_000, 25_000, 50_000, 100_000, 250_000, 500_000, 1_000_000, 2_500_000
    };

    private final String partition;
    private final long[] buckets = new long[BOUNDS.length + 1];
    private long frames;
    private long bytes;
    private long nanos;
    private int pendingFrames;
    private long pendingBytes;

    LogNumbers(String partition) {
        this.partition = partition;
    }

    void appended(int frameBytes, long frameNanos) {
        frames++;
        bytes += frameBytes;
        nanos += frameNanos;
        buckets[bucket(TimeUnit.NANOSECONDS.toMicros(frameNanos))]++;
    }

    private static int bucket(long micros) {
        int bucket = 0;
        while (bucket < BOUNDS.length && micros > BOUNDS[bucket]) {
            bucket++;
        }
        return bucket;
    }

    void pending(int nowFrames, long nowBytes) {
        pendingFrames = nowFrames;
        pendingBytes = nowBytes;
    }

    public String partition() {
        return partition;
    }

    /** Upper bounds of {@link #buckets}, in seconds; the last one is infinite. */
    public static double[] boundsInSeconds() {
        double[] seconds = new double[BOUNDS.length + 1];
        for (int i = 0; i < BOUNDS.length; i++) {
            seconds[i] = BOUNDS[i] / 1e6;
        }
        seconds[BOUNDS.length] = Double.POSITIVE_INFINITY;
        return seconds;
    }

    /** How many frames took how long from being given to the log until that had them. */
    public long[] buckets() {
        return buckets.clone();
    }

    /** Sum of these times, in seconds. */
    public double seconds() {
        return nanos / 1e9;
    }

    /** Frames that the log has. */
    public long frames() {
        return frames;
    }

    /** Their bytes. */
    public long bytes() {
        return bytes;
    }

    /** Frames given to the log that it does not have yet. */
    public int pendingFrames() {
        return pendingFrames;
    }

    public long pendingBytes() {
        return pendingBytes;
    }
}
