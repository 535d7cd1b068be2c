/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */

/**
 * Microbenchmarks of what an event meets on its way. Each runs on one thread, with nothing behind it: no socket, no disk.
 * For comparing two versions of the code with each other, not for saying how fast a server is.
 */
@NullMarked
package io.headrace.benchmarks.micro;

import org.jspecify.annotations.NullMarked;
