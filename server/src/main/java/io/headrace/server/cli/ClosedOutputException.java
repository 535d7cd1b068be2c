/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.server.cli;

/** Whoever read the output has gone, as {@code head} does: the command ends without a word. */
final class ClosedOutputException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    ClosedOutputException() {
        super("standard output is closed", null, false, false);
    }
}
