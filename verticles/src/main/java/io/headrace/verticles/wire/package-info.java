/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */

/**
 * The store face: TCP connections that speak the wire protocol. Each connection is parsed, answered and slowed down on
 * the event loop of its socket; it hands commands to partitions in batches and receives their replies through one queue.
 * Nothing here may block, copy the bytes of an append, or trust a length that a peer has sent.
 */
@NullMarked
package io.headrace.verticles.wire;

import org.jspecify.annotations.NullMarked;
