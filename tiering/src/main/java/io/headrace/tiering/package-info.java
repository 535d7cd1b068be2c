/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */

/**
 * The port to long-term storage: chunks, which are named sequences of bytes. Calls come from event loops and return at
 * once; answers come back to the loop that asked. Nothing here may block a caller, and no type of a storage's own
 * library may appear outside the package of that storage.
 */
@NullMarked
package io.headrace.tiering;

import org.jspecify.annotations.NullMarked;
