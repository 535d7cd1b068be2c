/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.client.internal.group;

import io.headrace.client.Position.Place;
import io.headrace.client.internal.Errors;
import io.headrace.client.internal.Resources;
import io.headrace.client.internal.control.GroupCalls;
import io.headrace.client.internal.group.GroupRecord.Successor;
import io.headrace.client.internal.loop.Loop;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * A reader as a member of its group: looks at the state of the group from time to time and does one thing after another
 * about it. The order is that of {@link #react}: a checkpoint goes first, and until the reader has passed it nothing else
 * is done, so that no segment changes hands in between. On its loop.
 */
final class GroupMember {
    private static final Duration MIN_PAUSE = Duration.ofMillis(50);
    private static final long COMPACT_BYTES = 512 << 10;
    private static final int COMPACT_ONE_IN = 20;

    /** Who reads the segments. */
    interface Reader {
        /** Begins to read a segment; at its end, if the place says so. */
        void open(String segment, Place place, long endOffset);

        /** Emits nothing of a segment any more; returns how far it has come. */
        long close(String segment);

        /** How far it has come in all segments that were opened and not closed: emitted, or passed with a checkpoint. */
        SortedMap<String, Place> places();

        /** Where others go on if it leaves. */
        Map<String, Long> leavingOffsets();

        /** Whether anything was ever emitted. */
        boolean hasRead();

        /** Shows a checkpoint; true if that is passed now, false if {@link #passed} will be called. */
        boolean reach(String checkpoint);

        /** A checkpoint that it was shown is over: passed and noted, or not waited for any more. */
        void forget(String checkpoint);

        void onEndOfData();

        void onFailed(Throwable cause);
    }

    private final Resources resources;
    private final String id;
    private final Reader reader;
    private final Membership membership;
    private final MemberShare share;
    private final MemberCheckpoints checkpoints;

    private boolean joined;
    private boolean ended;
    private boolean busy;
    private boolean kicked;
    private Loop.@Nullable Timer timer;

    GroupMember(Resources resources, String scope, String group, String id, Reader reader) {
        this.resources = resources;
        this.id = id;
        this.reader = reader;
        this.membership = new Membership(resources, scope, group, id);
        this.share = new MemberShare(id, reader, membership);
        GroupCalls calls = new GroupCalls(resources.controller());
        this.checkpoints = new MemberCheckpoints(
                id, reader, (config, cut) -> calls.release(scope, group, config, cut), membership, share);
    }

    void join() {
        busy = true;
        membership
                .join()
                .onComplete(
                        state -> {
                            joined = true;
                            busy = false;
                            share.acquireSoon();
                            checkpoints.restartTimer(state);
                            if (!ended) {
                                step();
                            }
                        },
                        this::fail);
    }

    /** Ends the membership, so that others take over what the reader had. */
    Future<Void> leave() {
        ended = true;
        if (timer != null) {
            timer.cancel();
        }
        return membership.leave(reader::leavingOffsets);
    }

    /** The subscriber has passed what it was shown. */
    void passed(String checkpoint) {
        if (checkpoints.passed(checkpoint)) {
            kick();
        }
    }

    /** A segment was read to its end. What follows it is written to the state when a checkpoint is passed. */
    void onFinished(String segment) {
        checkpoints.atEnd(segment);
        Future<Map<String, Successor>> asked = membership.current().ends().containsKey(segment)
                ? Future.succeededFuture(Map.of())
                : Successors.of(resources, segment);
        asked.onComplete(
                successors -> {
                    checkpoints.finished(segment, successors);
                    kick();
                },
                this::fail);
    }

    /** Looks at the state now, or again when what is under way is done. */
    private void kick() {
        kicked = true;
        if (!busy && joined && !ended) {
            step();
        }
    }

    private void step() {
        if (timer != null) {
            timer.cancel();
        }
        busy = true;
        kicked = false;
        membership.fetch().compose(this::react).onComplete(this::pause, this::fail);
    }

    private void pause(boolean again) {
        busy = false;
        if (ended) {
            return;
        }
        if (again || kicked) {
            resources.loop().execute(() -> {
                if (!busy && !ended) {
                    step();
                }
            });
            return;
        }
        timer = resources.loop().after(untilNext(), this::step);
    }

    private Duration untilNext() {
        GroupState state = membership.current();
        long next = now() + state.config().settings().refreshInterval().toNanos();
        if (!checkpoints.isShown()) {
            next = checkpoints.nextNanos(Math.min(next, share.nextNanos(state)));
        }
        Duration left = Duration.ofNanos(next - now());
        return left.compareTo(MIN_PAUSE) < 0 ? MIN_PAUSE : left;
    }

    /** Does the next thing that is to be done; the result says whether there may be more. */
    private Future<Boolean> react(GroupState state) {
        if (ended) {
            return Future.succeededFuture(false);
        }
        if (!membership.isHeld(state)
                || !state.segmentsOf(id).keySet().equals(reader.places().keySet())) {
            return Future.failedFuture(membership.ended());
        }
        Optional<String> checkpoint = state.checkpoints().nextFor(id);
        checkpoints.forgetUnless(checkpoint);
        if (checkpoint.isPresent()) {
            return checkpoints.reach(checkpoint.get());
        }
        if (state.isAtEnd()) {
            reader.onEndOfData();
            return Future.succeededFuture(false);
        }
        if (share.mayAcquire(state)) {
            return share.acquire();
        }
        if (checkpoints.mayCreate()) {
            return checkpoints.create();
        }
        if (share.mayReport()) {
            return share.report(state);
        }
        return compact();
    }

    private Future<Boolean> compact() {
        return membership.bytesSinceCompaction() > COMPACT_BYTES
                        && ThreadLocalRandom.current().nextInt(COMPACT_ONE_IN) == 0
                ? membership.compact().map(false)
                : Future.succeededFuture(false);
    }

    private static long now() {
        return System.nanoTime();
    }

    private void fail(Throwable cause) {
        if (!ended) {
            reader.onFailed(Errors.of(cause));
        }
    }
}
