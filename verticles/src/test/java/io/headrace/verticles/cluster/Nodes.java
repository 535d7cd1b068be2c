/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.verticles.cluster;

import io.headrace.verticles.net.Endpoint;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;

/** Nodes and partitions for tests. */
public final class Nodes {
    private static final Endpoint ENDPOINT = new Endpoint("node.test", 1);

    private Nodes() {}

    public static NodeInfo node(String id, int weight) {
        return new NodeInfo(id, ENDPOINT, ENDPOINT, ENDPOINT, ENDPOINT, EnumSet.allOf(Role.class), weight);
    }

    public static List<String> partitions(String kind, int count) {
        List<String> names = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            names.add(kind + "-" + i);
        }
        return names;
    }
}
