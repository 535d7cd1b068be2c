/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.engine.log;

/**
 * A snapshot of a partition's state that is stored outside its log.
 *
 * @param location where a {@link CheckpointStore} finds it; opaque
 * @param frame the last frame whose records the snapshot contains
 */
public record Checkpoint(String location, long frame) {}
