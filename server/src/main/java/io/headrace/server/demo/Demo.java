/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.server.demo;

/** Runs the demonstration. */
public final class Demo {
    public static final String ABOUT =
            "Streams every change of the world's clocks since the 19th century into a server and back, and checks it.";

    private Demo() {}
}
