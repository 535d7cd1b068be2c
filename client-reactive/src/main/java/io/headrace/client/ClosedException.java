/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.client;

import org.jspecify.annotations.Nullable;

/** The client, writer, transaction or membership of a group has ended before. */
public final class ClosedException extends HeadraceException {
    private static final long serialVersionUID = 1L;

    public ClosedException(String message) {
        this(message, null);
    }

    public ClosedException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }

    @Override
    public boolean isRetryable() {
        return false;
    }
}
