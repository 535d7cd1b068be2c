/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */

/**
 * Deterministic simulation: virtual time, seeded randomness, and simulated durable storage that loses, delays and
 * reorders whatever its contract allows. Everything runs on the one thread that drives {@link
 * io.headrace.testkit.sim.Simulation}; nothing here may sleep, start a thread, or ask the real clock.
 */
@NullMarked
package io.headrace.testkit.sim;

import org.jspecify.annotations.NullMarked;
