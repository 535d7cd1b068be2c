/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.tiering;

/**
 * Bounds of a storage.
 *
 * @param deadlineMillis until when an operation without data is answered, measured from the call, time in the queue
 *     included; at least 1
 * @param slowestBytesPerSecond an operation has this much more time for its data; at least 1
 * @param maxBytesInFlight data that is being read or written at the same time, in bytes; also the most that one operation
 *     may read or write
 * @param maxWaiting how many operations may wait for room; more are refused
 * @param workers how many operations run at the same time, at least 1
 */
public record StorageOptions(
        long deadlineMillis, long slowestBytesPerSecond, long maxBytesInFlight, int maxWaiting, int workers) {

    public static final StorageOptions DEFAULTS = new StorageOptions(30_000, 1 << 20, 256L << 20, 10_000, 16);

    public StorageOptions {
        if (deadlineMillis < 1 || slowestBytesPerSecond < 1 || maxBytesInFlight < 1 || maxWaiting < 1 || workers < 1) {
            throw new IllegalArgumentException("each bound must be at least 1");
        }
    }

    /** Time for an operation that moves {@code bytes} bytes, in milliseconds. */
    public long deadlineMillis(long bytes) {
        return deadlineMillis
                + bytes / slowestBytesPerSecond * 1_000
                + bytes % slowestBytesPerSecond * 1_000 / slowestBytesPerSecond;
    }

    public StorageOptions withDeadlineMillis(long millis) {
        return new StorageOptions(millis, slowestBytesPerSecond, maxBytesInFlight, maxWaiting, workers);
    }

    public StorageOptions withMaxBytesInFlight(long bytes) {
        return new StorageOptions(deadlineMillis, slowestBytesPerSecond, bytes, maxWaiting, workers);
    }

    public StorageOptions withMaxWaiting(int operations) {
        return new StorageOptions(deadlineMillis, slowestBytesPerSecond, maxBytesInFlight, operations, workers);
    }

    public StorageOptions withWorkers(int count) {
        return new StorageOptions(deadlineMillis, slowestBytesPerSecond, maxBytesInFlight, maxWaiting, count);
    }
}
