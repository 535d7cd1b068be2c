/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */

/**
 * The reactive client against a real server in this process. These tests are not in the client's own module because the
 * server is built on it; they use its public interface only.
 */
@NullMarked
package io.headrace.server.client;

import org.jspecify.annotations.NullMarked;
