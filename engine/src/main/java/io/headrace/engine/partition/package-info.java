/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */

/**
 * The kernel that every partition runs on: execute a command, write its records into a frame, append the frame to the
 * log, release the reply when the log has it. Everything here runs on the one event loop that owns the partition; it
 * must never block, lock or hand state to another thread.
 */
@NullMarked
package io.headrace.engine.partition;

import org.jspecify.annotations.NullMarked;
