/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.benchmarks;

import java.io.IOException;

/** Turns what {@link ClientLoad} prints into a page. Arguments as for {@link Report}. */
public final class ClientReport {
    private static final String INTRODUCTION = """
            # The clients side by side

            One machine, one run of `benchmarks/clients`: the reactive client and the published one (0.13.0) by turns, each in a
            JVM of its own with a heap of 1 GiB, against one and the same Headrace server, one segment.

            Events of one size: as many as can be, 20 MB unacknowledged at most. Events a second: of 100 B, written at their
            times whatever becomes of those before, and read at once by the same program; times count from when an event was
            due, so that falling behind is not hidden. Processor time is that of the client's JVM, garbage collection included,
            its compiler not. Medians over the rounds; each round is below.

            """;

    private ClientReport() {}

    public static void main(String[] arguments) throws IOException {
        Report.write(INTRODUCTION, arguments);
    }
}
