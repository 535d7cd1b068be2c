/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.server.cli;

import io.headrace.client.StreamName;
import java.time.Duration;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options of all benchmarks. */
final class BenchOptions {
    private static final long WINDOW_BYTES = 1 << 20;
    private static final int MIN_WINDOW = 16;
    private static final int MAX_WINDOW = 2_000;
    private static final int MIN_SIZE = Long.BYTES;

    @Option(
            names = "--stream",
            paramLabel = "SCOPE/STREAM",
            description = "A stream that is there; it keeps what is written. Without it one is made and thrown away.")
    @Nullable
    StreamName stream;

    @Option(names = "--segments", paramLabel = "N", description = "Segments of the stream that is made. Default: 4.")
    int segments = 4;

    @Option(names = "--size", paramLabel = "SIZE", description = "Of an event. Default: 100.")
    String size = "100";

    @Option(
            names = "--rate",
            paramLabel = "N",
            description = "Events per second; 0 is as many as go. Default: 0, and 1000 for end-to-end.")
    @Nullable
    Integer rate;

    @Option(names = "--seconds", paramLabel = "N", description = "How long. Default: 10.")
    int seconds = 10;

    int eventBytes() {
        long bytes = Units.bytes(size);
        if (bytes < MIN_SIZE || bytes > Lines.MAX_BYTES) {
            throw CommandException.badUsage("--size must be " + MIN_SIZE + " to " + Lines.MAX_BYTES + " bytes");
        }
        return (int) bytes;
    }

    int rate(int byDefault) {
        int chosen = rate == null ? byDefault : rate;
        if (chosen < 0) {
            throw CommandException.badUsage("--rate must not be below 0");
        }
        return chosen;
    }

    Duration duration() {
        if (seconds < 1) {
            throw CommandException.badUsage("--seconds must be above 0");
        }
        return Duration.ofSeconds(seconds);
    }

    /** How many events may be under way. */
    int window() {
        return (int) Math.max(MIN_WINDOW, Math.min(MAX_WINDOW, WINDOW_BYTES / eventBytes()));
    }

    /** What nothing can compress. */
    byte[] payload() {
        byte[] payload = new byte[eventBytes()];
        new SplittableRandom(1).nextBytes(payload);
        return payload;
    }
}
