/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.client.internal.group;

import org.jspecify.annotations.Nullable;

/**
 * The checkpoint that a reader has come to and that is not over: no event is emitted until then. What has to be acknowledged
 * is not emitted between a checkpoint and its being written, either: it would lie before the checkpoint, and before where
 * others go on in a segment that is given away then, though nobody has dealt with it. On the loop.
 */
final class Barrier {
    private final boolean isShown;
    private final boolean isAcknowledged;
    private final Acknowledged acknowledged;
    private @Nullable String checkpoint;
    private boolean emitted;

    /**
     * @param isShown whether checkpoints are emitted, for the subscriber to pass
     * @param isAcknowledged whether they wait until all that was emitted is acknowledged, if they are not shown
     */
    Barrier(boolean isShown, boolean isAcknowledged, Acknowledged acknowledged) {
        this.isShown = isShown;
        this.isAcknowledged = isAcknowledged;
        this.acknowledged = acknowledged;
    }

    /** A checkpoint is the next to be passed; true if that is passed now. Unless nobody has to do anything, it is not over. */
    boolean reach(String name) {
        if (!isShown && !isAcknowledged) {
            return true;
        }
        checkpoint = name;
        emitted = !isShown;
        return !isShown && acknowledged.isAll();
    }

    /** The checkpoint is over: passed and written, or not waited for any more. */
    void lift() {
        checkpoint = null;
    }

    /** Whether events have to wait. */
    boolean isDown() {
        return checkpoint != null;
    }

    /** The checkpoint that is to be emitted next, if one is. */
    @Nullable
    String next() {
        return emitted ? null : checkpoint;
    }

    void emitted() {
        emitted = true;
    }

    /** The checkpoint that is passed now that something was acknowledged, if one is. */
    @Nullable
    String passed() {
        return acknowledged.isAll() ? checkpoint : null;
    }
}
