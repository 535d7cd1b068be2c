/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.client;

import org.jspecify.annotations.Nullable;

/** The stream is sealed and takes no more data. */
public final class SealedException extends HeadraceException {
    private static final long serialVersionUID = 1L;

    public SealedException(String message) {
        this(message, null);
    }

    public SealedException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }

    @Override
    public boolean isRetryable() {
        return false;
    }
}
