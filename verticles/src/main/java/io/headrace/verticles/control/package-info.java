/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */

/**
 * The control face: the Pravega controller's gRPC service over the {@code streams} partitions. Runs on the event loops of
 * its HTTP server; holds no state of its own and must never block. A procedure is one line of a table: how its request
 * becomes a command, and how the reply becomes its response.
 */
@NullMarked
package io.headrace.verticles.control;

import org.jspecify.annotations.NullMarked;
