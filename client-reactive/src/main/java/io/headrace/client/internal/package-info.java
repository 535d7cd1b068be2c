/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */

/** What the client is made of. Nothing below this package is meant for users, and all of it may change. */
@NullMarked
package io.headrace.client.internal;

import org.jspecify.annotations.NullMarked;
