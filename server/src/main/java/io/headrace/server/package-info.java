/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */

/**
 * The program: command line, the composition of a server out of its parts, and its end. Runs on the main thread and the
 * shutdown thread, which may block; must hold no logic that a client could observe, only decide what is started, with
 * what, and in which order.
 */
@NullMarked
package io.headrace.server;

import org.jspecify.annotations.NullMarked;
