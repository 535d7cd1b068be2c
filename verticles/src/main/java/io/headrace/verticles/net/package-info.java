/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */

/**
 * What all faces know about connections: how many of them a port takes, and a log that no peer can fill. Used from any
 * thread; does no I/O.
 */
@NullMarked
package io.headrace.verticles.net;

import org.jspecify.annotations.NullMarked;
