/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */

/**
 * The demonstration: streams a public data set into a server and back through the real sockets, and checks every record.
 * Its small client is for this purpose only. It runs on an event loop of its own, knows {@code codecs} and nothing of the
 * server's inside, and must never touch the server's data other than through the sockets.
 */
@NullMarked
package io.headrace.server.demo;

import org.jspecify.annotations.NullMarked;
