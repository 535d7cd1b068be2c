/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.server;

/** The end of the process by a signal. */
final class Shutdown {
    private Shutdown() {}

    /** Has {@code close} called when the process is told to end. False, and closed, if that has happened already. */
    static boolean close(Runnable close) {
        try {
            Runtime.getRuntime().addShutdownHook(new Thread(close, "shutdown"));
            return true;
        } catch (IllegalStateException ending) {
            close.run();
            return false;
        }
    }
}
