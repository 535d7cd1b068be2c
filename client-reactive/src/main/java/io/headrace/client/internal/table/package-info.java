/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */

/**
 * Key-value tables: which of a table's segments has a key, what is asked of it, and ranges of keys over all of them. On the
 * table's loop. Nothing here keeps what it has read: what a user gets is what the store had when it was asked.
 */
@NullMarked
package io.headrace.client.internal.table;

import org.jspecify.annotations.NullMarked;
