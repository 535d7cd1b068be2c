/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */

/**
 * Reading without a group: from bytes on the wire to events that a subscriber has asked for. A {@link
 * io.headrace.client.internal.read.StreamReading} and its inputs, one for each segment, are on one loop. Nothing here may
 * fetch more than its options allow, or let a segment overtake one that it takes over from.
 */
@NullMarked
package io.headrace.client.internal.read;

import org.jspecify.annotations.NullMarked;
