/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */

/**
 * Side-by-side measurements. Workloads know a client as a {@link io.headrace.benchmarks.Subject}; the programs of clients
 * other than the published one are in {@code benchmarks/peers}, each compiled with its own. Every program runs in a JVM of
 * its own and knows nothing of the server behind it; what it measures goes to a file of results, one line a number.
 */
@NullMarked
package io.headrace.benchmarks;

import org.jspecify.annotations.NullMarked;
