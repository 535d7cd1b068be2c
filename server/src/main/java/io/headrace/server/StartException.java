/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.server;

import org.jspecify.annotations.Nullable;

/** The server cannot start. The message is one line for the person who started it, and says what to do. */
final class StartException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    StartException(String message) {
        super(message);
    }

    StartException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
