/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.server.cli;

/** Ends a command with a message for its user, which says what to do about it, and an exit code. */
public final class CommandException extends RuntimeException {
    private static final long serialVersionUID = 1L;
    private static final int FAILED = 1;
    private static final int BAD_USAGE = 2;

    private final int exitCode;

    private CommandException(int exitCode, String message) {
        super(message, null, false, false);
        this.exitCode = exitCode;
    }

    /** The server or the world does not allow it. */
    static CommandException failed(String message) {
        return new CommandException(FAILED, message);
    }

    /** What was asked for makes no sense. */
    static CommandException badUsage(String message) {
        return new CommandException(BAD_USAGE, message);
    }

    public int exitCode() {
        return exitCode;
    }
}
