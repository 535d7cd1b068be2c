/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */

/**
 * What a server measures: {@link io.headrace.server.metrics.Metric} is the list of all, from which the dashboard and the alerts
 * are made, too. Numbers are kept by whoever has them, mostly as plain counters of an event loop, and are read when somebody
 * asks for {@code /metrics}, on a worker thread. Nothing here may change anything, or wait for an event loop.
 */
@NullMarked
package io.headrace.server.metrics;

import org.jspecify.annotations.NullMarked;
