/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */

/**
 * Chunks as files of HDFS. Everything runs on the storage's workers and may block; nothing is acknowledged that the data
 * nodes have not synced. The only package that knows Hadoop.
 */
@NullMarked
package io.headrace.tiering.hdfs;

import org.jspecify.annotations.NullMarked;
