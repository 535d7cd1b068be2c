/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */

/**
 * Which node of a cluster has which partition: placement is a function of the nodes that live, and the keeper of each node
 * opens and closes what falls to it. The keeper belongs to one loop; views are immutable and go anywhere. Nothing here is
 * relied upon for safety, which comes from the fencing of logs and from compare-and-set, and nothing may block.
 */
@NullMarked
package io.headrace.verticles.cluster;

import org.jspecify.annotations.NullMarked;
