/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.engine.streams;

import java.util.Collections;
import java.util.SortedSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What the owner of a stream chooses.
 *
 * @param retention null keeps everything
 * @param timestampAggregationTimeoutMillis how long a silent writer still holds back watermarks
 * @param rolloverBytes chunk size of the segments in long-term storage; 0 for the store's default
 */
public record StreamConfiguration(
        ScalingPolicy scaling,
        @Nullable RetentionPolicy retention,
        long timestampAggregationTimeoutMillis,
        SortedSet<String> tags,
        long rolloverBytes) {

    /** Most tags of a stream. */
    public static final int MAX_TAGS = 127;

    /** Most characters of a tag. */
    public static final int MAX_TAG_LENGTH = 255;

    public StreamConfiguration {
        tags = Collections.unmodifiableSortedSet(new TreeSet<>(tags));
    }

    public static StreamConfiguration of(ScalingPolicy scaling) {
        return new StreamConfiguration(scaling, null, 0, Collections.emptySortedSet(), 0);
    }

    /** Whether a stream can have it. */
    public boolean isValid() {
        return scaling.isValid()
                && rolloverBytes >= 0
                && timestampAggregationTimeoutMillis >= 0
                && (retention == null || (retention.min() >= 0 && retention.min() <= retention.max()))
                && tags.size() <= MAX_TAGS
                && tags.stream().allMatch(tag -> tag.length() <= MAX_TAG_LENGTH);
    }

    boolean equalsIgnoringTags(StreamConfiguration other) {
        return withTags(other.tags).equals(other);
    }

    StreamConfiguration withTags(SortedSet<String> newTags) {
        return new StreamConfiguration(scaling, retention, timestampAggregationTimeoutMillis, newTags, rolloverBytes);
    }
}
