/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */

/** The commands of clients, run in this process as their users run them, against a real server. */
@NullMarked
package io.headrace.server.cli;

import org.jspecify.annotations.NullMarked;
