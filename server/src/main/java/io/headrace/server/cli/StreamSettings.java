/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.server.cli;

import io.headrace.client.RetentionPolicy;
import io.headrace.client.ScalingPolicy;
import io.headrace.client.StreamConfiguration;
import java.time.Duration;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options that say how a stream is to be. */
final class StreamSettings {
    private static final int KIB = 1024;

    @Option(names = "--segments", paramLabel = "N", description = "A number of segments that changes only by hand.")
    @Nullable
    Integer segments;

    @Option(
            names = "--rate-events",
            paramLabel = "N",
            description = "Segments follow the load: one is meant to take so many events per second.")
    @Nullable
    Integer rateEvents;

    @Option(
            names = "--rate-bytes",
            paramLabel = "SIZE",
            description = "Segments follow the load: one is meant to take so much per second, such as 1MiB.")
    @Nullable
    String rateBytes;

    @Option(names = "--scale-factor", paramLabel = "N", description = "How many take the place of a hot segment.")
    @Nullable
    Integer scaleFactor;

    @Option(names = "--min-segments", paramLabel = "N", description = "The fewest segments there may be.")
    @Nullable
    Integer minSegments;

    @Option(
            names = "--retention",
            paramLabel = "TIME|SIZE|none",
            description = "What is younger (7d), or the newest so many bytes (10GB), is kept; none keeps everything.")
    @Nullable
    String retention;

    @Option(
            names = "--retention-max",
            paramLabel = "TIME|SIZE",
            description = "What is beyond that is deleted although a reader group may need it.")
    @Nullable
    String retentionMax;

    @Option(
            names = "--tag",
            paramLabel = "WORD",
            description = "A word to find the stream by; may be given several times.")
    String @Nullable [] tags;

    boolean isEmpty() {
        return segments == null
                && rateEvents == null
                && rateBytes == null
                && scaleFactor == null
                && minSegments == null
                && retention == null
                && retentionMax == null
                && tags == null;
    }

    /**
     * These settings with the changes that the options ask for.
     *
     * @throws IllegalArgumentException if they contradict each other or are out of bounds
     */
    StreamConfiguration applyTo(StreamConfiguration before) {
        StreamConfiguration next = before.withScaling(scaling(before.scaling()));
        if (retention != null) {
            next = next.withRetention(retention(retention, retentionMax));
        } else if (retentionMax != null) {
            throw new IllegalArgumentException("--retention-max needs --retention, too");
        }
        return tags == null ? next : next.withTags(tags);
    }

    private ScalingPolicy scaling(ScalingPolicy before) {
        int ways = (segments == null ? 0 : 1) + (rateEvents == null ? 0 : 1) + (rateBytes == null ? 0 : 1);
        if (ways > 1) {
            throw new IllegalArgumentException("give one of --segments, --rate-events and --rate-bytes");
        }
        if (segments != null) {
            if (scaleFactor != null || minSegments != null) {
                throw new IllegalArgumentException(
                        "--scale-factor and --min-segments go with --rate-events or --rate-bytes");
            }
            return new ScalingPolicy.Fixed(segments);
        }
        int factor = scaleFactor != null ? scaleFactor : factorOf(before);
        int min = minSegments != null ? minSegments : before.minSegments();
        if (rateEvents != null) {
            return new ScalingPolicy.ByEventRate(rateEvents, factor, min);
        }
        if (rateBytes != null) {
            return new ScalingPolicy.ByDataRate(Math.toIntExact(Units.bytes(rateBytes) / KIB), factor, min);
        }
        if (before instanceof ScalingPolicy.ByEventRate rate) {
            return new ScalingPolicy.ByEventRate(rate.eventsPerSecond(), factor, min);
        }
        if (before instanceof ScalingPolicy.ByDataRate rate) {
            return new ScalingPolicy.ByDataRate(rate.kibibytesPerSecond(), factor, min);
        }
        if (scaleFactor != null || minSegments != null) {
            throw new IllegalArgumentException(
                    "--scale-factor and --min-segments go with --rate-events or --rate-bytes");
        }
        return before;
    }

    private static int factorOf(ScalingPolicy before) {
        if (before instanceof ScalingPolicy.ByEventRate rate) {
            return rate.splitInto();
        }
        return before instanceof ScalingPolicy.ByDataRate rate ? rate.splitInto() : 2;
    }

    private static RetentionPolicy retention(String atLeast, @Nullable String atMost) {
        if (atLeast.toLowerCase(Locale.ROOT).equals("none")) {
            return new RetentionPolicy.Unlimited();
        }
        if (isSize(atLeast)) {
            return new RetentionPolicy.BySize(Units.bytes(atLeast), atMost == null ? 0 : Units.bytes(atMost));
        }
        return new RetentionPolicy.ByTime(
                Units.duration(atLeast), atMost == null ? Duration.ZERO : Units.duration(atMost));
    }

    private static boolean isSize(String text) {
        return text.toLowerCase(Locale.ROOT).endsWith("b");
    }

    static String text(ScalingPolicy policy) {
        if (policy instanceof ScalingPolicy.ByEventRate rate) {
            return rate.eventsPerSecond() + " events/s in a segment, split into " + rate.splitInto() + ", at least "
                    + rate.minSegments() + " segments";
        }
        if (policy instanceof ScalingPolicy.ByDataRate rate) {
            return rate.kibibytesPerSecond() + " KiB/s in a segment, split into " + rate.splitInto() + ", at least "
                    + rate.minSegments() + " segments";
        }
        return "by hand";
    }

    static String text(RetentionPolicy policy) {
        if (policy instanceof RetentionPolicy.ByTime time) {
            return Units.text(time.atLeast())
                    + (time.atMost().isZero() ? "" : ", at most " + Units.text(time.atMost()));
        }
        if (policy instanceof RetentionPolicy.BySize size) {
            return Units.bytes(size.atLeastBytes())
                    + (size.atMostBytes() == 0 ? "" : ", at most " + Units.bytes(size.atMostBytes()));
        }
        return "everything";
    }
}
