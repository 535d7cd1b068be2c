/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.verticles.gateway.data;

import java.util.Set;

/**
 * Bounds of what goes over HTTP and WebSocket.
 *
 * @param maxMessageBytes of a body or a WebSocket message, 1 KiB or more
 * @param maxBytesInFlight what all connections together may have published and not had acknowledged. Who comes when there is
 *     no room waits: its socket is not read.
 * @param maxConnectionBytes the same for one WebSocket
 * @param maxSubscriptions of one WebSocket
 * @param pingMillis each WebSocket is pinged this often, and ended when it has not answered five times; each stream of events
 *     gets a comment this often
 * @param origins of pages of other servers that a browser may use this one from, such as {@code https://shop.example}
 */
public record DataOptions(
        int maxMessageBytes,
        long maxBytesInFlight,
        long maxConnectionBytes,
        int maxSubscriptions,
        long pingMillis,
        Set<String> origins) {
    private static final int MIN_MESSAGE_BYTES = 1 << 10;

    /** Messages of 1 MiB, 64 MiB in flight, 1 MiB of each connection, 64 subscriptions, pings after 20 s, no other origin. */
    public static final DataOptions DEFAULT = new DataOptions(1 << 20, 64L << 20, 1L << 20, 64, 20_000, Set.of());

    /** @throws IllegalArgumentException if a bound leaves no room for a message */
    public DataOptions {
        origins = Set.copyOf(origins);
        if (maxMessageBytes < MIN_MESSAGE_BYTES || maxMessageBytes > maxBytesInFlight || maxSubscriptions < 1) {
            throw new IllegalArgumentException(
                    "no room for messages of " + maxMessageBytes + " bytes in " + maxBytesInFlight);
        }
    }

    public DataOptions withMaxMessageBytes(int bytes) {
        return new DataOptions(bytes, maxBytesInFlight, maxConnectionBytes, maxSubscriptions, pingMillis, origins);
    }

    public DataOptions withOrigins(Set<String> others) {
        return new DataOptions(
                maxMessageBytes, maxBytesInFlight, maxConnectionBytes, maxSubscriptions, pingMillis, others);
    }

    public DataOptions withPingMillis(long millis) {
        return new DataOptions(
                maxMessageBytes, maxBytesInFlight, maxConnectionBytes, maxSubscriptions, millis, origins);
    }
}
