/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */

/**
 * Streams of one segment that several programs agree by, and states that are kept in them. Everything is on one loop and
 * answers with futures; nothing here waits, or writes on a condition that it has not been told.
 */
@NullMarked
package io.headrace.client.internal.revision;

import org.jspecify.annotations.NullMarked;
