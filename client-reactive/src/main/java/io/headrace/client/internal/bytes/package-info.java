/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */

/**
 * Streams of bytes: what is asked about the one segment of such a stream, and the pieces that are written to it. On the
 * loop. Nothing here may put anything between the bytes of two pieces, or leave one out.
 */
@NullMarked
package io.headrace.client.internal.bytes;

import org.jspecify.annotations.NullMarked;
