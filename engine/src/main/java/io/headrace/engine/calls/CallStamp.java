/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.engine.calls;

/**
 * Who makes a call, and how far it has come with its calls.
 *
 * @param caller number of the {@code streams} partition that calls
 * @param owner number of its present owner: each that takes over counts one more than the one before
 * @param number of the call, above that of every earlier call of this owner; the same when the call is repeated
 * @param settled this owner is done with all its calls to things of the same slot that have numbers below
 */
public record CallStamp(int caller, long owner, long number, long settled) {}
