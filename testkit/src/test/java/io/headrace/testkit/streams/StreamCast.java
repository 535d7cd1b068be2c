/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.testkit.streams;

import io.headrace.engine.streams.RetentionPolicy;
import io.headrace.engine.streams.ScalingPolicy;
import io.headrace.engine.streams.StreamConfiguration;
import io.headrace.engine.streams.StreamName;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One name of a stream, with all who use it, and the stream that bears it at present. */
final class StreamCast {
    /** Longer than a run. */
    private static final long AGGREGATION_MILLIS = 3_600_000;

    final StreamName name;
    final List<StreamLife> lives = new ArrayList<>();

    @Nullable
    StreamLife life;

    /** Null keeps everything, if clients do. */
    final @Nullable RetentionPolicy retention;

    StreamCast(StreamName name, @Nullable RetentionPolicy retention) {
        this.name = name;
        this.retention = retention;
    }

    /** What the stream is to be, with some number of segments. Watermarks wait for silent writers. */
    StreamConfiguration configuration(ScalingPolicy scaling) {
        return new StreamConfiguration(scaling, retention, AGGREGATION_MILLIS, Collections.emptySortedSet(), 0);
    }

    /** The stream, if it can be used; else null. */
    @Nullable
    StreamLife open() {
        StreamLife now = life;
        return now != null && now.open ? now : null;
    }
}
