/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.client;

import java.time.Instant;
import java.util.Optional;

/**
 * Between which times, as its writers have noted them, a place in a stream lies.
 *
 * @param lower what is read from here on is not older, as far as writers keep their word; empty near the start of the
 *     stream, or if nobody notes time
 * @param upper what was read up to here is not newer; empty near the end of the stream, or if nobody notes time
 */
public record TimeWindow(Optional<Instant> lower, Optional<Instant> upper) {}
