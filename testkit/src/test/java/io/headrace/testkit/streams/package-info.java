/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */

/**
 * Simulation of {@code streams} partitions together with the {@code segments} partitions that they call: clients that
 * create, scale, write, read, commit and delete, a network that loses, doubles and reorders, owners that die at any step.
 * Everything runs on the one thread that drives the {@link io.headrace.testkit.sim.Simulation}.
 */
@NullMarked
package io.headrace.testkit.streams;

import org.jspecify.annotations.NullMarked;
