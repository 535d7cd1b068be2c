/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.engine.state;

import io.headrace.engine.log.Callback;
import io.headrace.engine.log.Done;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What lies under the {@link Layer}s of a {@link LayeredState}: rows that need not be in memory. Reads give what is in
 * memory or say that it is not; {@link #load} fetches what is not. All methods are called on the partition's loop and
 * never block; arrays that are given out belong to the base: nobody writes to them.
 *
 * <p>A base changes only by layers that are written into it. While one is, its rows may be seen before and after; the
 * layer itself hides that.
 */
public interface StateBase {

    /**
     * The beginning of a value.
     *
     * @param length how many of its bytes are wanted at most
     * @return null if the key is absent
     * @throws NotInMemory if that cannot be told without waiting
     */
    byte @Nullable [] head(long map, byte[] key, int length);

    /** Walks up a map from the first key that is not below {@code from}; a step may end in {@link NotInMemory}. */
    ByteScan scan(long map, byte[] from);

    /**
     * What one command needs.
     *
     * @param into receives what is found
     */
    record Request(List<RowRead> reads, LoadedRows into) {}

    /**
     * Fetches what is asked for, in that order and at least one read of it, until there is more than {@link
     * LoadedRows#MAX_LOAD_BYTES} altogether.
     */
    void load(List<Request> requests, Callback<Done> loaded);

    /** Fetches what one command needs. */
    default void load(List<RowRead> reads, LoadedRows into, Callback<LoadedRows> loaded) {
        load(List.of(new Request(reads, into)), Callback.of(done -> loaded.done(into), loaded::failed));
    }

    /** Nothing under the layers. */
    StateBase EMPTY = new StateBase() {
        @Override
        public byte @Nullable [] head(long map, byte[] key, int length) {
            return null;
        }

        @Override
        public ByteScan scan(long map, byte[] from) {
            return ByteScan.EMPTY;
        }

        @Override
        public void load(List<Request> requests, Callback<Done> loaded) {
            throw new IllegalStateException("nothing is missing of an empty base");
        }
    };
}
