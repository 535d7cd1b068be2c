/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */

/**
 * The {@code streams} state machine: scopes, streams, epochs, reader groups and key-value tables, and the workflows that
 * change them; retention and watermarks begin with a tick, in turns that {@code Rounds} deals out. Runs on its
 * partition's loop; talks to {@code segments} partitions only through gated outputs.
 */
@NullMarked
package io.headrace.engine.streams;

import org.jspecify.annotations.NullMarked;
