/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.server.metrics;

import java.util.List;
import java.util.Locale;

/** Everything that is measured. Names are those of Prometheus: in base units, and those of counters end in _total. */
public enum Metric {
    NODE_READY(Type.GAUGE, "1 if the node is ready as /health/ready says, else 0"),
    LOOP_LAG_SECONDS(Type.GAUGE, "By how much an event loop was late, at worst in the last seconds", "loop"),

    PARTITION_SERVING(Type.GAUGE, "1 if the partition serves here, 0 while it recovers", "partition"),
    PARTITION_ATTEMPTS(Type.COUNTER, "How often the partition has been opened here", "partition"),
    PARTITION_RECOVERY_SECONDS(Type.GAUGE, "How long the last recovery of the partition took", "partition"),
    PARTITION_HELD_OUTPUTS(Type.GAUGE, "Replies and other outputs that wait until the log has a frame", "partition"),
    PARTITION_CACHE_BYTES(Type.GAUGE, "Memory for frames of the log, the newest and those read back", "partition"),

    LOG_APPEND_SECONDS(Type.HISTOGRAM, "Time from giving a frame to the log until it is durable", "partition"),
    LOG_APPENDED_BYTES(Type.COUNTER, "Bytes of frames that the log has taken", "partition"),
    LOG_PENDING_FRAMES(Type.GAUGE, "Frames on their way to the log", "partition"),
    LOG_PENDING_BYTES(Type.GAUGE, "Bytes of frames on their way to the log", "partition"),
    LOG_DISK_FREE_BYTES(Type.GAUGE, "Room on the disk of the log, where that is on this machine"),

    STORE_CONNECTIONS(Type.GAUGE, "Connections to the segment store"),
    STORE_CLOSED_BY_ERROR(Type.COUNTER, "Connections that the segment store has ended because of an error"),
    STORE_RECEIVED_BYTES(Type.COUNTER, "Bytes that connections to the segment store have received"),
    STORE_SENT_BYTES(Type.COUNTER, "Bytes that connections to the segment store have sent"),
    STORE_PAUSES(Type.COUNTER, "How often a connection was not read because of a bound"),
    STORE_APPENDS(Type.COUNTER, "Blocks of events that clients have sent"),
    STORE_EVENTS(Type.COUNTER, "Events that clients have sent"),
    STORE_APPENDED_BYTES(Type.COUNTER, "Bytes of events that clients have sent"),
    STORE_READS(Type.COUNTER, "Reads of segments that were answered"),
    STORE_READ_BYTES(Type.COUNTER, "Bytes of segments that clients were sent"),
    STORE_REFUSALS(Type.COUNTER, "Requests to the segment store that were refused, by reply", "reply"),

    CONTROLLER_CALLS(Type.COUNTER, "Calls to the controller"),
    CONTROLLER_FAILURES(Type.COUNTER, "Calls to the controller that failed, by status of gRPC", "status"),

    HTTP_RESPONSES(Type.COUNTER, "Answers over HTTP, by class of status", "class"),

    STORAGE_CALLS(Type.COUNTER, "Calls to long-term storage that have ended, by outcome", "operation", "outcome"),
    STORAGE_CALL_SECONDS(Type.HISTOGRAM, "Time of a call to long-term storage", "operation"),
    STORAGE_CACHE_HITS(Type.COUNTER, "Reads of what is in long-term storage that found it in memory", "partition"),
    STORAGE_CACHE_MISSES(Type.COUNTER, "Reads that had to wait for long-term storage", "partition"),
    STORAGE_WAITING_BYTES(Type.GAUGE, "Data in the log that waits for long-term storage", "partition"),
    STORAGE_WAITING_SECONDS(Type.GAUGE, "Age of the oldest of that data", "partition"),
    STORAGE_CHUNKS(Type.GAUGE, "Chunks in long-term storage", "partition"),
    STORAGE_FAILING(Type.GAUGE, "1 if long-term storage fails or is another one, else 0", "partition"),
    STORAGE_HOLDS_WRITERS(Type.GAUGE, "1 while writers wait because too much waits for long-term storage, else 0"),

    CLUSTER_NODES(Type.GAUGE, "Nodes that live, as this one sees it"),
    CLUSTER_UNREACHABLE_NODES(Type.GAUGE, "Nodes whose event bus this one cannot reach"),
    CLUSTER_CLOCK_AHEAD_SECONDS(Type.GAUGE, "How far the clock of this node is ahead of that of ZooKeeper"),
    BUS_SENT(Type.COUNTER, "Commands sent to other nodes", "kind"),
    BUS_DELAYED(Type.COUNTER, "How often a command waited for a partition on its way", "kind"),
    BUS_LOST(Type.COUNTER, "Commands to other nodes that were given up", "kind"),
    BUS_UNDER_WAY_BYTES(Type.GAUGE, "Commands to other nodes that are not answered", "kind");

    /** What may be asked of a metric. */
    public enum Type {
        /** Grows until the process ends. */
        COUNTER,
        GAUGE,
        /** Counts in buckets. */
        HISTOGRAM
    }

    private static final String PREFIX = "headrace_";

    private final Type type;
    private final String help;

    /** With spaces between. */
    private final String labels;

    Metric(Type type, String help, String... labels) {
        this.type = type;
        this.help = help;
        this.labels = String.join(" ", labels);
    }

    public Type type() {
        return type;
    }

    public String help() {
        return help;
    }

    public List<String> labels() {
        return labels.isEmpty() ? List.of() : List.of(labels.split(" ", -1));
    }

    /** Without what the format adds to names of counters. */
    String baseName() {
        return PREFIX + name().toLowerCase(Locale.ROOT);
    }

    /** As it is asked for. */
    String queryName() {
        return type == Type.COUNTER ? baseName() + "_total" : baseName();
    }
}
