/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.verticles.gateway;

import io.headrace.engine.streams.RetentionPolicy;
import io.headrace.engine.streams.ScalingPolicy;
import io.headrace.engine.streams.StreamConfiguration;
import io.headrace.engine.streams.StreamName;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Configurations of streams as JSON, with the names and units of Pravega's administration interface. */
final class StreamJson {
    /** Fields of a stream in a request. */
    static final Set<String> FIELDS = Set.of(
            "scopeName",
            "streamName",
            "scalingPolicy",
            "retentionPolicy",
            "streamTags",
            "timestampAggregationTimeout",
            "rolloverSizeBytes");

    private static final long MIB = 1 << 20;
    private static final long MAX_DAYS = 1_000_000;
    private static final Set<String> PERIOD = Set.of("days", "hours", "minutes");

    private enum Retention {
        LIMITED_DAYS,
        LIMITED_SIZE_MB
    }

    private StreamJson() {}

    static JsonObject of(StreamName stream, StreamConfiguration configuration) {
        JsonObject json = new JsonObject()
                .put("scopeName", stream.scope())
                .put("streamName", stream.stream())
                .put("scalingPolicy", scaling(configuration.scaling()));
        RetentionPolicy retention = configuration.retention();
        if (retention != null) {
            json.put("retentionPolicy", retention(retention));
        }
        return json.put("tags", new JsonArray(List.copyOf(configuration.tags())))
                .put("timestampAggregationTimeout", configuration.timestampAggregationTimeoutMillis())
                .put("rolloverSizeBytes", configuration.rolloverBytes());
    }

    private static JsonObject scaling(ScalingPolicy policy) {
        JsonObject json = new JsonObject().put("type", policy.type().name());
        if (!policy.isFixed()) {
            json.put("targetRate", policy.targetRate()).put("scaleFactor", policy.scaleFactor());
        }
        return json.put("minSegments", policy.minSegments());
    }

    private static JsonObject retention(RetentionPolicy policy) {
        boolean limited = policy.max() != Long.MAX_VALUE;
        if (policy.type() == RetentionPolicy.Type.SIZE) {
            JsonObject json = new JsonObject()
                    .put("type", Retention.LIMITED_SIZE_MB.name())
                    .put("value", policy.min() / MIB);
            return limited ? json.put("maxValue", policy.max() / MIB) : json;
        }
        Duration min = Duration.ofMillis(policy.min());
        JsonObject json = new JsonObject()
                .put("type", Retention.LIMITED_DAYS.name())
                .put("value", min.toDays())
                .put("timeBasedRetention", period(min));
        return limited
                ? json.put("maxValue", Duration.ofMillis(policy.max()).toDays())
                        .put("maxTimeBasedRetention", period(Duration.ofMillis(policy.max())))
                : json;
    }

    private static JsonObject period(Duration duration) {
        return new JsonObject()
                .put("days", duration.toDays())
                .put("hours", duration.toHoursPart())
                .put("minutes", duration.toMinutesPart());
    }

    /** @throws ProblemException 400 if a field makes no sense */
    static StreamConfiguration read(Body body) {
        Body scaling = body.object("scalingPolicy");
        if (scaling == null) {
            throw ProblemException.badRequest(
                    "scalingPolicy is missing, as in {\"type\": \"FIXED_NUM_SEGMENTS\", \"minSegments\": 1}");
        }
        StreamConfiguration configuration = new StreamConfiguration(
                readScaling(scaling),
                readRetention(body.object("retentionPolicy")),
                body.number("timestampAggregationTimeout", 0, Long.MAX_VALUE),
                body.texts("streamTags"),
                body.number("rolloverSizeBytes", 0, Long.MAX_VALUE));
        if (!configuration.isValid()) {
            throw ProblemException.badRequest("a stream has at most " + StreamConfiguration.MAX_TAGS
                    + " tags of at most " + StreamConfiguration.MAX_TAG_LENGTH
                    + " characters, and retentionPolicy.maxValue is not below its value");
        }
        return configuration;
    }

    private static ScalingPolicy readScaling(Body body) {
        body.only(Set.of("type", "targetRate", "scaleFactor", "minSegments"));
        ScalingPolicy.Type type = body.constant("type", ScalingPolicy.Type.class);
        int minSegments = (int) body.number("minSegments", 1, ScalingPolicy.MAX_SEGMENTS);
        return type == ScalingPolicy.Type.FIXED_NUM_SEGMENTS
                ? ScalingPolicy.fixed(minSegments)
                : new ScalingPolicy(
                        type,
                        (int) body.number("targetRate", 1, Integer.MAX_VALUE),
                        (int) body.number("scaleFactor", 2, ScalingPolicy.MAX_SEGMENTS),
                        minSegments);
    }

    private static @Nullable RetentionPolicy readRetention(@Nullable Body body) {
        if (body == null) {
            return null;
        }
        body.only(Set.of("type", "value", "timeBasedRetention", "maxValue", "maxTimeBasedRetention"));
        if (body.constant("type", Retention.class) == Retention.LIMITED_SIZE_MB) {
            long max = body.number("maxValue", 0, Long.MAX_VALUE / MIB) * MIB;
            return new RetentionPolicy(
                    RetentionPolicy.Type.SIZE, body.number("value", 0, Long.MAX_VALUE / MIB) * MIB, limit(max));
        }
        return new RetentionPolicy(
                RetentionPolicy.Type.TIME,
                millis(body, "value", "timeBasedRetention"),
                limit(millis(body, "maxValue", "maxTimeBasedRetention")));
    }

    /** The exact period if it is given, else whole days. */
    private static long millis(Body body, String days, String exact) {
        Body period = body.object(exact);
        if (period == null) {
            return Duration.ofDays(body.number(days, 0, MAX_DAYS)).toMillis();
        }
        period.only(PERIOD);
        return Duration.ofDays(period.number("days", 0, MAX_DAYS))
                .plusHours(period.number("hours", 0, MAX_DAYS))
                .plusMinutes(period.number("minutes", 0, MAX_DAYS))
                .toMillis();
    }

    private static long limit(long max) {
        return max == 0 ? Long.MAX_VALUE : max;
    }
}
