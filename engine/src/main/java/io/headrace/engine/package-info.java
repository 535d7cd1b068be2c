/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */

/**
 * The state machines of Headrace: deterministic, single-threaded and free of sockets, clocks and threads. What they
 * need from outside comes in through the ports {@link io.headrace.engine.partition.Loop}, {@link
 * io.headrace.engine.log.LogStore} and {@link io.headrace.engine.log.CheckpointStore}.
 */
@NullMarked
package io.headrace.engine;

import org.jspecify.annotations.NullMarked;
