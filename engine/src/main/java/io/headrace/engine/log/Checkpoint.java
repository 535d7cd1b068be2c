/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.engine.log;

/**
 * The state of a partition at one point of its log, stored outside the log.
 *
 * @param location where a {@link CheckpointStore} finds it; opaque
 * @param frame the last frame whose records it contains
 */
public record Checkpoint(String location, long frame) {}
