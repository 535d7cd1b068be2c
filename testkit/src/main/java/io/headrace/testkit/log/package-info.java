/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */

/** What every partition log must do, as a suite to extend, and logs for tests. Never part of a server. */
@NullMarked
package io.headrace.testkit.log;

import org.jspecify.annotations.NullMarked;
