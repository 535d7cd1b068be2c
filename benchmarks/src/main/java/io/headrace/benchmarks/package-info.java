/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */

/**
 * Drivers of side-by-side measurements. They run in a JVM of their own with the published client and know nothing of the
 * server behind it; what they measure goes to a file of results, one line a run.
 */
@NullMarked
package io.headrace.benchmarks;

import org.jspecify.annotations.NullMarked;
