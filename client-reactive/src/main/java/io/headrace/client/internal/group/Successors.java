/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.client.internal.group;

import io.headrace.client.StreamName;
import io.headrace.client.internal.Resources;
import io.headrace.client.internal.Segments;
import io.headrace.client.internal.control.StreamCalls;
import io.headrace.client.internal.group.GroupRecord.Successor;
import io.headrace.codecs.name.SegmentName;
import io.vertx.core.Future;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** Finds out what follows a segment. On the loop. */
final class Successors {
    private Successors() {}

    /** By full name; none if the stream is sealed. */
    static Future<Map<String, Successor>> of(Resources resources, String segment) {
        SegmentName name = SegmentName.parse(segment).orElseThrow();
        return resources
                .streams()
                .successors(new StreamName(name.scope(), name.stream()), name.id())
                .map(all -> {
                    Map<String, Successor> byName = new TreeMap<>();
                    for (StreamCalls.Successor one : all) {
                        String follower = SegmentName.of(
                                        name.scope(),
                                        name.stream(),
                                        one.segment().id())
                                .qualified();
                        byName.put(
                                follower, new Successor(Set.copyOf(one.predecessors()), Segments.range(one.segment())));
                    }
                    return byName;
                });
    }
}
