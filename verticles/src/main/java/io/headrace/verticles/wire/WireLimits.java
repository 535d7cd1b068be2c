/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.verticles.wire;

/**
 * What peers may hold of a node, and for how long, with commands that they do not complete.
 *
 * @param unfinishedBytes over all connections; with more, connections with an incomplete command are not read from
 * @param firstFrameMillis after which a connection is closed on which nothing has been said
 * @param frameMillis after which a connection is closed that has not completed a command
 * @param crowdedMillis the same while {@code unfinishedBytes} are reached
 */
public record WireLimits(long unfinishedBytes, long firstFrameMillis, long frameMillis, long crowdedMillis) {

    /** 128 MiB; the largest command may arrive at 140 KB a second. */
    public static final WireLimits DEFAULT = new WireLimits(128 << 20, 30_000, 120_000, 5_000);

    public WireLimits {
        if (unfinishedBytes < 1 || firstFrameMillis < 1 || frameMillis < 1 || crowdedMillis < 1) {
            throw new IllegalArgumentException("limits must be positive");
        }
    }
}
