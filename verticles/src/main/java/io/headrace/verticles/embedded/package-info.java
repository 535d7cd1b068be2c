/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */

/**
 * A real ZooKeeper and a real bookie inside this process, on the loopback interface, under one data directory: the
 * durable storage of a standalone node. Both run on threads of their own; starting and stopping block and therefore
 * belong to the main thread, never to an event loop. Nothing here knows what a partition is.
 */
@NullMarked
package io.headrace.verticles.embedded;

import org.jspecify.annotations.NullMarked;
