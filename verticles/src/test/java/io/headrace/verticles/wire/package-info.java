/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
@NullMarked
package io.headrace.verticles.wire;

import org.jspecify.annotations.NullMarked;
