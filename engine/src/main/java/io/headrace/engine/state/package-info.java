/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */

/**
 * Large keyed state of a partition behind a small port: ordered maps of bytes to bytes, which need not fit into objects of
 * their own. Runs on its partition's loop; must never block it, nor change anything but through the methods of the port.
 *
 * <p>{@link io.headrace.engine.state.KeyedState} is the port. It is shaped so that a store on disk fits under it: puts
 * and removals need no look at what was there, a scan is a cursor that can be merged with another, and a whole map goes
 * in one step.
 */
@NullMarked
package io.headrace.engine.state;

import org.jspecify.annotations.NullMarked;
