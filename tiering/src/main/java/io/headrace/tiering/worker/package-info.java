/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */

/**
 * What all storages share: a bounded pool of workers that may block, on which one call of a storage runs from beginning to
 * end; the bound on bytes in flight; deadlines; answers that go back to the caller's executor. Callers' threads only put
 * operations into the queue.
 */
@NullMarked
package io.headrace.tiering.worker;

import org.jspecify.annotations.NullMarked;
