/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.verticles.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.engine.segments.Load;
import io.headrace.engine.streams.Decision;
import io.headrace.engine.streams.Decision.Reason;
import io.headrace.engine.streams.ScaleLimits;
import io.headrace.engine.streams.ScalingPolicy;
import io.headrace.engine.streams.SegmentRange;
import io.headrace.engine.streams.StreamName;
import io.headrace.engine.streams.StreamReply.Scaling;
import io.headrace.engine.streams.StreamReply.SegmentScaling;
import io.headrace.engine.streams.Verdict;
import io.vertx.core.json.JsonObject;
import java.util.List;
import org.junit.jupiter.api.Test;

class ScalingJsonTest {
    private static final ScalingPolicy BY_EVENTS =
            new ScalingPolicy(ScalingPolicy.Type.BY_RATE_IN_EVENTS_PER_SEC, 10, 3, 1);
    private static final Load HOT = new Load(2, 60, 12.5, 10, 10, 700_000, 1_000_000, false);
    private static final Load NEW = new Load(2, 60, 60, 60, 60, 240_000, 1_000_000, false);

    private static Scaling scaling(StreamName stream) {
        Decision split = new Decision.Split(0, 3, Reason.BURST);
        return new Scaling(
                stream,
                BY_EVENTS,
                ScaleLimits.DEFAULT,
                1,
                false,
                List.of(
                        new SegmentScaling(
                                new SegmentRange(0x100000001L, 0, 0.5),
                                Long.MAX_VALUE,
                                new Verdict(
                                        1_000_000, 1, 0x100000001L, 10, NEW, new Decision.None(Reason.COOLING_DOWN)),
                                new Decision.None(Reason.TOO_OLD)),
                        new SegmentScaling(new SegmentRange(2, 0.5, 1), 0, null, new Decision.None(Reason.NO_REPORT))),
                List.of(
                        new Verdict(1_000_000, 0, 0, 10, HOT, split),
                        new Verdict(1_000_001, 1, 2, 10, HOT, new Decision.Merge(List.of(1L, 2L), Reason.LOW)),
                        new Verdict(1_000_002, 2, 3, 10, HOT, new Decision.Cold(3, 2_000_000, Reason.LOW)),
                        new Verdict(1_000_003, 2, 3, 10, HOT, new Decision.Warm(3, Reason.BACK))));
    }

    private static Scaling fixed(StreamName stream) {
        return new Scaling(stream, ScalingPolicy.fixed(2), ScaleLimits.DEFAULT, 0, true, List.of(), List.of());
    }

    @Test
    void saysWhatWasDecidedAndWhatWouldBe() {
        JsonObject json = ScalingJson.of(scaling(new StreamName("s", "a")));
        assertThat(json.getString("scope")).isEqualTo("s");
        assertThat(json.getString("stream")).isEqualTo("a");
        assertThat(json.getJsonObject("policy")).isEqualTo(new JsonObject("""
                        {"type": "BY_RATE_IN_EVENTS_PER_SEC", "targetRate": 10, "unit": "events/s", "scaleFactor": 3,
                         "minSegments": 1}"""));
        JsonObject limits = json.getJsonObject("limits");
        assertThat(limits.getJsonObject("short").getDouble("splitAbove")).isEqualTo(50);
        assertThat(limits.getJsonObject("short").getDouble("windowSeconds")).isEqualTo(120);
        assertThat(limits.getJsonObject("longest").getDouble("coldBelow")).isEqualTo(5);
        assertThat(limits.getDouble("coolDownSeconds")).isEqualTo(600);
        JsonObject first = json.getJsonArray("segments").getJsonObject(0);
        assertThat(first.getString("segment")).isEqualTo("1.#epoch.1");
        assertThat(first.getString("coldUntil")).isEqualTo("there is load again");
        JsonObject latest = first.getJsonObject("latest");
        assertThat(latest.getString("reason")).isEqualTo("COOLING_DOWN");
        assertThat(latest.getString("at")).isEqualTo("1970-01-01T00:16:40Z");
        assertThat(latest.getDouble("coolDownLeftSeconds")).isEqualTo(360);
        assertThat(latest.getJsonObject("load").getDouble("short")).isEqualTo(60);
        assertThat(latest.getJsonObject("load").getDouble("measuredSeconds")).isEqualTo(240);
        assertThat(first.getJsonObject("now").getString("reason")).isEqualTo("TOO_OLD");
        JsonObject second = json.getJsonArray("segments").getJsonObject(1);
        assertThat(second.fieldNames()).containsExactly("segment", "low", "high", "now");
        assertThat(second.getJsonObject("now").getString("because")).isEqualTo(Reason.NO_REPORT.text());
        assertThat(json.getJsonArray("decisions")).hasSize(4);
        JsonObject split = json.getJsonArray("decisions").getJsonObject(0);
        assertThat(split.getString("decision")).isEqualTo("split");
        assertThat(split.getInteger("parts")).isEqualTo(3);
        assertThat(split.getInteger("targetRate")).isEqualTo(10);
        JsonObject merge = json.getJsonArray("decisions").getJsonObject(1);
        assertThat(merge.getJsonArray("segments")).containsExactly("1.#epoch.0", "2.#epoch.0");
        assertThat(json.getJsonArray("decisions").getJsonObject(2).getString("until"))
                .isEqualTo("1970-01-01T00:33:20Z");
        assertThat(json.getJsonArray("decisions").getJsonObject(3).getString("decision"))
                .isEqualTo("warm");
    }

    @Test
    void aFixedStreamHasNoLimits() {
        JsonObject json = ScalingJson.of(fixed(new StreamName("s", "fixed")));
        assertThat(json.fieldNames())
                .containsExactly("scope", "stream", "policy", "epoch", "busy", "segments", "decisions");
        assertThat(json.getJsonObject("policy").fieldNames()).containsExactly("type", "minSegments");
    }
}
