/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.server;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What happens when code of ours or of a library fails in a way nobody expected: the process ends at once. Everything
 * that was acknowledged is durable, so a restart is safe; going on with a broken invariant is not.
 */
final class FatalErrors {
    private static final Logger LOG = LoggerFactory.getLogger(FatalErrors.class);

    /** Exit code of a process that ended itself; as sysexits.h has it: internal software error. */
    static final int EXIT_CODE = 70;

    private FatalErrors() {}

    static void endTheProcess() {
        Thread.setDefaultUncaughtExceptionHandler((thread, cause) -> handle("thread " + thread.getName(), cause));
    }

    /** An {@link Error} is fatal; an exception that nobody caught is logged with its trace. */
    static void handle(String where, Throwable cause) {
        if (cause instanceof Error) {
            try {
                LOG.error("fatal error in {}: the process ends", where, cause);
            } finally {
                Runtime.getRuntime().halt(EXIT_CODE);
            }
        }
        LOG.error("unexpected failure in {}", where, cause);
    }

    /** Ends the process because of something that only a restart can mend. */
    static void endNow(String reason) {
        try {
            LOG.error("{}: the process ends, a restart recovers all that was acknowledged", reason);
        } finally {
            Runtime.getRuntime().halt(EXIT_CODE);
        }
    }
}
