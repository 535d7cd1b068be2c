/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */

/**
 * The HTTP face: administration of scopes and streams, in JSON. Runs on the event loop of a request, to which replies of
 * partitions are brought back; must not block, and keeps no state beyond a request.
 */
@NullMarked
package io.headrace.verticles.gateway;

import org.jspecify.annotations.NullMarked;
