/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */

/**
 * The commands of the command line that are clients of a running server: one class for each noun, whose methods are the
 * commands. They run on the main thread, which may block, and ask the server through the public client like any other
 * program; what is not to be had there comes from the HTTP port. Must never know the parts of a server, nor hold a whole
 * input or a whole stream in memory.
 */
@NullMarked
package io.headrace.server.cli;

import org.jspecify.annotations.NullMarked;
