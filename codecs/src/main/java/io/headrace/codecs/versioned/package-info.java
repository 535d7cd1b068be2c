/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */

/**
 * The container that clients keep structured data in: positions, cuts, the state of reader groups. An object has a version
 * and revisions; a reader skips revisions that it does not know. Pure functions over buffers, on the caller's thread.
 *
 * <pre>
 * object     u8 format 0 | u8 version | u8 number of revisions | that many revisions
 * revision   u8 id, counting up from 0 | i32 length | that many bytes of fields
 * </pre>
 */
@NullMarked
package io.headrace.codecs.versioned;

import org.jspecify.annotations.NullMarked;
