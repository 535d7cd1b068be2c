/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */

/**
 * Runs the partitions of this process on event loops: opens them, restarts what failed, ticks them, closes them, and
 * finds the one that a command belongs to. Each partition lives on one loop and is touched there only; commands may come
 * from any thread, in batches. Nothing here may block or keep state of a partition.
 */
@NullMarked
package io.headrace.verticles.host;

import org.jspecify.annotations.NullMarked;
