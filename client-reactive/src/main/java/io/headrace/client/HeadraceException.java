/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.client;

import org.jspecify.annotations.Nullable;

/**
 * Everything that a {@link HeadraceClient} signals as an error. The subclasses are all there are and will be; mistakes
 * that can be seen without asking anybody are plain {@link IllegalArgumentException}s.
 */
public abstract sealed class HeadraceException extends RuntimeException
        permits UnavailableException,
                OverloadedException,
                NotFoundException,
                SealedException,
                TruncatedException,
                ConflictException,
                OutOfSequenceException,
                RejectedException,
                ProtocolException,
                ClosedException {
    private static final long serialVersionUID = 1L;

    HeadraceException(String message, @Nullable Throwable cause) {
        // Without a stack trace: it would show an event loop and nothing of the caller.
        super(message, cause, false, false);
    }

    /** Whether the same call can succeed later without anybody changing anything else. */
    public abstract boolean isRetryable();
}
