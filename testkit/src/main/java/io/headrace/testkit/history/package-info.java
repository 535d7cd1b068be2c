/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */

/**
 * Judges what clients were told: whether there is an order in which all of it makes sense. Runs on the caller's thread;
 * knows nothing of what it judges but a model of it.
 */
@NullMarked
package io.headrace.testkit.history;

import org.jspecify.annotations.NullMarked;
