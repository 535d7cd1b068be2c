/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */

/**
 * The {@code segments} state machine: append-only sequences of bytes with attributes. Runs on its partition's loop;
 * must never hold a buffer longer than a reply needs it.
 */
@NullMarked
package io.headrace.engine.segments;

import org.jspecify.annotations.NullMarked;
