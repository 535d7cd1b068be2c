/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.client;

import org.jspecify.annotations.Nullable;

/** The client itself refused: as much as it is allowed to hold is under way. Nothing was sent. */
public final class OverloadedException extends HeadraceException {
    private static final long serialVersionUID = 1L;

    public OverloadedException(String message) {
        this(message, null);
    }

    public OverloadedException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }

    @Override
    public boolean isRetryable() {
        return true;
    }
}
