/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.verticles.cluster;

import io.vertx.core.json.JsonObject;
import java.util.Map;
import java.util.TreeMap;

/**
 * What a node has noticed, written down from time to time for people to read.
 *
 * @param clockMillis its clock when it wrote this, in milliseconds since 1970
 * @param unreachable why it cannot connect to the event bus of another node, by that node's id
 */
public record NodeReport(long clockMillis, Map<String, String> unreachable) {
    private static final int FORMAT = 1;

    public NodeReport {
        unreachable = Map.copyOf(unreachable);
    }

    /** As JSON; fields that a later version adds are ignored by earlier ones. */
    public JsonObject toJson() {
        JsonObject reasons = new JsonObject();
        new TreeMap<>(unreachable).forEach(reasons::put);
        return new JsonObject().put("format", FORMAT).put("clock", clockMillis).put("unreachable", reasons);
    }

    /**
     * Reads what {@link #toJson} made.
     *
     * @throws IllegalArgumentException if it is none
     */
    public static NodeReport fromJson(JsonObject json) {
        try {
            JsonObject reasons = json.getJsonObject("unreachable");
            Map<String, String> unreachable = new TreeMap<>();
            reasons.fieldNames().forEach(id -> unreachable.put(id, (String) reasons.getValue(id)));
            return new NodeReport(json.getLong("clock"), unreachable);
        } catch (ClassCastException | NullPointerException e) {
            throw new IllegalArgumentException("that is no report of a node: " + json.encode(), e);
        }
    }
}
