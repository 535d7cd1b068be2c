/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */

/**
 * What opens sockets, talks to other processes or runs partitions on event loops. State machines live in the engine;
 * nothing here decides what a command means.
 */
@NullMarked
package io.headrace.verticles;

import org.jspecify.annotations.NullMarked;
