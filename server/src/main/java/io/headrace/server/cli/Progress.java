/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.server.cli;

import java.util.Locale;

/** A line on the terminal that is drawn anew while something is under way. */
final class Progress {
    /** The launcher sets it if standard error is a terminal. */
    static final String VARIABLE = "HEADRACE_PROGRESS";

    private static final int WIDTH = 20;
    private static final String CLEAR = "\r\033[K";

    private final Console console;
    private final double seconds;
    private final boolean shown;

    /**
     * A line that has not been drawn yet.
     *
     * @param seconds how long it will take; 0 if that is not known
     * @param shown false if nobody looks
     */
    Progress(Console console, double seconds, boolean shown) {
        this.console = console;
        this.seconds = seconds;
        this.shown = shown;
    }

    void show(double elapsed, double events, double bytes, double p99Millis) {
        if (shown) {
            String latency = p99Millis > 0 ? String.format(Locale.ROOT, "  p99 %.1f ms", p99Millis) : "";
            console.err()
                    .print(CLEAR + bar(elapsed) + Units.count(events) + " events/s  " + Units.bytes(bytes) + "/s"
                            + latency);
            console.err().flush();
        }
    }

    private String bar(double elapsed) {
        if (seconds <= 0) {
            return String.format(Locale.ROOT, "%3.0f s  ", elapsed);
        }
        int full = (int) Math.min(WIDTH, Math.round(WIDTH * elapsed / seconds));
        return String.format(
                Locale.ROOT,
                "%3.0f/%.0f s  %s%s  ",
                Math.min(elapsed, seconds),
                seconds,
                "█".repeat(full),
                "░".repeat(WIDTH - full));
    }

    void end() {
        if (shown) {
            console.err().print(CLEAR);
            console.err().flush();
        }
    }
}
