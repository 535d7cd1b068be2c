/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.server.cli;

import java.io.InputStream;
import java.io.PrintStream;
import java.util.Map;

/**
 * What a command has of the world around it.
 *
 * @param out what was asked for, and nothing else
 * @param err errors and progress
 * @param environment its variables
 */
public record Console(InputStream in, PrintStream out, PrintStream err, Map<String, String> environment) {

    /** Notes something that is no answer. */
    void note(String line) {
        err.println(line);
    }

    /** @throws ClosedOutputException if nobody reads the answer any more */
    void checkOpen() {
        if (out.checkError()) {
            throw new ClosedOutputException();
        }
    }
}
