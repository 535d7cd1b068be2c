/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.server.cli;

import io.headrace.client.Administration;
import io.headrace.client.ConflictException;
import io.headrace.client.KeyRange;
import io.headrace.client.ScalingPolicy;
import io.headrace.client.SealedException;
import io.headrace.client.StreamConfiguration;
import io.headrace.client.StreamName;
import io.headrace.client.StreamSegment;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Scales a stream by hand. */
final class Scaling {
    private Scaling() {}

    /** Gives a stream so many segments of equal size; returns when they take data. */
    static void scale(Administration administration, StreamName stream, int segments) {
        StreamConfiguration settings = administration.configuration(stream).blockingGet();
        if (settings.scaling() instanceof ScalingPolicy.Fixed) {
            // So that the settings say what is there.
            administration
                    .updateStream(stream, settings.withScaling(new ScalingPolicy.Fixed(segments)))
                    .blockingAwait();
            return;
        }
        if (segments < settings.scaling().minSegments()) {
            throw CommandException.badUsage("the stream " + stream + " is to have at least "
                    + settings.scaling().minSegments() + " segments: change that before, with headrace stream update "
                    + stream + " --min-segments " + segments);
        }
        replace(administration, stream, segments);
    }

    private static void replace(Administration administration, StreamName stream, int segments) {
        Set<Long> current = administration.currentSegments(stream).blockingGet().stream()
                .map(StreamSegment::id)
                .collect(Collectors.toSet());
        if (current.isEmpty()) {
            throw new SealedException("the stream " + stream + " is sealed");
        }
        List<KeyRange> ranges = IntStream.range(0, segments)
                .mapToObj(i -> new KeyRange((double) i / segments, (double) (i + 1) / segments))
                .toList();
        try {
            administration.scale(stream, current, ranges).blockingAwait();
        } catch (ConflictException e) {
            throw CommandException.failed(e.getMessage() + "; it may be scaling by itself: try again in a moment");
        }
    }
}
