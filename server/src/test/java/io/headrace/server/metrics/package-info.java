/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */

/** What is measured has a name that is told everywhere alike. */
@NullMarked
package io.headrace.server.metrics;

import org.jspecify.annotations.NullMarked;
