/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.verticles.gateway;

import io.headrace.codecs.name.SegmentName;
import io.headrace.engine.segments.Load;
import io.headrace.engine.segments.LoadOptions;
import io.headrace.engine.streams.Decision;
import io.headrace.engine.streams.ScaleLimits;
import io.headrace.engine.streams.ScalingPolicy;
import io.headrace.engine.streams.StreamReply.Scaling;
import io.headrace.engine.streams.StreamReply.SegmentScaling;
import io.headrace.engine.streams.Verdict;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Instant;
import java.util.Collection;
import java.util.function.Function;

/**
 * How a stream follows its load, as JSON. Durations are in seconds; segments are named as in their qualified names, since
 * not every JSON reader knows 64-bit numbers.
 */
final class ScalingJson {
    private static final double MILLIS = 1000;

    private ScalingJson() {}

    static JsonObject of(Scaling scaling) {
        JsonObject json = new JsonObject()
                .put("scope", scaling.stream().scope())
                .put("stream", scaling.stream().stream())
                .put("policy", policy(scaling.policy()))
                .put("epoch", scaling.epoch())
                .put("busy", scaling.busy());
        if (!scaling.policy().isFixed()) {
            json.put("limits", limits(scaling.limits(), scaling.policy().targetRate()));
        }
        return json.put("segments", array(scaling.segments(), segment -> segment(segment, scaling.limits())))
                .put("decisions", array(scaling.verdicts(), verdict -> verdict(verdict, scaling.limits())));
    }

    private static JsonObject policy(ScalingPolicy policy) {
        JsonObject json = new JsonObject().put("type", policy.type().name());
        if (!policy.isFixed()) {
            json.put("targetRate", policy.targetRate())
                    .put("unit", unit(policy.storeType()))
                    .put("scaleFactor", policy.scaleFactor());
        }
        return json.put("minSegments", policy.minSegments());
    }

    private static String unit(int scaleType) {
        return scaleType == 1 ? "KB/s" : "events/s";
    }

    private static JsonObject limits(ScaleLimits limits, int target) {
        LoadOptions measured = limits.measured();
        return new JsonObject()
                .put(
                        "short",
                        limit(measured.shortMillis(), target).put("splitAbove", target * ScaleLimits.SHORT_FACTOR))
                .put(
                        "medium",
                        limit(measured.mediumMillis(), target).put("splitAbove", target * ScaleLimits.MEDIUM_FACTOR))
                .put("long", limit(measured.longMillis(), target).put("splitAbove", target * ScaleLimits.LONG_FACTOR))
                .put("longest", limit(measured.longestMillis(), target * ScaleLimits.LOW_FACTOR))
                .put("coolDownSeconds", seconds(limits.coolDownMillis()))
                .put("coldSeconds", seconds(limits.coldMillis()))
                .put("reportValidSeconds", seconds(limits.validMillis()));
    }

    private static JsonObject limit(long windowMillis, double coldBelow) {
        return new JsonObject().put("windowSeconds", seconds(windowMillis)).put("coldBelow", coldBelow);
    }

    private static JsonObject segment(SegmentScaling scaling, ScaleLimits limits) {
        JsonObject json = new JsonObject()
                .put("segment", name(scaling.segment().id()))
                .put("low", scaling.segment().low())
                .put("high", scaling.segment().high());
        if (scaling.coldUntilMillis() > 0) {
            json.put("coldUntil", until(scaling.coldUntilMillis()));
        }
        Verdict latest = scaling.latest();
        if (latest != null) {
            json.put("latest", verdict(latest, limits));
        }
        return json.put("now", decision(scaling.next()));
    }

    private static JsonObject verdict(Verdict verdict, ScaleLimits limits) {
        return decision(verdict.decision())
                .put("at", time(verdict.atMillis()))
                .put("epoch", verdict.epoch())
                .put("segment", name(verdict.segmentId()))
                .put("targetRate", verdict.targetRate())
                .put("load", load(verdict.load()))
                .put("coolDownLeftSeconds", seconds(limits.coolDownLeft(verdict.load())));
    }

    private static JsonObject load(Load load) {
        return new JsonObject()
                .put("unit", unit(load.scaleType()))
                .put("short", load.shortRate())
                .put("medium", load.mediumRate())
                .put("long", load.longRate())
                .put("longest", load.longestRate())
                .put("silent", load.silent())
                .put("measuredSeconds", seconds(load.ageMillis()))
                .put("reportedAt", time(load.atMillis()));
    }

    private static JsonObject decision(Decision decision) {
        JsonObject json = new JsonObject();
        if (decision instanceof Decision.Split d) {
            json.put("decision", "split").put("parts", d.parts());
        } else if (decision instanceof Decision.Merge d) {
            json.put("decision", "merge").put("segments", array(d.segmentIds(), ScalingJson::name));
        } else if (decision instanceof Decision.Cold d) {
            json.put("decision", "cold").put("until", until(d.untilMillis()));
        } else if (decision instanceof Decision.Warm) {
            json.put("decision", "warm");
        } else {
            json.put("decision", "none");
        }
        return json.put("reason", decision.reason().name())
                .put("because", decision.reason().text());
    }

    private static String name(long segmentId) {
        return SegmentName.numberOf(segmentId) + ".#epoch." + SegmentName.epochOf(segmentId);
    }

    private static String until(long millis) {
        return millis == Long.MAX_VALUE ? "there is load again" : time(millis);
    }

    private static String time(long millis) {
        return Instant.ofEpochMilli(millis).toString();
    }

    private static double seconds(long millis) {
        return millis / MILLIS;
    }

    private static <T> JsonArray array(Collection<T> values, Function<T, Object> toJson) {
        JsonArray array = new JsonArray();
        values.forEach(value -> array.add(toJson.apply(value)));
        return array;
    }
}
