/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */

/**
 * The registry of a cluster in ZooKeeper, and what is decided for good about a cluster. The registry has a thread of its own, to
 * which callbacks of the ZooKeeper client hop; what is called at a start or by a command blocks, on the main thread. Nothing
 * here decides who owns a partition: that is placement's to say and the log's to enforce.
 */
@NullMarked
package io.headrace.verticles.zookeeper;

import org.jspecify.annotations.NullMarked;
