/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */

/**
 * Names of segments and streams, and the hashes that place routing keys, table keys and segments. Pure functions: any
 * thread may call them, nothing here keeps state or does I/O.
 */
@NullMarked
package io.headrace.codecs.name;

import org.jspecify.annotations.NullMarked;
