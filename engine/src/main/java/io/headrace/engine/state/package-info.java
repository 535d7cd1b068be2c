/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */

/**
 * Large keyed state of a partition behind a small port: ordered maps of bytes to bytes, which need not fit into objects of
 * their own, nor into memory. Runs on its partition's loop; must never block it, nor change anything but through the
 * methods of the port.
 *
 * <p>{@link io.headrace.engine.state.KeyedState} is the port for state machines, {@link
 * io.headrace.engine.state.LayeredState} what is behind it: puts and removals go blindly into the newest {@link
 * io.headrace.engine.state.Layer}, reads look through the layers into a {@link io.headrace.engine.state.StateBase}. A read
 * that the base cannot answer from memory ends the command's execution with {@link
 * io.headrace.engine.state.NotInMemory}; the partition has the rows loaded and executes it again.
 */
@NullMarked
package io.headrace.engine.state;

import org.jspecify.annotations.NullMarked;
