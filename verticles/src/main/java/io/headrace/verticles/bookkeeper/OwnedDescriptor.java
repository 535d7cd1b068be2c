/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.verticles.bookkeeper;

import io.headrace.engine.log.Callback;
import io.headrace.engine.log.Done;
import io.headrace.engine.log.LogException;
import io.headrace.engine.partition.Loop;
import java.util.ArrayDeque;
import java.util.UUID;
import java.util.function.UnaryOperator;

/**
 * The descriptor of a log as its owner changes it, one change after the other. An epoch belongs to one owner only, so
 * whoever finds another epoch in the node has been replaced, and whoever finds its own may go on from what it finds.
 * Confined to the owner's loop.
 */
final class OwnedDescriptor {
    private final DescriptorNodes nodes;
    private final String partition;
    private final Loop loop;
    private final long epoch;
    private final ArrayDeque<Change> waiting = new ArrayDeque<>();

    private DescriptorNodes.Stored stored;
    private boolean busy;

    private record Change(UnaryOperator<LogDescriptor> edit, Callback<Done> callback) {}

    /** @param stored what the node holds, written by this owner */
    OwnedDescriptor(DescriptorNodes nodes, String partition, Loop loop, DescriptorNodes.Stored stored) {
        this.nodes = nodes;
        this.partition = partition;
        this.loop = loop;
        this.stored = stored;
        this.epoch = stored.descriptor().epoch();
    }

    /** The newest descriptor that is known to be stored. */
    LogDescriptor current() {
        return stored.descriptor();
    }

    /**
     * Applies an edit durably, after those asked for before.
     *
     * @param edit called when its turn comes, perhaps more than once
     * @param callback fails with FENCED if another owner has taken over, with UNAVAILABLE if the outcome is unknown
     */
    void change(UnaryOperator<LogDescriptor> edit, Callback<Done> callback) {
        assert loop.inLoop();
        waiting.add(new Change(edit, callback));
        next();
    }

    private void next() {
        Change change = busy ? null : waiting.peek();
        if (change == null) {
            return;
        }
        busy = true;
        LogDescriptor edited = change.edit().apply(stored.descriptor()).withAttempt(UUID.randomUUID());
        nodes.write(
                partition,
                stored.version(),
                edited,
                Callback.of(
                        outcome -> loop.execute(() -> written(outcome)), cause -> loop.execute(() -> failed(cause))));
    }

    private void written(DescriptorNodes.Outcome outcome) {
        if (outcome.stored().descriptor().epoch() != epoch) {
            failed(new LogException(
                    LogException.Kind.FENCED,
                    "log " + partition + " was taken over from epoch " + epoch + " by epoch "
                            + outcome.stored().descriptor().epoch()));
            return;
        }
        // If it was not applied, an earlier write of ours, given up as doubtful, came in late: redo the edit on top.
        stored = outcome.stored();
        busy = false;
        if (outcome.applied()) {
            Change change = waiting.remove();
            change.callback().done(Done.DONE);
        }
        next();
    }

    private void failed(Throwable cause) {
        busy = false;
        Change change = waiting.remove();
        change.callback().failed(cause);
        next();
    }
}
