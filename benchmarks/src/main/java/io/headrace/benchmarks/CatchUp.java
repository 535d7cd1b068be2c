/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.benchmarks;

import io.pravega.client.stream.EventRead;
import io.pravega.client.stream.EventStreamReader;
import io.pravega.client.stream.EventStreamWriter;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** How fast a reader of one segment comes from its first byte to its last, when all of it has been written before. */
final class CatchUp {
    private static final long BYTES = 4L << 30;

    /** Longest time without an event, in milliseconds, until a read is given up. */
    private static final long SILENCE_MILLIS = 60_000;

    private CatchUp() {}

    /** @param directory on the servers' disk */
    static void measure(Client client, Path directory, Results results) throws Exception {
        double file = Disk.sequentialRead(directory, BYTES);
        results.add(Metric.SEQUENTIAL_READ, file);
        double small = rate(client, 1_024);
        results.add(Metric.CATCH_UP_1_KB, small);
        results.add(Metric.CATCH_UP_1_KB_PART, small / file);
        double large = rate(client, 100 * 1_024);
        results.add(Metric.CATCH_UP_100_KB, large);
        results.add(Metric.CATCH_UP_100_KB_PART, large / file);
    }

    /** Megabytes of events that a reader gets in a second. */
    private static double rate(Client client, int eventBytes) throws Exception {
        String stream = "history-of-" + eventBytes;
        client.createStream(stream);
        long events = BYTES / eventBytes;
        try (EventStreamWriter<byte[]> writer = client.writer(stream)) {
            Window window = new Window(writer, eventBytes);
            for (long i = 0; i < events; i++) {
                window.write(TimeUnit.SECONDS.toNanos(Client.TIMEOUT_SECONDS));
            }
            window.finish();
        }
        try (EventStreamReader<byte[]> reader = client.reader(stream)) {
            long start = System.nanoTime();
            for (long left = events; left > 0; ) {
                EventRead<byte[]> read = reader.readNextEvent(SILENCE_MILLIS);
                if (read.getEvent() != null) {
                    left--;
                } else if (!read.isCheckpoint()) {
                    throw new IllegalStateException(left + " of " + events + " events were not read");
                }
            }
            return events * eventBytes / 1e6 / ((System.nanoTime() - start) / 1e9);
        }
    }
}
