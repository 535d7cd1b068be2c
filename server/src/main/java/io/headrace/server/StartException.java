/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.server;

import io.headrace.engine.log.LogException;
import io.headrace.verticles.embedded.EnsembleException;
import io.headrace.verticles.zookeeper.ClusterException;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** The server cannot start. The message is one line for the person who started it, and says what to do. */
public final class StartException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    StartException(String message) {
        this(message, null);
    }

    /** @param cause shown in the log at debug level */
    StartException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }

    /** What a failed part of the start says, if that is meant for people; else what failed. */
    static StartException of(Exception e) {
        if (e instanceof StartException known) {
            return known;
        }
        if (e instanceof EnsembleException || e instanceof LogException || e instanceof ClusterException) {
            return new StartException(String.valueOf(e.getMessage()), e);
        }
        if (isFull(e)) {
            return new StartException(
                    "the disk of the data directory is full (" + e.getMessage()
                            + "): free some space, or choose another directory with --data",
                    e);
        }
        return new StartException("the server cannot start: " + e, e);
    }

    /** Whether a write failed for lack of space. */
    static boolean isFull(Exception e) {
        return e instanceof IOException && String.valueOf(e.getMessage()).contains("No space left on device");
    }
}
