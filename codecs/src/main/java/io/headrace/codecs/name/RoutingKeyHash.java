/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.codecs.name;

import java.util.UUID;

/**
 * The hashes that clients compute: where a key lies in the key space [0, 1), and the attribute id of a name. They are
 * part of the protocol: two clients that disagree would break the order of a routing key.
 */
public final class RoutingKeyHash {
    private static final long ROUTING_KEY_SEED = "EventRouter".hashCode();
    private static final long TABLE_KEY_SEED = "KeyValueTableRouter".hashCode();
    private static final long ATTRIBUTE_SEED = "SegmentAttribute".hashCode();

    private static final long ONE_AS_BITS = 0x3ff0000000000000L;

    private RoutingKeyHash() {}

    /** Position of an event's routing key, in [0, 1). */
    public static double position(String routingKey) {
        return toPosition(Murmur3.hash(routingKey, ROUTING_KEY_SEED).first());
    }

    /** Position of a table key, in [0, 1); {@code key} is the primary key only, so that its secondaries stay together. */
    public static double tableKeyPosition(byte[] key) {
        return toPosition(Murmur3.hash(key, TABLE_KEY_SEED).first());
    }

    /** Id of the segment attribute that is called {@code name}. */
    public static UUID attributeId(String name) {
        Murmur3.Digest digest = Murmur3.hash(name, ATTRIBUTE_SEED);
        return new UUID(Long.reverseBytes(digest.first()), Long.reverseBytes(digest.second()));
    }

    /** The upper 52 bits become the fraction of a double in [1, 2). */
    private static double toPosition(long hash) {
        return Double.longBitsToDouble(ONE_AS_BITS | (hash >>> 12)) - 1.0;
    }
}
