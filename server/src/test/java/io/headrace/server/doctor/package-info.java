/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */

/** Each finding of {@code headrace doctor}, by itself. */
@NullMarked
package io.headrace.server.doctor;

import org.jspecify.annotations.NullMarked;
