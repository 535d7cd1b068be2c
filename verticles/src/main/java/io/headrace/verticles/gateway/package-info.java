/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */

/**
 * What this process offers over HTTP: its health. Runs on the event loop of its verticle and must never block, nor
 * change anything.
 */
@NullMarked
package io.headrace.verticles.gateway;

import org.jspecify.annotations.NullMarked;
