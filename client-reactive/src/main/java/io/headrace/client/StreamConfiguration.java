/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.client;

import java.time.Duration;
import java.util.Set;
import java.util.TreeSet;

/**
 * The settings of a stream.
 *
 * @param scaling how the number of segments follows the load
 * @param retention how much of the past is kept
 * @param tags words by which streams of a scope can be found
 * @param timestampPatience how long a writer that has stopped noting time holds back watermarks; zero: not at all
 * @param rolloverBytes size of the chunks in long-term storage; 0 for the server's default
 */
public record StreamConfiguration(
        ScalingPolicy scaling,
        RetentionPolicy retention,
        Set<String> tags,
        Duration timestampPatience,
        long rolloverBytes) {

    public StreamConfiguration {
        tags = Set.copyOf(tags);
    }

    /** A number of segments that changes only by hand; everything is kept. */
    public static StreamConfiguration fixed(int segments) {
        return of(new ScalingPolicy.Fixed(segments));
    }

    /** Everything is kept; no tags. */
    public static StreamConfiguration of(ScalingPolicy scaling) {
        return new StreamConfiguration(scaling, new RetentionPolicy.Unlimited(), Set.of(), Duration.ZERO, 0);
    }

    public StreamConfiguration withScaling(ScalingPolicy other) {
        return new StreamConfiguration(other, retention, tags, timestampPatience, rolloverBytes);
    }

    public StreamConfiguration withRetention(RetentionPolicy other) {
        return new StreamConfiguration(scaling, other, tags, timestampPatience, rolloverBytes);
    }

    /** These tags and no others. */
    public StreamConfiguration withTags(String... others) {
        return new StreamConfiguration(
                scaling, retention, new TreeSet<>(Set.of(others)), timestampPatience, rolloverBytes);
    }
}
