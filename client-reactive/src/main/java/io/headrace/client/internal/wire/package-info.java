/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */

/**
 * Connections to segment stores, one or two for each node and loop, pipelined. On the loop that they were opened on.
 * Nothing here knows streams or events, or keeps a copy of what it sends.
 */
@NullMarked
package io.headrace.client.internal.wire;

import org.jspecify.annotations.NullMarked;
