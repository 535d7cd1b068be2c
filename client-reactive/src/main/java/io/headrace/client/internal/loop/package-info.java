/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */

/**
 * The event loops of a client, and how a subscriber is served in their turns. Whatever is stateful in this module is bound to
 * one {@link io.headrace.client.internal.loop.Loop} and is touched on it only; nothing here, or on a loop, may ever block.
 */
@NullMarked
package io.headrace.client.internal.loop;

import org.jspecify.annotations.NullMarked;
