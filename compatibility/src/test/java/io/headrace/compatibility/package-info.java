/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */

/**
 * Black-box tests: the published client runs in this process, the server under test in another one, started from its
 * packaged distribution, and programs of the reactive client in a third. Nothing here may see a class of either.
 */
@NullMarked
package io.headrace.compatibility;

import org.jspecify.annotations.NullMarked;
