/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.client;

/**
 * A segment of a stream, and the part of the key space [0, 1) that it holds.
 *
 * @param id the epoch in which the segment was made in the upper 32 bits, a number in the lower 32
 * @param low where its part begins
 * @param high where its part ends
 */
public record StreamSegment(long id, double low, double high) {}
