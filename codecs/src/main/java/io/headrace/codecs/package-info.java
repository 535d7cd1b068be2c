/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */

/**
 * The formats that Headrace shares with its clients, and nothing else: no I/O, no threads.
 */
@NullMarked
package io.headrace.codecs;

import org.jspecify.annotations.NullMarked;
