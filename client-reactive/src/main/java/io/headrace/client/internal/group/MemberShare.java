/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.client.internal.group;

import io.headrace.client.Position.Place;
import io.headrace.client.internal.group.GroupRecord.AcquireSegment;
import io.headrace.client.internal.group.GroupRecord.ReleaseSegment;
import io.headrace.client.internal.group.GroupRecord.UpdateDistance;
import io.headrace.client.internal.revision.Shared;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/** The segments of a member of a group: takes some, gives some away, and tells the others how far it has come. On the loop. */
final class MemberShare {
    private final String id;
    private final GroupMember.Reader reader;
    private final Shared<GroupState, GroupRecord> shared;
    private long acquireAt;
    private long releaseAt;
    private long reportAt;
    private SortedMap<String, Place> reported = new TreeMap<>();

    MemberShare(String id, GroupMember.Reader reader, Shared<GroupState, GroupRecord> shared) {
        this.id = id;
        this.reader = reader;
        this.shared = shared;
    }

    /** There may be segments to take. */
    void acquireSoon() {
        acquireAt = now();
    }

    /** Whether segments that nobody has may be taken now. */
    boolean mayAcquire(GroupState state) {
        return !state.unassigned().isEmpty() && acquireAt <= now();
    }

    boolean mayReport() {
        return reportAt <= now();
    }

    /** When there will be something to do. */
    long nextNanos(GroupState state) {
        return state.unassigned().isEmpty() ? reportAt : Math.min(acquireAt, reportAt);
    }

    /** Takes its part of what nobody has, and begins to read it. */
    Future<Boolean> acquire() {
        return shared.update(state -> {
                    if (state.checkpoints().nextFor(id).isPresent()) {
                        return List.<GroupRecord>of();
                    }
                    List<GroupRecord> all = new ArrayList<>();
                    // In any order: by names, the last would wait for as long as others are handed around.
                    List<String> free = new ArrayList<>(state.unassigned().keySet());
                    Collections.shuffle(free);
                    free.stream()
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

    /**
     * Gives a segment away if there are others with less.
     *
     * @param kept those that are not given away
     */
    Future<Void> release(GroupState state, Set<String> kept) {
        Optional<String> segment = releaseAt > now()
                ? Optional.empty()
                : Balance.toRelease(state, id).filter(one -> !kept.contains(one));
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

    /** Tells the others how far it has come, if that has changed. */
    Future<Boolean> report(GroupState state) {
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

    private static long now() {
        return System.nanoTime();
    }
}
