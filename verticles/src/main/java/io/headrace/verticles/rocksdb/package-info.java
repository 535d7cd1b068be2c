/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */

/**
 * Rows of partitions in RocksDB, one database per partition, and checkpoints of them as chunks in long-term storage. The
 * only package that knows RocksDB. Calls come from the partitions' loops, which read what is in memory and nothing else;
 * all that can block runs on workers of its own. A database is a cache on this machine's disk: its own log is off, and it
 * is put together anew from a checkpoint by each owner. Nothing here may be trusted that a checkpoint's manifest does not
 * vouch for.
 */
@NullMarked
package io.headrace.verticles.rocksdb;

import org.jspecify.annotations.NullMarked;
