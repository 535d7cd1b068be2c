/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.tiering;

import org.jspecify.annotations.Nullable;

/** A storage operation failed. The message says what happened and what to do about it. */
public final class StorageException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public enum Kind {
        /** The storage says for certain that there is no such chunk. */
        NOT_FOUND,
        /** There is a chunk of that name already, and this operation has not made it. */
        ALREADY_EXISTS,
        /** A write does not begin where the chunk ends, or a read goes beyond its end. */
        INVALID_OFFSET,
        /**
         * The storage could not be reached or did not answer in time. The outcome is unknown: what was to be changed may
         * have been changed, or may still be. Never taken for "absent".
         */
        UNAVAILABLE,
        /** The storage has no room left, or a quota is used up. What was to be written may be there in part. */
        FULL,
        /** The storage returned, or says that it has, other bytes than were written. Never taken for "absent". */
        CORRUPT,
        /** The request cannot be served as it is: a fault of the caller or of the configuration. Nothing was changed. */
        BAD_REQUEST
    }

    private final Kind kind;

    public StorageException(Kind kind, String message) {
        this(kind, message, null);
    }

    public StorageException(Kind kind, String message, @Nullable Throwable cause) {
        // Without a stack trace: it would show a worker's loop, and failures can come in floods.
        super(message, cause, false, false);
        this.kind = kind;
    }

    public Kind kind() {
        return kind;
    }
}
