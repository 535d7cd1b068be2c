/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */

/** Tests against a real ZooKeeper and a real bookie in this process. */
@NullMarked
package io.headrace.verticles.embedded;

import org.jspecify.annotations.NullMarked;
