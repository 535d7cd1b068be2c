/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */

/**
 * Chunks as files of a local file system or of NFS. Everything runs on the storage's workers and may block; nothing is
 * acknowledged that has not been synced, file and directory.
 */
@NullMarked
package io.headrace.tiering.file;

import org.jspecify.annotations.NullMarked;
