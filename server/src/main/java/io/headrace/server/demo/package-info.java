/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */

/**
 * The demonstration: streams a public data set into a server and back through the real sockets, and checks every record.
 * It is a program of the reactive client as anybody could write it, runs on the caller's thread, and must never touch the
 * server's data other than through that client.
 */
@NullMarked
package io.headrace.server.demo;

import org.jspecify.annotations.NullMarked;
