/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.server.cli;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What the HTTP port says about the scaling of a stream, as it is shown. */
final class ScalingDescription {
    private static final JsonObject NOTHING = new JsonObject();

    private ScalingDescription() {}

    static Row of(JsonObject scaling) {
        JsonObject policy = scaling.getJsonObject("policy", NOTHING);
        String unit = policy.getString("unit", "events/s");
        Integer target = policy.getInteger("targetRate");
        Row row = new Row()
                .with("stream", scaling.getString("scope") + "/" + scaling.getString("stream"))
                .with("targetRate", target, target == null ? "none, segments change by hand" : target + " " + unit)
                .with("scalingNow", scaling.getBoolean("busy"), scaling.getBoolean("busy", false) ? "yes" : "no");
        List<Row> segments = new ArrayList<>();
        for (JsonObject segment : objects(scaling.getJsonArray("segments"))) {
            segments.add(segment(segment));
        }
        List<Row> decisions = new ArrayList<>();
        for (JsonObject decision : objects(scaling.getJsonArray("decisions"))) {
            decisions.add(new Row()
                    .with("at", decision.getString("at"))
                    .with("segment", decision.getString("segment"))
                    .with("decision", decision.getString("decision"))
                    .with("because", decision.getString("because")));
        }
        return row.with("segments", segments).with("decisions", decisions);
    }

    private static Row segment(JsonObject segment) {
        JsonObject load = segment.getJsonObject("latest", NOTHING).getJsonObject("load", NOTHING);
        JsonObject now = segment.getJsonObject("now", NOTHING);
        Row row = new Row().with("segment", segment.getString("segment"));
        for (String window : List.of("short", "medium", "long")) {
            Double rate = load.getDouble(window);
            row.with(window + "Rate", rate, rate(rate));
        }
        return row.with("decision", now.getString("decision")).with("because", now.getString("because"));
    }

    private static String rate(@Nullable Double rate) {
        return rate == null ? "-" : String.format(Locale.ROOT, "%,.1f", rate);
    }

    private static List<JsonObject> objects(@Nullable JsonArray array) {
        return array == null
                ? List.of()
                : array.stream().map(JsonObject.class::cast).toList();
    }
}
