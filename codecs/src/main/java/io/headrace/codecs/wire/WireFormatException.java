/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.codecs.wire;

/** A peer sent what the protocol does not allow. The connection has to be closed; the message says why. */
public final class WireFormatException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** Made without a stack trace: a hostile peer can cause as many as it likes, and the message tells all. */
    public WireFormatException(String message) {
        super(message, null, false, false);
    }
}
