/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.client;

import io.headrace.codecs.name.Names;
import java.time.Duration;
import java.util.UUID;

/**
 * Settings of an {@link EventWriter}.
 *
 * @param name identifies the writer to the server when it notes time; letters, digits, dots and hyphens
 * @param maxBytesInFlight how many bytes may be accepted and not yet durable. A flow is asked for no more than that;
 *     single writes beyond it fail as {@link OverloadedException}. One event is always accepted.
 * @param deadline how long an event may take to become durable. If one takes longer the writer fails as a whole, because
 *     later events must not overtake it.
 * @param lease how long a transaction outlives the program that began it: 10 s to 10 min
 */
public record WriterOptions(String name, long maxBytesInFlight, Duration deadline, Duration lease) {
    private static final Duration MIN_LEASE = Duration.ofSeconds(10);
    private static final Duration MAX_LEASE = Duration.ofMinutes(10);

    /** @throws IllegalArgumentException if a setting is out of bounds */
    public WriterOptions {
        if (!Names.isUserName(name)) {
            throw new IllegalArgumentException("\"" + name + "\" cannot be the name of a writer");
        }
        if (maxBytesInFlight < 1) {
            throw new IllegalArgumentException("bytes in flight must be above 0, not " + maxBytesInFlight);
        }
        if (deadline.toMillis() < 1) {
            throw new IllegalArgumentException("a deadline of " + deadline + " is too short");
        }
        if (lease.compareTo(MIN_LEASE) < 0 || lease.compareTo(MAX_LEASE) > 0) {
            throw new IllegalArgumentException("a lease must be " + MIN_LEASE + " to " + MAX_LEASE + ", not " + lease);
        }
    }

    /** A random name, 16 MiB in flight, a deadline of one minute, a lease of two. */
    public static WriterOptions defaults() {
        return new WriterOptions(UUID.randomUUID().toString(), 16 << 20, Duration.ofMinutes(1), Duration.ofMinutes(2));
    }

    public WriterOptions withName(String other) {
        return new WriterOptions(other, maxBytesInFlight, deadline, lease);
    }

    public WriterOptions withMaxBytesInFlight(long bytes) {
        return new WriterOptions(name, bytes, deadline, lease);
    }

    public WriterOptions withDeadline(Duration other) {
        return new WriterOptions(name, maxBytesInFlight, other, lease);
    }

    public WriterOptions withLease(Duration other) {
        return new WriterOptions(name, maxBytesInFlight, deadline, other);
    }
}
