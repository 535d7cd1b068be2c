/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.client.internal.group;

import io.headrace.client.KeyRange;
import io.headrace.client.Position.Place;
import io.headrace.client.internal.group.GroupRecord.AcquireSegment;
import io.headrace.client.internal.group.GroupRecord.AddReader;
import io.headrace.client.internal.group.GroupRecord.ClearCheckpointsBefore;
import io.headrace.client.internal.group.GroupRecord.CompleteSegment;
import io.headrace.client.internal.group.GroupRecord.CreateCheckpoint;
import io.headrace.client.internal.group.GroupRecord.PassCheckpoint;
import io.headrace.client.internal.group.GroupRecord.ReleaseSegment;
import io.headrace.client.internal.group.GroupRecord.RemoveOutstandingCheckpoints;
import io.headrace.client.internal.group.GroupRecord.RemoveReader;
import io.headrace.client.internal.group.GroupRecord.Replace;
import io.headrace.client.internal.group.GroupRecord.SetPublished;
import io.headrace.client.internal.group.GroupRecord.SetUpdating;
import io.headrace.client.internal.group.GroupRecord.Start;
import io.headrace.client.internal.group.GroupRecord.UpdateDistance;
import io.headrace.codecs.name.SegmentName;
import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What all members of a reader group agree on. Segments are given by their full names, offsets in bytes. Immutable: {@link
 * #apply} is the only way from one state to the next, and depends on nothing else, so that every member of whatever client
 * comes to the same state.
 *
 * @param distances of the readers that are online, by reader: a measure of load
 * @param assigned the segments of each reader that is online, and where it began, or was at the last checkpoint
 * @param unassigned segments that nobody has, and where to go on
 * @param future segments that are to be read later, and the ids of those that have to be read before
 * @param ends where to end in a segment; what follows these segments is not read
 * @param lastRead how far segments are read, as readers have told
 * @param ranges parts of the key space, as far as they are known
 * @param updating whether somebody is about to begin the group anew
 */
public record GroupState(
        GroupConfig config,
        SortedMap<String, Long> distances,
        SortedMap<String, SortedMap<String, Long>> assigned,
        SortedMap<String, Long> unassigned,
        SortedMap<String, SortedSet<Long>> future,
        SortedMap<String, Long> ends,
        SortedMap<String, Long> lastRead,
        SortedMap<String, KeyRange> ranges,
        Checkpoints checkpoints,
        boolean updating) {
    /** Less than this is not told apart from this. */
    static final long MIN_DISTANCE = 30_000;

    public GroupState {
        distances = Collections.unmodifiableSortedMap(distances);
        assigned = Collections.unmodifiableSortedMap(assigned);
        unassigned = Collections.unmodifiableSortedMap(unassigned);
        future = Collections.unmodifiableSortedMap(future);
        ends = Collections.unmodifiableSortedMap(ends);
        lastRead = Collections.unmodifiableSortedMap(lastRead);
        ranges = Collections.unmodifiableSortedMap(ranges);
    }

    /** The state in which a group begins. */
    public static GroupState of(Start start) {
        Draft draft = new Draft(start.config());
        start.starts().forEach((segment, place) -> {
            draft.unassigned.put(segment, place.offset());
            draft.lastRead.put(segment, place.offset());
            draft.range(segment, place.range());
        });
        draft.ends.putAll(start.ends());
        return draft.state();
    }

    public boolean isOnline(String reader) {
        return assigned.containsKey(reader);
    }

    /** The segments of a reader, and where it was when it was last noted; none if it is not online. */
    public SortedMap<String, Long> segmentsOf(String reader) {
        return assigned.getOrDefault(reader, Collections.emptySortedMap());
    }

    /** How many segments are being read or could be. */
    public int segments() {
        return unassigned.size()
                + assigned.values().stream().mapToInt(Map::size).sum();
    }

    /** Whether nothing is left to read. */
    public boolean isAtEnd() {
        return future.isEmpty() && segments() == 0;
    }

    public Place place(String segment, long offset) {
        return new Place(offset, Optional.ofNullable(ranges.get(segment)));
    }

    /**
     * The next state.
     *
     * @throws IllegalStateException if the record does not fit to this state; no correct member writes such
     */
    public GroupState apply(GroupRecord change) {
        if (change instanceof Start start) {
            return of(start);
        }
        if (change instanceof Replace replace) {
            return replace.state();
        }
        Draft next = new Draft(this);
        next.apply(change);
        return next.state();
    }

    private static IllegalStateException misfit(GroupRecord change) {
        return new IllegalStateException(change + " does not fit to the state of the group");
    }

    /** A state that is being made. */
    private static final class Draft {
        private final GroupConfig config;
        private final SortedMap<String, Long> distances = new TreeMap<>();
        private final SortedMap<String, SortedMap<String, Long>> assigned = new TreeMap<>();
        private final SortedMap<String, Long> unassigned = new TreeMap<>();
        private final SortedMap<String, SortedSet<Long>> future = new TreeMap<>();
        private final SortedMap<String, Long> ends = new TreeMap<>();
        private final SortedMap<String, Long> lastRead = new TreeMap<>();
        private final SortedMap<String, KeyRange> ranges = new TreeMap<>();
        private Checkpoints checkpoints = Checkpoints.NONE;
        private boolean updating;

        Draft(GroupConfig config) {
            this.config = config;
        }

        Draft(GroupState from) {
            this(from.config);
            distances.putAll(from.distances);
            assigned.putAll(from.assigned);
            unassigned.putAll(from.unassigned);
            future.putAll(from.future);
            ends.putAll(from.ends);
            lastRead.putAll(from.lastRead);
            ranges.putAll(from.ranges);
            checkpoints = from.checkpoints;
            updating = from.updating;
        }

        GroupState state() {
            return new GroupState(
                    config, distances, assigned, unassigned, future, ends, lastRead, ranges, checkpoints, updating);
        }

        void apply(GroupRecord change) {
            if (change instanceof AddReader add) {
                addReader(add);
            } else if (change instanceof RemoveReader remove) {
                removeReader(remove);
            } else if (change instanceof ReleaseSegment release) {
                releaseSegment(release);
            } else if (change instanceof AcquireSegment acquire) {
                acquireSegment(acquire);
            } else if (change instanceof UpdateDistance update) {
                updateDistance(update);
            } else if (change instanceof CompleteSegment complete) {
                completeSegment(complete);
            } else if (change instanceof SetUpdating set) {
                updating = set.updating();
            } else {
                checkpoint(change);
            }
        }

        private void checkpoint(GroupRecord change) {
            if (change instanceof PassCheckpoint pass) {
                passCheckpoint(pass);
            } else if (change instanceof CreateCheckpoint create) {
                checkpoints = checkpoints.create(create.checkpoint(), new TreeSet<>(assigned.keySet()), unassigned);
            } else if (change instanceof ClearCheckpointsBefore clear) {
                checkpoints = checkpoints.clearBefore(clear.checkpoint());
            } else if (change instanceof SetPublished set) {
                checkpoints = checkpoints.published(set.published());
            } else if (change instanceof RemoveOutstandingCheckpoints) {
                checkpoints = checkpoints.removeOutstanding();
            }
        }

        private void addReader(AddReader add) {
            if (assigned.containsKey(add.reader())) {
                throw misfit(add);
            }
            assigned.put(add.reader(), new TreeMap<>());
            distances.put(add.reader(), Long.MAX_VALUE);
        }

        private void removeReader(RemoveReader remove) {
            SortedMap<String, Long> segments = assigned.remove(remove.reader());
            if (segments == null) {
                return;
            }
            SortedMap<String, Long> last = new TreeMap<>(segments);
            last.replaceAll((segment, offset) -> remove.offsets().getOrDefault(segment, offset));
            unassigned.putAll(last);
            distances.remove(remove.reader());
            checkpoints = checkpoints.removeReader(remove.reader(), last);
        }

        private void releaseSegment(ReleaseSegment release) {
            takeFrom(release, release.reader(), release.segment());
            unassigned.put(release.segment(), release.offset());
            lastRead.replace(release.segment(), release.offset());
        }

        private long takeFrom(GroupRecord change, String reader, String segment) {
            SortedMap<String, Long> segments =
                    new TreeMap<>(assigned.getOrDefault(reader, Collections.emptySortedMap()));
            Long offset = segments.remove(segment);
            if (offset == null) {
                throw misfit(change);
            }
            assigned.put(reader, segments);
            return offset;
        }

        private void acquireSegment(AcquireSegment acquire) {
            SortedMap<String, Long> before = assigned.get(acquire.reader());
            Long offset = unassigned.remove(acquire.segment());
            if (before == null || offset == null) {
                throw misfit(acquire);
            }
            SortedMap<String, Long> segments = new TreeMap<>(before);
            segments.put(acquire.segment(), offset);
            assigned.put(acquire.reader(), segments);
        }

        private void updateDistance(UpdateDistance update) {
            // It is written without a condition: the reader may be gone.
            distances.replace(update.reader(), Math.max(MIN_DISTANCE, update.distance()));
            update.places().forEach((segment, place) -> {
                lastRead.replace(segment, place.offset());
                range(segment, place.range());
            });
        }

        private void completeSegment(CompleteSegment complete) {
            String segment = complete.segment();
            takeFrom(complete, complete.reader(), segment);
            lastRead.remove(segment);
            range(segment, complete.range());
            complete.successors().forEach((name, successor) -> {
                range(name, successor.range());
                if (!future.containsKey(name)) {
                    future.put(name, new TreeSet<>(successor.predecessors()));
                }
            });
            long id = SegmentName.parse(segment)
                    .orElseThrow(() -> misfit(complete))
                    .id();
            for (Map.Entry<String, SortedSet<Long>> entry : future.entrySet()) {
                SortedSet<Long> left = new TreeSet<>(entry.getValue());
                left.remove(id);
                entry.setValue(left);
            }
            future.forEach((name, left) -> {
                if (left.isEmpty()) {
                    unassigned.put(name, 0L);
                    lastRead.putIfAbsent(name, 0L);
                }
            });
            future.values().removeIf(left -> left.isEmpty());
        }

        private void passCheckpoint(PassCheckpoint pass) {
            checkpoints = checkpoints.pass(pass.checkpoint(), pass.reader(), pass.offsets());
            SortedMap<String, Long> before = assigned.get(pass.reader());
            if (before != null && !Checkpoints.isSilent(pass.checkpoint())) {
                SortedMap<String, Long> segments = new TreeMap<>(before);
                segments.replaceAll((segment, offset) -> pass.offsets().getOrDefault(segment, offset));
                assigned.put(pass.reader(), segments);
            }
        }

        private void range(String segment, Optional<KeyRange> range) {
            range.ifPresent(known -> ranges.put(segment, known));
        }
    }
}
