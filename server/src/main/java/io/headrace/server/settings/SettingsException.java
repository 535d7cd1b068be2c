/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.server.settings;

/** A setting is unknown or has a value that cannot be used. The message is for the person who set it. */
public final class SettingsException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** A complaint in one line that says what to set instead. */
    public SettingsException(String message) {
        super(message, null, false, false);
    }
}
