/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.verticles.embedded;

/** The embedded storage cannot start. The message is one line for the operator and says what to do. */
public final class EnsembleException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public EnsembleException(String message) {
        super(message);
    }

    public EnsembleException(String message, Throwable cause) {
        super(message, cause);
    }
}
