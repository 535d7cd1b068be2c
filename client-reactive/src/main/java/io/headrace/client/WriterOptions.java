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
 */
public record WriterOptions(String name, long maxBytesInFlight, Duration deadline) {

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
    }

    /** A random name, 16 MiB in flight, one minute. */
    public static WriterOptions defaults() {
        return new WriterOptions(UUID.randomUUID().toString(), 16 << 20, Duration.ofMinutes(1));
    }

    public WriterOptions withName(String other) {
        return new WriterOptions(other, maxBytesInFlight, deadline);
    }

    public WriterOptions withMaxBytesInFlight(long bytes) {
        return new WriterOptions(name, bytes, deadline);
    }

    public WriterOptions withDeadline(Duration other) {
        return new WriterOptions(name, maxBytesInFlight, other);
    }
}
