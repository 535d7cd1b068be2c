/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */

/** {@code headrace debug bundle}, and what the HTTP port tells for it. */
@NullMarked
package io.headrace.server.debug;

import org.jspecify.annotations.NullMarked;
