/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */

/**
 * The commands of the segment-store protocol, version 16, and their bytes; the append stream of a connection; the frames
 * of events inside a segment. Everything runs on the caller's thread; nothing here does I/O, waits, or keeps a reference
 * count: what holds bytes are slices of the caller's buffers, and valid as long as those are.
 *
 * <p>Whatever a peer sends, reading it ends in a command or in a {@link io.headrace.codecs.wire.WireFormatException}, and
 * every count and length is compared with the bytes that are left before anything is allocated for it.
 */
@NullMarked
package io.headrace.codecs.wire;

import org.jspecify.annotations.NullMarked;
