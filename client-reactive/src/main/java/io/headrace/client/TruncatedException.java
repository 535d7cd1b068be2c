/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.client;

/** The data was there once, and has been deleted since. */
public final class TruncatedException extends HeadraceException {
    private static final long serialVersionUID = 1L;

    private final long startOffset;

    public TruncatedException(String message, long startOffset) {
        super(message, null);
        this.startOffset = startOffset;
    }

    /** The first offset of the segment that is left, in bytes; -1 if nothing of it is left. */
    public long startOffset() {
        return startOffset;
    }

    @Override
    public boolean isRetryable() {
        return false;
    }
}
