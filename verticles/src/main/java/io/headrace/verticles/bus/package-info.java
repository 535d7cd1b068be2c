/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */

/**
 * What nodes say to each other over the event bus: commands to partitions that are elsewhere, and their replies. Messages are
 * sent from and delivered to any event loop; they are immutable, have a versioned format, and may be lost. Nothing here may
 * block, or send a command again that may have been executed, unless its kind allows for that.
 */
@NullMarked
package io.headrace.verticles.bus;

import org.jspecify.annotations.NullMarked;
