/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */

/**
 * What partitions say to each other over the event bus: to the address of the owner, wherever that is. Messages are sent
 * from and delivered to the event loops of partitions, each in a turn of its own; they are immutable, have a versioned
 * format for the way to another process, and may be lost. Nothing here may wait for an answer.
 */
@NullMarked
package io.headrace.verticles.bus;

import org.jspecify.annotations.NullMarked;
