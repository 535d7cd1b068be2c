/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */

/**
 * The reactive client: streams of events as RxJava types, over the same two protocols that every other client speaks.
 *
 * <p>One {@link io.headrace.client.HeadraceClient} owns a few event loops, which are all its threads; everything made
 * from it is bound to one of them. Any thread may call anything here. Nothing happens before somebody subscribes;
 * results are delivered on an event loop, so that what a subscriber does with them must not block (or {@code observeOn}
 * another scheduler).
 *
 * <p>Errors are {@link io.headrace.client.HeadraceException}s; they say whether to try again.
 */
@NullMarked
package io.headrace.client;

import org.jspecify.annotations.NullMarked;
