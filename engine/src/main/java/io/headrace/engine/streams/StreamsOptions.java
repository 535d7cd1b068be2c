/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.engine.streams;

import io.headrace.codecs.name.Slots;

/**
 * Settings of a {@code streams} partition.
 *
 * @param partition number of this one, from 0
 * @param partitions number of all in the cluster; never changes
 * @param waitMillis how long a caller waits for work to be done before it is told to come again
 * @param callMillis how long a call to another partition may take before it is repeated
 * @param retentionMillis time between two looks at a stream with a retention policy
 * @param watermarkMillis time between two watermarks of a stream whose writers note times
 * @param transactionMillis the longest that a transaction may be open, however often it is pinged
 * @param completedMillis how long the outcome of a transaction is remembered
 * @param scaling when load changes the number of segments
 */
public record StreamsOptions(
        int partition,
        int partitions,
        long waitMillis,
        long callMillis,
        long retentionMillis,
        long watermarkMillis,
        long transactionMillis,
        long completedMillis,
        ScaleLimits scaling) {

    public StreamsOptions {
        if (partition < 0 || partition >= partitions) {
            throw new IllegalArgumentException("partition " + partition + " of " + partitions);
        }
    }

    public static StreamsOptions of(int partition, int partitions) {
        return new StreamsOptions(
                partition, partitions, 120_000, 30_000, 1_800_000, 10_000, 86_400_000, 86_400_000, ScaleLimits.DEFAULT);
    }

    public StreamsOptions withRetentionMillis(long millis) {
        return with(millis, watermarkMillis, transactionMillis, scaling);
    }

    public StreamsOptions withWatermarkMillis(long millis) {
        return with(retentionMillis, millis, transactionMillis, scaling);
    }

    public StreamsOptions withTransactionMillis(long millis) {
        return with(retentionMillis, watermarkMillis, millis, scaling);
    }

    public StreamsOptions withScaling(ScaleLimits limits) {
        return with(retentionMillis, watermarkMillis, transactionMillis, limits);
    }

    private StreamsOptions with(long retention, long watermark, long transaction, ScaleLimits limits) {
        return new StreamsOptions(
                partition,
                partitions,
                waitMillis,
                callMillis,
                retention,
                watermark,
                transaction,
                completedMillis,
                limits);
    }

    /** Whether this partition has a scope: slots are shared out evenly, as callers are routed. */
    boolean has(String scope) {
        return Slots.ofScope(scope) * partitions / Slots.COUNT == partition;
    }
}
