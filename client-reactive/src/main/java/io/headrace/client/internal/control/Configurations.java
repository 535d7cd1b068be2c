/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.client.internal.control;

import io.headrace.client.RetentionPolicy;
import io.headrace.client.ScalingPolicy;
import io.headrace.client.StreamConfiguration;
import io.headrace.client.StreamName;
import io.headrace.codecs.control.RetentionPolicy.RetentionPolicyType;
import io.headrace.codecs.control.ScalingPolicy.ScalingPolicyType;
import io.headrace.codecs.control.StreamConfig;
import io.headrace.codecs.control.Tags;
import java.time.Duration;
import java.util.Set;
import java.util.TreeSet;

/** Settings of streams as the controller reads and writes them. */
final class Configurations {
    private Configurations() {}

    static StreamConfig toProto(StreamName stream, StreamConfiguration settings) {
        return StreamConfig.newBuilder()
                .setStreamInfo(StreamCalls.toProto(stream))
                .setScalingPolicy(toProto(settings.scaling()))
                .setRetentionPolicy(toProto(settings.retention()))
                .setTags(Tags.newBuilder().addAllTag(new TreeSet<>(settings.tags())))
                .setTimestampAggregationTimeout(settings.timestampPatience().toMillis())
                .setRolloverSizeBytes(settings.rolloverBytes())
                .build();
    }

    static StreamConfiguration fromProto(StreamConfig config) {
        return new StreamConfiguration(
                fromProto(config.getScalingPolicy()),
                fromProto(config.getRetentionPolicy()),
                Set.copyOf(config.getTags().getTagList()),
                Duration.ofMillis(config.getTimestampAggregationTimeout()),
                config.getRolloverSizeBytes());
    }

    private static io.headrace.codecs.control.ScalingPolicy toProto(ScalingPolicy policy) {
        io.headrace.codecs.control.ScalingPolicy.Builder builder =
                io.headrace.codecs.control.ScalingPolicy.newBuilder().setMinNumSegments(policy.minSegments());
        if (policy instanceof ScalingPolicy.ByEventRate rate) {
            builder.setScaleType(ScalingPolicyType.BY_RATE_IN_EVENTS_PER_SEC)
                    .setTargetRate(rate.eventsPerSecond())
                    .setScaleFactor(rate.splitInto());
        } else if (policy instanceof ScalingPolicy.ByDataRate rate) {
            builder.setScaleType(ScalingPolicyType.BY_RATE_IN_KBYTES_PER_SEC)
                    .setTargetRate(rate.kibibytesPerSecond())
                    .setScaleFactor(rate.splitInto());
        }
        return builder.build();
    }

    private static ScalingPolicy fromProto(io.headrace.codecs.control.ScalingPolicy policy) {
        int rate = policy.getTargetRate();
        int splitInto = policy.getScaleFactor();
        int minSegments = policy.getMinNumSegments();
        return switch (policy.getScaleType()) {
            case BY_RATE_IN_EVENTS_PER_SEC -> new ScalingPolicy.ByEventRate(rate, splitInto, minSegments);
            case BY_RATE_IN_KBYTES_PER_SEC -> new ScalingPolicy.ByDataRate(rate, splitInto, minSegments);
            default -> new ScalingPolicy.Fixed(minSegments);
        };
    }

    private static io.headrace.codecs.control.RetentionPolicy toProto(RetentionPolicy policy) {
        io.headrace.codecs.control.RetentionPolicy.Builder builder =
                io.headrace.codecs.control.RetentionPolicy.newBuilder();
        if (policy instanceof RetentionPolicy.ByTime time) {
            builder.setRetentionType(RetentionPolicyType.TIME)
                    .setRetentionParam(time.atLeast().toMillis())
                    .setRetentionMax(time.atMost().toMillis());
        } else if (policy instanceof RetentionPolicy.BySize size) {
            builder.setRetentionType(RetentionPolicyType.SIZE)
                    .setRetentionParam(size.atLeastBytes())
                    .setRetentionMax(size.atMostBytes());
        }
        return builder.build();
    }

    private static RetentionPolicy fromProto(io.headrace.codecs.control.RetentionPolicy policy) {
        long atLeast = policy.getRetentionParam();
        // Other clients write "no upper bound" as the largest number.
        long atMost = policy.getRetentionMax() == Long.MAX_VALUE ? 0 : policy.getRetentionMax();
        return switch (policy.getRetentionType()) {
            case TIME -> new RetentionPolicy.ByTime(Duration.ofMillis(atLeast), Duration.ofMillis(atMost));
            case SIZE -> new RetentionPolicy.BySize(atLeast, atMost);
            default -> new RetentionPolicy.Unlimited();
        };
    }
}
