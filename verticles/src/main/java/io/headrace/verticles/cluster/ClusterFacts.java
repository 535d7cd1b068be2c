/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.verticles.cluster;

import io.headrace.codecs.name.Slots;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;

/**
 * What is decided once for a cluster, by the node that comes first.
 *
 * @param id tells it from others
 * @param segments which partition of segments has each slot
 * @param streams which partition of streams has each slot
 */
public record ClusterFacts(String id, List<Integer> segments, List<Integer> streams) {
    private static final int FORMAT = 1;

    public ClusterFacts {
        segments = List.copyOf(segments);
        streams = List.copyOf(streams);
        if (segments.size() != Slots.COUNT || streams.size() != Slots.COUNT) {
            throw new IllegalArgumentException("a table of slots has " + Slots.COUNT + " entries");
        }
    }

    public int segmentsPartitions() {
        return partitions(segments);
    }

    public int streamsPartitions() {
        return partitions(streams);
    }

    private static int partitions(List<Integer> table) {
        return table.stream().mapToInt(Integer::intValue).max().orElseThrow() + 1;
    }

    /** As JSON. */
    public JsonObject toJson() {
        return new JsonObject()
                .put("format", FORMAT)
                .put("id", id)
                .put("segments", new JsonArray(segments))
                .put("streams", new JsonArray(streams));
    }

    /**
     * Reads what {@link #toJson} made.
     *
     * @throws IllegalArgumentException if it is none, or of a later format
     */
    public static ClusterFacts fromJson(JsonObject json) {
        try {
            if (json.getInteger("format") != FORMAT) {
                throw new IllegalArgumentException(
                        "the cluster's description has format " + json.getInteger("format") + ", not " + FORMAT);
            }
            return new ClusterFacts(
                    json.getString("id"),
                    numbers(json.getJsonArray("segments")),
                    numbers(json.getJsonArray("streams")));
        } catch (ClassCastException | NullPointerException e) {
            throw new IllegalArgumentException("that is no description of a cluster: " + json.encode(), e);
        }
    }

    private static List<Integer> numbers(JsonArray array) {
        return array.stream().map(Integer.class::cast).toList();
    }
}
