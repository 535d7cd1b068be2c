/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */

/**
 * Partition logs and checkpoints on Apache BookKeeper. A log is a chain of ledgers; its descriptor is one ZooKeeper node
 * that is changed by compare-and-set only. A log's state belongs to the loop of its partition: callbacks of the
 * BookKeeper and ZooKeeper clients hop there before they touch anything. Nothing here may block the caller, and nothing
 * is deleted because it could not be read.
 */
@NullMarked
package io.headrace.verticles.bookkeeper;

import org.jspecify.annotations.NullMarked;
