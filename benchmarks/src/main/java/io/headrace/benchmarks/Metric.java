/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.benchmarks;

import java.util.Locale;

/** The numbers of one run, in the order of the page that shows them. */
enum Metric {
    FDATASYNC_P50("disk: fdatasync of 4 KiB, median", "ms", 2),
    FDATASYNC_P99("disk: fdatasync of 4 KiB, p99", "ms", 2),
    LONE_APPEND_P50("lone append of 1 KB, median", "ms", 2),
    LONE_APPEND_P99("lone append of 1 KB, p99", "ms", 2),
    WRITE_100_B("events of 100 B, median second", "events/s", 0),
    WRITE_100_B_WORST("events of 100 B, worst second", "events/s", 0),
    WRITE_100_B_CLIENT_CPU("events of 100 B: processor time of the client", "us/event", 2),
    WRITE_1_KB("events of 1 KB, median second", "events/s", 0),
    WRITE_1_KB_WORST("events of 1 KB, worst second", "events/s", 0),
    WRITE_1_KB_CLIENT_CPU("events of 1 KB: processor time of the client", "us/event", 2),
    WRITE_1_KB_CPU("events of 1 KB: processor time of the servers for 1 GB", "s", 1),
    WRITE_1_KB_DISK("events of 1 KB: bytes written to disk for each byte", "", 2),
    WRITE_MEMORY("memory of the servers after that", "MiB", 0),
    WRITE_10_KB("events of 10 KB, median second", "MB/s", 0),
    WRITE_100_KB("events of 100 KB, median second", "MB/s", 0),
    WRITE_1_MB("events of 1 MB, median second", "MB/s", 0),
    WRITE_SPREAD("events of 1 KB, 4 writers, 16 segments, median second", "events/s", 0),
    WRITE_SPREAD_WORST("events of 1 KB, 4 writers, 16 segments, worst second", "events/s", 0),
    PACED_1000_ACKNOWLEDGED_P50("1,000 events/s, until acknowledged, median", "ms", 2),
    PACED_1000_ACKNOWLEDGED_P99("1,000 events/s, until acknowledged, p99", "ms", 2),
    PACED_1000_READ_P50("1,000 events/s, until read, median", "ms", 2),
    PACED_1000_READ_P99("1,000 events/s, until read, p99", "ms", 2),
    PACED_1000_CPU("1,000 events/s, processor time of the client", "us/event", 2),
    PACED_10000_ACKNOWLEDGED_P50("10,000 events/s, until acknowledged, median", "ms", 2),
    PACED_10000_ACKNOWLEDGED_P99("10,000 events/s, until acknowledged, p99", "ms", 2),
    PACED_10000_READ_P50("10,000 events/s, until read, median", "ms", 2),
    PACED_10000_READ_P99("10,000 events/s, until read, p99", "ms", 2),
    PACED_10000_CPU("10,000 events/s, processor time of the client", "us/event", 2),
    PACED_50000_ACKNOWLEDGED_P50("50,000 events/s, until acknowledged, median", "ms", 2),
    PACED_50000_ACKNOWLEDGED_P99("50,000 events/s, until acknowledged, p99", "ms", 2),
    PACED_50000_READ_P50("50,000 events/s, until read, median", "ms", 2),
    PACED_50000_READ_P99("50,000 events/s, until read, p99", "ms", 2),
    PACED_50000_CPU("50,000 events/s, processor time of the client", "us/event", 2),
    SEQUENTIAL_READ("reading a file of 4 GiB that the system has in memory", "MB/s", 0),
    CATCH_UP_1_KB("catch-up of 4 GiB in events of 1 KB", "MB/s", 0),
    CATCH_UP_1_KB_PART("catch-up of 4 GiB in events of 1 KB, as part of reading the file", "", 3),
    CATCH_UP_100_KB("catch-up of 4 GiB in events of 100 KB", "MB/s", 0),
    CATCH_UP_100_KB_PART("catch-up of 4 GiB in events of 100 KB, as part of reading the file", "", 3),
    TRANSACTIONS_1("transactions, 1 thread", "1/s", 1),
    TRANSACTION_1_P50("begin to committed, 1 thread, median", "ms", 2),
    TRANSACTION_1_P99("begin to committed, 1 thread, p99", "ms", 2),
    TRANSACTIONS_8("transactions, 8 threads", "1/s", 1),
    TRANSACTION_8_P50("begin to committed, 8 threads, median", "ms", 2),
    TRANSACTION_8_P99("begin to committed, 8 threads, p99", "ms", 2),
    SCALE_SEGMENTS_P50("scale: until the controller names the new segments, median", "ms", 1),
    SCALE_SEGMENTS_MAX("scale: until the controller names the new segments, slowest", "ms", 1),
    SCALE_WRITER_P50("scale: until a running writer's events are in one of them, median", "ms", 1),
    SCALE_WRITER_MAX("scale: until a running writer's events are in one of them, slowest", "ms", 1),
    SCALE_STALL_MAX("scale: longest wait of an event for its acknowledgement", "ms", 1),
    STREAMS("streams in the scope", "", 0),
    STREAMS_CREATED("streams created, 16 at a time", "1/s", 0),
    LOOKUP_P50("current segments of one stream, median", "ms", 3),
    LOOKUP_P99("current segments of one stream, p99", "ms", 3),
    LOOKUPS("current segments, 16 questions at a time", "1/s", 0),
    PUT_P50("put of 100 B into a table, median", "ms", 3),
    PUT_P99("put of 100 B into a table, p99", "ms", 3),
    GET_P50("get of 100 B from a table, median", "ms", 3),
    GET_P99("get of 100 B from a table, p99", "ms", 3),
    PUTS("puts of 100 B, 100 at a time", "1/s", 0),
    GETS("gets of 100 B, 100 at a time", "1/s", 0);

    final String title;
    final String unit;
    private final int decimals;

    Metric(String title, String unit, int decimals) {
        this.title = title;
        this.unit = unit;
        this.decimals = decimals;
    }

    /** The value as the page shows it, without its unit. */
    String text(double value) {
        return String.format(Locale.ROOT, "%,." + decimals + "f", value);
    }
}
