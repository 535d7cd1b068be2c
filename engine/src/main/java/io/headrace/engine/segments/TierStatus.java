/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.engine.segments;

/**
 * How a partition stands with its long-term storage.
 *
 * @param waitingBytes of data that is in the log only
 * @param countedBytes the same with 256 bytes for each piece of it, so that a bound on it is one on the pieces, too
 * @param waitingMillis age of the oldest of it that is due or will be, as far as this owner knows
 * @param chunks that the partition has, those to be deleted included
 * @param hits reads of what is in chunks that this owner found in memory
 * @param misses those that had to wait for the storage
 * @param problem what keeps data from being moved, for people; empty if nothing does
 */
public record TierStatus(
        State state,
        long waitingBytes,
        long countedBytes,
        long waitingMillis,
        int chunks,
        long hits,
        long misses,
        String problem) {

    /** Where it stands. */
    public enum State {
        /** The storage has not answered yet. */
        STARTING,
        /** Data is moved as it should be. */
        RUNNING,
        /** The storage fails; it is tried again and again. */
        FAILING,
        /** This is not the storage that the chunks are in: nothing is read or written until the next start. */
        WRONG_STORAGE,
        /** There is none: data stays in the log. */
        NONE
    }

    public static final TierStatus NEW = new TierStatus(State.STARTING, 0, 0, 0, 0, 0, 0, "");
}
