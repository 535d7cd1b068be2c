/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.client.internal.group;

import io.headrace.client.ClosedException;
import io.headrace.client.ConflictException;
import io.headrace.client.NotFoundException;
import io.headrace.client.Position.Place;
import io.headrace.client.ReaderGroupConfiguration;
import io.headrace.client.ReaderGroupConfiguration.Retention;
import io.headrace.client.internal.Errors;
import io.headrace.client.internal.Resources;
import io.headrace.client.internal.control.GroupCalls;
import io.headrace.client.internal.group.GroupRecord.AcquireSegment;
import io.headrace.client.internal.group.GroupRecord.AddReader;
import io.headrace.client.internal.group.GroupRecord.ClearCheckpointsBefore;
import io.headrace.client.internal.group.GroupRecord.CompleteSegment;
import io.headrace.client.internal.group.GroupRecord.CreateCheckpoint;
import io.headrace.client.internal.group.GroupRecord.PassCheckpoint;
import io.headrace.client.internal.group.GroupRecord.ReleaseSegment;
import io.headrace.client.internal.group.GroupRecord.RemoveReader;
import io.headrace.client.internal.group.GroupRecord.SetPublished;
import io.headrace.client.internal.group.GroupRecord.Successor;
import io.headrace.client.internal.group.GroupRecord.UpdateDistance;
import io.headrace.client.internal.loop.Loop;
import io.headrace.client.internal.revision.SharedState;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
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

    /** More checkpoints than these are not remembered: who has asked for one has had time to see what came of it. */
    private static final int MAX_REMEMBERED = 10;

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
    private final String scope;
    private final String group;
    private final String id;
    private final Reader reader;
    private final GroupCalls calls;
    private final SharedState<GroupState, GroupRecord> shared;

    /** Segments that were read to their end, with what follows them. */
    private final Map<String, Map<String, Successor>> finished = new HashMap<>();

    private boolean joined;
    private boolean ended;
    private boolean busy;
    private boolean kicked;
    private Loop.@Nullable Timer timer;

    private long acquireAt;
    private long releaseAt;
    private long reportAt;
    private long checkpointAt;
    private SortedMap<String, Place> reported = new TreeMap<>();

    /** Shown to the subscriber, who has not passed it; null if there is none. */
    private @Nullable String shown;

    /** Passed by the subscriber, and not yet written. */
    private @Nullable String passed;

    GroupMember(Resources resources, String scope, String group, String id, Reader reader) {
        this.resources = resources;
        this.scope = scope;
        this.group = group;
        this.id = id;
        this.reader = reader;
        this.calls = new GroupCalls(resources.controller());
        this.shared = GroupModel.share(resources, scope, group);
    }

    void join() {
        busy = true;
        shared.update(state -> {
                    if (state.isOnline(id)) {
                        throw new ConflictException("the group " + scope + '/' + group + " has a reader " + id
                                + ", which is to be declared offline first if it is gone");
                    }
                    return List.of(new AddReader(id));
                })
                .recover(cause -> Future.failedFuture(
                        cause instanceof NotFoundException
                                ? new NotFoundException("there is no reader group " + scope + '/' + group, cause)
                                : cause))
                .onComplete(
                        state -> {
                            joined = true;
                            busy = false;
                            acquireAt = now();
                            restartCheckpointTimer(state);
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
        // Behind whatever is under way, which may be the joining.
        return shared.update(state -> state.isOnline(id) && joined
                        ? List.of(new RemoveReader(id, reader.leavingOffsets()))
                        : List.<GroupRecord>of())
                .eventually(() -> {
                    shared.end();
                    return Future.succeededFuture();
                })
                .mapEmpty();
    }

    /** The subscriber has passed what it was shown. */
    void passed(String checkpoint) {
        if (checkpoint.equals(shown)) {
            passed = checkpoint;
            kick();
        }
    }

    /** A segment was read to its end. What follows it is written to the state when a checkpoint is passed. */
    void onFinished(String segment) {
        Future<Map<String, Successor>> asked = shared.current().ends().containsKey(segment)
                ? Future.succeededFuture(Map.of())
                : Successors.of(resources, segment);
        asked.onComplete(
                successors -> {
                    finished.put(segment, successors);
                    checkpointAt = hasCheckpoints() ? now() : checkpointAt;
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
        shared.fetch().compose(this::react).onComplete(this::pause, this::fail);
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
        GroupState state = shared.current();
        long next = now() + settings(state).refreshInterval().toNanos();
        if (shown == null) {
            next = Math.min(next, state.unassigned().isEmpty() ? reportAt : Math.min(acquireAt, reportAt));
            next = hasCheckpoints() ? Math.min(next, checkpointAt) : next;
        }
        Duration left = Duration.ofNanos(next - now());
        return left.compareTo(MIN_PAUSE) < 0 ? MIN_PAUSE : left;
    }

    /** Does the next thing that is to be done; the result says whether there may be more. */
    private Future<Boolean> react(GroupState state) {
        if (ended) {
            return Future.succeededFuture(false);
        }
        if (!state.segmentsOf(id).keySet().equals(reader.places().keySet()) || !state.isOnline(id)) {
            return Future.failedFuture(new ClosedException("the reader " + id + " of the group " + scope + '/' + group
                    + " was declared offline, or the group begins anew"));
        }
        Optional<String> checkpoint = state.checkpoints().nextFor(id);
        if (shown != null && !checkpoint.equals(Optional.of(shown))) {
            reader.forget(shown);
            shown = null;
            passed = null;
        }
        if (checkpoint.isPresent()) {
            return onCheckpoint(checkpoint.get());
        }
        if (state.isAtEnd()) {
            reader.onEndOfData();
            return Future.succeededFuture(false);
        }
        if (!state.unassigned().isEmpty() && acquireAt <= now()) {
            return acquire();
        }
        if (hasCheckpoints() && checkpointAt <= now()) {
            return createCheckpoint();
        }
        if (reportAt <= now()) {
            return report(state);
        }
        return compact();
    }

    private Future<Boolean> onCheckpoint(String checkpoint) {
        if (!Checkpoints.isSilent(checkpoint) && !checkpoint.equals(passed)) {
            if (checkpoint.equals(shown)) {
                return Future.succeededFuture(false);
            }
            shown = checkpoint;
            if (!reader.reach(checkpoint)) {
                return Future.succeededFuture(false);
            }
        }
        return pass(checkpoint);
    }

    private Future<Boolean> pass(String checkpoint) {
        Set<String> completed = new HashSet<>();
        return shared.update(state -> {
                    completed.clear();
                    if (!state.checkpoints().nextFor(id).equals(Optional.of(checkpoint))) {
                        return List.<GroupRecord>of();
                    }
                    List<GroupRecord> all = new ArrayList<>();
                    all.add(new PassCheckpoint(checkpoint, id, offsets()));
                    if (!Checkpoints.isSilent(checkpoint)) {
                        completed.addAll(finished.keySet());
                        finished.forEach((segment, successors) -> all.add(new CompleteSegment(
                                id, segment, state.place(segment, 0).range(), successors)));
                    }
                    return all;
                })
                .compose(state -> {
                    completed.forEach(segment -> {
                        finished.remove(segment);
                        reader.close(segment);
                    });
                    if (!completed.isEmpty()) {
                        acquireAt = now();
                    }
                    shown = null;
                    passed = null;
                    if (Checkpoints.isSilent(checkpoint)) {
                        return Future.succeededFuture(true);
                    }
                    restartCheckpointTimer(state);
                    reader.forget(checkpoint);
                    return release(state).compose(released -> publish());
                });
    }

    private Map<String, Long> offsets() {
        Map<String, Long> offsets = new TreeMap<>();
        reader.places().forEach((segment, place) -> offsets.put(segment, place.offset()));
        return offsets;
    }

    private Future<Boolean> acquire() {
        return shared.update(state -> {
                    if (state.checkpoints().nextFor(id).isPresent() || !state.isOnline(id)) {
                        return List.<GroupRecord>of();
                    }
                    List<GroupRecord> all = new ArrayList<>();
                    state.unassigned().keySet().stream()
                            .limit(Balance.toAcquire(state, id))
                            .forEach(segment -> all.add(new AcquireSegment(id, segment)));
                    if (!all.isEmpty()) {
                        all.add(distance());
                    }
                    return all;
                })
                .map(state -> {
                    Set<String> known = reader.places().keySet();
                    state.segmentsOf(id).forEach((segment, offset) -> {
                        if (!known.contains(segment)) {
                            reader.open(
                                    segment,
                                    state.place(segment, offset),
                                    state.ends().getOrDefault(segment, Long.MAX_VALUE));
                        }
                    });
                    acquireAt = now() + Balance.acquireAfter(state, id).toNanos();
                    return true;
                });
    }

    /** Gives a segment away if there are others with less. */
    private Future<Void> release(GroupState state) {
        Optional<String> segment = releaseAt > now()
                ? Optional.empty()
                : Balance.toRelease(state, id).filter(one -> !finished.containsKey(one));
        if (segment.isEmpty()) {
            return Future.succeededFuture();
        }
        long offset = reader.close(segment.get());
        return shared.update(now -> now.segmentsOf(id).containsKey(segment.get())
                        ? List.of(new ReleaseSegment(id, segment.get(), offset), distance())
                        : List.<GroupRecord>of())
                .map(after -> {
                    releaseAt = now() + Balance.releaseAfter(after, id).toNanos();
                    acquireAt = now() + Balance.acquireAfter(after, id).toNanos();
                    return null;
                });
    }

    /** Tells the controller of the last checkpoint, if nobody has. */
    private Future<Boolean> publish() {
        GroupState state = shared.current();
        if (settings(state).retention() != Retention.BY_CHECKPOINT
                || state.checkpoints().lastPublished()
                || state.checkpoints().last().isEmpty()) {
            return Future.succeededFuture(true);
        }
        Future<Void> told = Future.succeededFuture();
        for (var cut : Cuts.byStream(state.checkpoints().last()).values()) {
            told = told.compose(before -> calls.release(scope, group, state.config(), cut));
        }
        return told.compose(all -> shared.append(List.of(new SetPublished(true))))
                .map(true);
    }

    private Future<Boolean> createCheckpoint() {
        String name = UUID.randomUUID().toString();
        return shared.update(state -> {
                    if (!state.checkpoints().waiting().isEmpty()) {
                        return List.<GroupRecord>of();
                    }
                    return state.checkpoints().names().size() < MAX_REMEMBERED
                            ? List.of(new CreateCheckpoint(name))
                            : List.of(new CreateCheckpoint(name), new ClearCheckpointsBefore(name));
                })
                .map(state -> {
                    if (state.checkpoints().names().contains(name)) {
                        restartCheckpointTimer(state);
                    } else {
                        // Behind the one that is under way: what was read to its end meanwhile waits for this one.
                        checkpointAt = now() + settings(state).refreshInterval().toNanos();
                    }
                    return true;
                });
    }

    private Future<Boolean> report(GroupState state) {
        reportAt = now() + Balance.reportAfter(state).toNanos();
        SortedMap<String, Place> places = new TreeMap<>(reader.places());
        if (places.equals(reported)) {
            return Future.succeededFuture(true);
        }
        reported = places;
        return shared.append(List.of(distance())).map(true);
    }

    /** The measure that the published client uses: were it an honest one, its readers would hand all segments to this one. */
    private UpdateDistance distance() {
        return new UpdateDistance(id, reader.hasRead() ? System.currentTimeMillis() : 0, reader.places());
    }

    private Future<Boolean> compact() {
        return shared.bytesSinceCompaction() > COMPACT_BYTES
                        && ThreadLocalRandom.current().nextInt(COMPACT_ONE_IN) == 0
                ? shared.compact().map(false)
                : Future.succeededFuture(false);
    }

    private void restartCheckpointTimer(GroupState state) {
        checkpointAt = now() + settings(state).checkpointInterval().toNanos();
    }

    private boolean hasCheckpoints() {
        return !settings(shared.current()).checkpointInterval().isZero();
    }

    private static ReaderGroupConfiguration settings(GroupState state) {
        return state.config().settings();
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
