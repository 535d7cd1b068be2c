/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */

/** Events over HTTP and WebSocket, against a server in the same process. */
@NullMarked
package io.headrace.server.gateway;

import org.jspecify.annotations.NullMarked;
