/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.testkit.sim;

import io.headrace.engine.log.Checkpoint;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What really is in one partition's log, whoever owns it: the entries on the storage nodes and the descriptor in the
 * metadata store.
 */
final class LogState {
    /** Epoch in the descriptor: raised by each opening, before it fences. */
    long epoch;

    /** The only epoch whose appends are accepted; 0 while a takeover is under way. */
    long writer;

    /** Oldest frame that can be read. */
    long first = 1;

    /** Newest first. */
    List<Checkpoint> checkpoints = List.of();

    /**
     * Entries that are stored, by frame. There may be gaps while appends arrive out of order. Those before {@link #first}
     * are gone for owners and kept for checkers.
     */
    final TreeMap<Long, byte[]> stored = new TreeMap<>();

    /** Appends of the writer that have not arrived at storage yet, or failed on the way. */
    final TreeMap<Long, byte[]> inFlight = new TreeMap<>();

    /** Newest frame that survives whatever happens now: it and all before it are stored. */
    long durable;

    void store(long frame, byte[] bytes) {
        inFlight.remove(frame);
        stored.put(frame, bytes);
        while (stored.containsKey(durable + 1)) {
            durable++;
        }
    }

    /** Fences the writer: decides what becomes of its appends in flight, and cuts the log at the first gap. */
    void fence(Simulation simulation, double survival) {
        writer = 0;
        for (Map.Entry<Long, byte[]> entry : inFlight.entrySet()) {
            if (simulation.chance(survival)) {
                stored.put(entry.getKey(), entry.getValue());
            }
        }
        inFlight.clear();
        while (stored.containsKey(durable + 1)) {
            durable++;
        }
        stored.tailMap(durable, false).clear();
    }

    /** Frees some of the frames below {@code frame}: storage units need not end there. */
    void truncate(long frame, Simulation simulation) {
        first = Math.max(first, frame - simulation.random().nextInt(4));
    }
}
