/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.client;

import org.jspecify.annotations.Nullable;

/** The server does not do this: it is not allowed, or makes no sense to it. Nothing was changed. */
public final class RejectedException extends HeadraceException {
    private static final long serialVersionUID = 1L;

    public RejectedException(String message) {
        this(message, null);
    }

    public RejectedException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }

    @Override
    public boolean isRetryable() {
        return false;
    }
}
