/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */

/**
 * Table segments: ordered maps of keys to values with a version for each entry. Runs on the loop of the `segments`
 * partition that owns them; must never keep a buffer of a frame or of a command.
 *
 * <p>{@link io.headrace.engine.tables.Table} is the state of one table and the way to it: it executes {@link
 * io.headrace.engine.tables.TableCommand}s and applies {@link io.headrace.engine.tables.TableRecord}s. The entries
 * themselves are in {@link io.headrace.engine.state.KeyedState}. That a table is also a segment, which is created, sealed
 * and deleted like others, is known in {@code engine.segments} only.
 */
@NullMarked
package io.headrace.engine.tables;

import org.jspecify.annotations.NullMarked;
