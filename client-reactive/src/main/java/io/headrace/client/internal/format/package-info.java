/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */

/**
 * Texts and bytes that clients hand to each other: pointers, positions, cuts, watermarks, and what reader groups agree by.
 * Pure functions, on any thread; what they write is what the published client writes, and they read what any of its
 * versions wrote.
 */
@NullMarked
package io.headrace.client.internal.format;

import org.jspecify.annotations.NullMarked;
