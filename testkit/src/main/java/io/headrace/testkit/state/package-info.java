/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */

/** What every keyed state must do, as a suite to extend. Never part of a server. */
@NullMarked
package io.headrace.testkit.state;

import org.jspecify.annotations.NullMarked;
