/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.engine.log;

/**
 * A log or checkpoint operation failed. Whatever the kind, the partition that sees it on an append is discarded and
 * recovered from the log; {@link Kind#FENCED} says that another owner has taken over, so that this process must not try
 * again by itself.
 */
public final class LogException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public enum Kind {
        /** A newer epoch owns the log. */
        FENCED,
        /** Storage could not be reached or did not answer in time: the outcome is unknown. */
        UNAVAILABLE,
        /** Bytes were read that are not what was written. Never taken for "absent". */
        CORRUPT
    }

    private final Kind kind;

    public LogException(Kind kind, String message) {
        super(message);
        this.kind = kind;
    }

    public LogException(Kind kind, String message, Throwable cause) {
        super(message, cause);
        this.kind = kind;
    }

    public Kind kind() {
        return kind;
    }
}
