/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */

/**
 * What nodes say to each other over the event bus: commands to partitions that are elsewhere, and their replies. Messages are
 * sent from and delivered to any event loop; they are immutable, have a versioned format, and may be lost. Nothing here may
 * wait for an answer or repeat a command by itself.
 */
@NullMarked
package io.headrace.verticles.bus;

import org.jspecify.annotations.NullMarked;
