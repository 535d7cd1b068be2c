/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */

/**
 * Writing: from events that any thread offers to blocks on the wire. A {@link
 * io.headrace.client.internal.write.StreamWriter} and its outputs, one for each segment, are on one loop; what they hold
 * is bounded by the writer's options. Nothing here may reorder two events of one key.
 */
@NullMarked
package io.headrace.client.internal.write;

import org.jspecify.annotations.NullMarked;
