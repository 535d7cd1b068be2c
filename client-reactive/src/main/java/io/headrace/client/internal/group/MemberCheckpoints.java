/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.client.internal.group;

import io.headrace.client.ReaderGroupConfiguration.Retention;
import io.headrace.client.StreamCut;
import io.headrace.client.internal.group.GroupRecord.ClearCheckpointsBefore;
import io.headrace.client.internal.group.GroupRecord.CompleteSegment;
import io.headrace.client.internal.group.GroupRecord.CreateCheckpoint;
import io.headrace.client.internal.group.GroupRecord.PassCheckpoint;
import io.headrace.client.internal.group.GroupRecord.SetPublished;
import io.headrace.client.internal.group.GroupRecord.Successor;
import io.headrace.client.internal.revision.Shared;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The checkpoints of a member of a group: shows them to its subscriber, writes how far it was when it passed them and which
 * segments were read to their end before, and asks for new ones. On the loop.
 */
final class MemberCheckpoints {
    /** More checkpoints than these are not remembered: who has asked for one has had time to see what came of it. */
    private static final int MAX_REMEMBERED = 10;

    /** Tells the controller from where on a group needs a stream. */
    interface Publication {
        Future<Void> tell(GroupConfig config, StreamCut cut);
    }

    private final String id;
    private final GroupMember.Reader reader;
    private final Publication publication;
    private final Shared<GroupState, GroupRecord> shared;
    private final MemberShare share;

    /** Segments that were read to their end. They are not given away: only who has one can say that it is complete. */
    private final Set<String> atEnd = new HashSet<>();

    /** Those of them of which is known what follows, with that. */
    private final Map<String, Map<String, Successor>> finished = new HashMap<>();

    private long createAt;

    /** Shown to the subscriber, who has not passed it; null if there is none. */
    private @Nullable String shown;

    /** Passed by the subscriber, and not yet written. */
    private @Nullable String passed;

    MemberCheckpoints(
            String id,
            GroupMember.Reader reader,
            Publication publication,
            Shared<GroupState, GroupRecord> shared,
            MemberShare share) {
        this.id = id;
        this.reader = reader;
        this.publication = publication;
        this.shared = shared;
        this.share = share;
    }

    /** Whether one was shown that was not passed: nothing else is done until it is. */
    boolean isShown() {
        return shown != null;
    }

    /** When a new one is due, if the group makes any by itself and that is before {@code other}; else that. */
    long nextNanos(long other) {
        return areMade() ? Math.min(createAt, other) : other;
    }

    boolean mayCreate() {
        return areMade() && createAt <= now();
    }

    /** The subscriber has passed what it was shown; false if it was not shown that. */
    boolean passed(String checkpoint) {
        if (!checkpoint.equals(shown)) {
            return false;
        }
        passed = checkpoint;
        return true;
    }

    /** A segment was read to its end; {@link #finished} will tell what follows it. */
    void atEnd(String segment) {
        atEnd.add(segment);
    }

    /** What follows a segment that was read to its end: that is written when a checkpoint is passed, which so should be soon. */
    void finished(String segment, Map<String, Successor> successors) {
        finished.put(segment, successors);
        if (areMade()) {
            createAt = now();
        }
    }

    /** Takes back what was shown if it is not waited for any more. */
    void forgetUnless(Optional<String> next) {
        String old = shown;
        if (old != null && !next.equals(Optional.of(old))) {
            reader.forget(old);
            shown = null;
            passed = null;
        }
    }

    /** The next one that this member is to pass: shows it, and goes on when it was passed. */
    Future<Boolean> reach(String checkpoint) {
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
                        atEnd.remove(segment);
                        reader.close(segment);
                    });
                    if (!completed.isEmpty()) {
                        share.acquireSoon();
                    }
                    shown = null;
                    passed = null;
                    if (Checkpoints.isSilent(checkpoint)) {
                        return Future.succeededFuture(true);
                    }
                    restartTimer(state);
                    reader.forget(checkpoint);
                    return share.release(state, atEnd).compose(released -> publish());
                });
    }

    private Map<String, Long> offsets() {
        Map<String, Long> offsets = new TreeMap<>();
        reader.places().forEach((segment, place) -> offsets.put(segment, place.offset()));
        return offsets;
    }

    /** Tells the controller of the last checkpoint, if nobody has. */
    private Future<Boolean> publish() {
        GroupState state = shared.current();
        if (state.config().settings().retention() != Retention.BY_CHECKPOINT
                || state.checkpoints().lastPublished()
                || state.checkpoints().last().isEmpty()) {
            return Future.succeededFuture(true);
        }
        Future<Void> told = Future.succeededFuture();
        for (var cut : Cuts.byStream(state.checkpoints().last()).values()) {
            told = told.compose(before -> publication.tell(state.config(), cut));
        }
        return told.compose(all -> shared.append(List.of(new SetPublished(true))))
                .map(true);
    }

    /** Asks for a new one, unless one is under way. */
    Future<Boolean> create() {
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
                        restartTimer(state);
                    } else {
                        // Behind the one that is under way: what was read to its end meanwhile waits for this one.
                        createAt = now()
                                + state.config().settings().refreshInterval().toNanos();
                    }
                    return true;
                });
    }

    void restartTimer(GroupState state) {
        createAt = now() + state.config().settings().checkpointInterval().toNanos();
    }

    private boolean areMade() {
        return !shared.current().config().settings().checkpointInterval().isZero();
    }

    private static long now() {
        return System.nanoTime();
    }
}
