/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */

/**
 * Calls from partition to partition: how one that comes late, twice, or from an owner of old is told from one that is to
 * have its effect. Runs on the loops of both partitions; knows nothing of what is called, and keeps no time.
 */
@NullMarked
package io.headrace.engine.calls;

import org.jspecify.annotations.NullMarked;
