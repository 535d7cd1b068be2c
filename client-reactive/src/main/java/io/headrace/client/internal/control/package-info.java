/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */

/**
 * The calls of the controller service. Runs on the loop that a controller object was made for; the messages of the
 * protocol stay in here, and a status that is no success becomes an error of the client's own.
 */
@NullMarked
package io.headrace.client.internal.control;

import org.jspecify.annotations.NullMarked;
