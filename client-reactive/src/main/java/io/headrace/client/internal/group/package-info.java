/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */

/**
 * Reader groups. What all members agree on is a {@link io.headrace.client.internal.group.GroupState}, which changes by
 * {@link io.headrace.client.internal.group.GroupRecord}s only: pure values, the same as the published client keeps. What a
 * member does about it, and when, is in {@link io.headrace.client.internal.group.GroupMember}, which sees and changes it
 * through its {@link io.headrace.client.internal.group.Membership} until that is over; what its subscriber sees is in {@link
 * io.headrace.client.internal.group.GroupReading}. All are on one loop, with its timers.
 */
@NullMarked
package io.headrace.client.internal.group;

import org.jspecify.annotations.NullMarked;
