/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.engine.streams;

/**
 * What a stream's watermark says: who has read up to the position has read all events of up to the lower bound; events
 * before it are of up to the upper bound.
 *
 * @param lower earliest time that a writer has reached
 * @param upper latest time that a writer has reached
 * @param position each routing key once
 */
record Watermark(long lower, long upper, StreamCut position) {}
