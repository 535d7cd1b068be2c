/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.verticles.bookkeeper;

import io.headrace.engine.partition.Loop;
import java.util.Set;
import java.util.concurrent.Phaser;

/**
 * What one log needs of its store.
 *
 * @param open logs that the store watches for appends that take too long
 * @param ending has a party for each ledger that is being closed
 */
record LogContext(
        String partition,
        Loop loop,
        LogOptions options,
        DescriptorNodes nodes,
        Ledgers ledgers,
        Set<BookKeeperPartitionLog> open,
        Phaser ending) {

    BookKeeperPartitionLog register(BookKeeperPartitionLog log) {
        open.add(log);
        return log;
    }

    void unregister(BookKeeperPartitionLog log) {
        open.remove(log);
    }
}
