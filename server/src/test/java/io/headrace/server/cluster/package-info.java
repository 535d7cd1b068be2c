/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */

/** Clusters of real processes, with traffic on and faults made. */
@NullMarked
package io.headrace.server.cluster;

import org.jspecify.annotations.NullMarked;
