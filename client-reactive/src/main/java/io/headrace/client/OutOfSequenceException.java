/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.client;

/** An event of a numbered writer has another number than the next one. Nothing was changed. */
public final class OutOfSequenceException extends HeadraceException {
    private static final long serialVersionUID = 1L;

    private final long last;

    public OutOfSequenceException(String message, long last) {
        super(message, null);
        this.last = last;
    }

    /** The last number that was taken; the next one is one above. */
    public long last() {
        return last;
    }

    @Override
    public boolean isRetryable() {
        return false;
    }
}
