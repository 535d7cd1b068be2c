/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */

/**
 * What is looked at when a server behaves strangely: {@code /debug} on the HTTP port says what its JVM does, and {@code headrace
 * debug bundle} puts that and everything else that is known into one file. The former runs on worker threads of the server, the
 * latter on the main thread of a process of its own, and blocks. Neither ever shows what is in streams and tables, nor a secret.
 */
@NullMarked
package io.headrace.server.debug;

import org.jspecify.annotations.NullMarked;
