/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */

/**
 * The ports to durable storage: the fenced log of a partition and the store of its checkpoints. Calls come from the
 * partition's event loop, answers return to it; an implementation does its I/O elsewhere and must never call back from
 * another thread.
 */
@NullMarked
package io.headrace.engine.log;

import org.jspecify.annotations.NullMarked;
