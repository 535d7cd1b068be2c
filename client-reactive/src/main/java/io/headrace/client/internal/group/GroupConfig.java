/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.client.internal.group;

import io.headrace.client.ReaderGroupConfiguration;
import java.util.UUID;

/**
 * The settings of a group as the controller has them.
 *
 * @param id of this incarnation of the group
 * @param generation 0 at first, one more with each change; -1 if the controller never knew the group
 */
public record GroupConfig(ReaderGroupConfiguration settings, UUID id, long generation) {}
