/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */

/**
 * Writing events that have numbers of their own, once, whoever writes them again. A {@link
 * io.headrace.client.internal.number.NumberedOutput} and what belongs to it are on one loop. Nothing here may send an event
 * before it is certain which one was stored last, or while an event before it may still be lost.
 */
@NullMarked
package io.headrace.client.internal.number;

import org.jspecify.annotations.NullMarked;
