/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.server;

import io.headrace.engine.partition.PartitionOptions;
import io.headrace.engine.segments.SegmentCommand;
import io.headrace.engine.segments.SegmentMemory;
import io.headrace.engine.streams.StreamCommand;
import io.headrace.server.settings.Settings;

/** Divides the memory for caches among the partitions of a server. */
final class PartitionMemory {
    private static final long MIB = 1L << 20;

    /** What the kernel needs at least: two slabs of frames, and two reads ahead. */
    private static final long MIN_TAIL_BYTES = 8 * MIB;

    private static final long MIN_READ_BYTES = 2 * MIB;

    /** A command without data, with what refers to it. */
    private static final long COMMAND_BYTES = 512;

    private PartitionMemory() {}

    /** Memory of all partitions for what was read from long-term storage: a sixth. */
    static long blocks(Settings settings) {
        return settings.get(Settings.CACHE_MIB) * MIB / 6;
    }

    private static long share(Settings settings, ClusterFile cluster) {
        return settings.get(Settings.CACHE_MIB) * MIB / (cluster.segmentsPartitions() + cluster.streamsPartitions());
    }

    /**
     * The bounds of each partition: two thirds of its share for the newest data, a sixth for data read back from the log. Of
     * the newest data's memory a little is each partition's own, and the rest is there for whoever is written to.
     *
     * @param soleOwner see {@link PartitionOptions#soleOwner}
     * @throws StartException if there is too little memory for so many partitions
     */
    static PartitionOptions options(Settings settings, ClusterFile cluster, boolean soleOwner) {
        int partitions = cluster.segmentsPartitions() + cluster.streamsPartitions();
        long share = share(settings, cluster);
        long tail = share / 3 * 2;
        long read = share / 6;
        if (tail < MIN_TAIL_BYTES || read < MIN_READ_BYTES) {
            throw new StartException(Settings.CACHE_MIB.name() + " is " + settings.get(Settings.CACHE_MIB)
                    + ", too little for the " + partitions + " partitions in " + settings.get(Settings.DATA)
                    + ": it must be at least " + partitions * MIN_TAIL_BYTES / 2 * 3 / MIB);
        }
        PartitionOptions usual = PartitionOptions.DEFAULT;
        return new PartitionOptions(
                usual.maxFramesInFlight(),
                MIN_TAIL_BYTES,
                PartitionOptions.moreTail(partitions * (tail - MIN_TAIL_BYTES), partitions),
                read,
                usual.checkpointBytes(),
                usual.checkpointFrames(),
                usual.checkpointRowBytes(),
                usual.checkpointMillis(),
                soleOwner);
    }

    /** Heap of each partition for its segments. */
    static SegmentMemory ofSegments(int partitions) {
        return SegmentMemory.share(Runtime.getRuntime().maxMemory(), partitions);
    }

    static long bytesOf(SegmentCommand command) {
        return command instanceof SegmentCommand.Append append
                ? COMMAND_BYTES + append.data().readableBytes()
                : COMMAND_BYTES;
    }

    static long bytesOf(StreamCommand command) {
        return COMMAND_BYTES;
    }
}
