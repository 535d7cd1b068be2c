/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.verticles.host;

/**
 * How a process treats its partitions.
 *
 * @param tickMillis time between two ticks of a partition
 * @param firstBackOffMillis wait before a failed partition is opened again; doubles with each failure in a row
 * @param maxBackOffMillis the longest such wait
 * @param waitingCommands how many commands may wait for a partition that is recovering
 * @param waitingBytes how many bytes these may hold together
 */
public record HostOptions(
        long tickMillis, long firstBackOffMillis, long maxBackOffMillis, int waitingCommands, long waitingBytes) {

    public static final HostOptions DEFAULT = new HostOptions(100, 50, 10_000, 10_000, 32L << 20);

    public HostOptions {
        if (tickMillis < 1 || firstBackOffMillis < 1 || maxBackOffMillis < firstBackOffMillis) {
            throw new IllegalArgumentException("times must be at least 1 ms and the longest wait the longest");
        }
        if (waitingCommands < 1 || waitingBytes < 1) {
            throw new IllegalArgumentException("at least one command must be allowed to wait");
        }
    }
}
