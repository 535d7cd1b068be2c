/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */

/**
 * {@code headrace doctor}: looks for what would go wrong, before a user meets it, and says what to do. Runs on the main thread
 * of a process of its own, and blocks. It changes nothing but a file in the data directory that it deletes again.
 */
@NullMarked
package io.headrace.server.doctor;

import org.jspecify.annotations.NullMarked;
