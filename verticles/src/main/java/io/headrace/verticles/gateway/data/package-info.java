/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */

/**
 * Events over HTTP and WebSocket: what is published goes through the reactive client, so that a connection of a browser has
 * the guarantees that a program has. Everything that belongs to a connection is touched on that connection's event loop; what
 * the client emits is brought there. Must not block, and must not take from the client what the peer has not asked for or the
 * socket cannot hold.
 */
@NullMarked
package io.headrace.verticles.gateway.data;

import org.jspecify.annotations.NullMarked;
