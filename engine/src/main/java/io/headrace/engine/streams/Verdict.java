/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.engine.streams;

import io.headrace.engine.segments.Load;

/**
 * A decision with all that it was made of.
 *
 * @param atMillis when it was made
 * @param epoch that was current then
 * @param segmentId the segment whose load was looked at
 * @param targetRate of the policy, in the unit of the load
 */
public record Verdict(long atMillis, int epoch, long segmentId, int targetRate, Load load, Decision decision) {}
