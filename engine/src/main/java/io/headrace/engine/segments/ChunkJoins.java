/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.engine.segments;

import io.headrace.engine.partition.Turn;
import io.headrace.engine.segments.Chunk.Source;
import io.headrace.tiering.StorageException;
import io.headrace.tiering.StorageException.Kind;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Joins small chunks that follow each other in a segment into larger ones, one join at a time. What is to be joined is
 * logged first: a storage may consume the sources, so the same join is repeated, by this owner or the next, until it is
 * known how it ended.
 */
final class ChunkJoins {
    private final SegmentsState state;
    private final TierLimits limits;
    private final ChunkAccess access;
    private final StorageWriter writer;
    private final Retry retry = new Retry();

    /** Segments that have got another whole chunk since they were looked at. */
    private final Set<Segment> candidates = new LinkedHashSet<>();

    private boolean busy;

    ChunkJoins(SegmentsState state, TierLimits limits, ChunkAccess access, StorageWriter writer) {
        this.state = state;
        this.limits = limits;
        this.access = access;
        this.writer = writer;
    }

    /** A segment may have chunks that can be joined. */
    void consider(Segment segment) {
        if (access.merges() && candidates.add(segment)) {
            segment.holds++;
        }
    }

    void ended(Segment segment) {
        if (candidates.remove(segment)) {
            segment.holds--;
        }
    }

    void tick(Turn<SegmentCommand, SegmentReply> turn) {
        if (busy || retry.isResting(turn.now())) {
            return;
        }
        if (!state.chunks().joins().isEmpty()) {
            Chunk target = state.chunks().joins().iterator().next();
            if (target.changedIn <= turn.committedFrame() && isLoaded(target)) {
                join(target);
            }
            return;
        }
        Iterator<Segment> first = candidates.iterator();
        if (first.hasNext() && !writer.isFailing()) {
            Segment segment = first.next();
            ended(segment);
            look(segment, turn);
        }
    }

    private void look(Segment segment, Turn<SegmentCommand, SegmentReply> turn) {
        List<Chunk> run = run(segment);
        if (run.size() < limits.joinedChunks()) {
            return;
        }
        Chunk open = firstUnsealed(run);
        if (open != null) {
            seal(open, segment);
            return;
        }
        List<Source> sources = run.stream()
                .map(chunk -> new Source(chunk.number, chunk.length))
                .toList();
        turn.log(new TierRecord.JoinBegun(segment.id, access.nextNumber(), access.epoch(), sources));
        consider(segment);
    }

    /** Whether the segments are in memory whose chunks are joined: the end of a join changes them. If not, that is seen to. */
    private boolean isLoaded(Chunk target) {
        boolean loaded = true;
        for (Source source : target.sources) {
            Chunk chunk = state.chunks().find(source.chunk());
            if (chunk != null && chunk.segment != 0 && state.hot(chunk.segment) == null) {
                access.load(chunk.segment);
                loaded = false;
            }
        }
        return loaded;
    }

    /** The first chunks that follow each other, are small enough, and enough of them; empty if there are none. */
    private List<Chunk> run(Segment segment) {
        List<Chunk> run = new ArrayList<>();
        Extents extents = segment.extents;
        long bytes = 0;
        for (int i = 0; extents != null && i < extents.count(); i++) {
            Chunk chunk = extents.isInChunk(i) ? state.chunks().find(extents.chunk(i)) : null;
            if (chunk != null && !run.isEmpty() && run.get(run.size() - 1) == chunk) {
                continue;
            }
            boolean isSmall = chunk != null && isSmall(chunk) && !run.contains(chunk);
            if (isSmall && chunk != null && bytes + chunk.length <= limits.rolloverBytes()) {
                run.add(chunk);
                bytes += chunk.length;
                if (run.size() == limits.joinedChunksAtMost()) {
                    return run;
                }
            } else if (run.size() >= limits.joinedChunks()) {
                return run;
            } else {
                run.clear();
                bytes = 0;
            }
        }
        return run;
    }

    private boolean isSmall(Chunk chunk) {
        return chunk.length <= limits.rolloverBytes() / 2 && chunk.joining == 0 && !writer.isOpen(chunk.number);
    }

    private static @Nullable Chunk firstUnsealed(List<Chunk> run) {
        return run.stream().filter(chunk -> !chunk.sealed).findFirst().orElse(null);
    }

    /** Seals a chunk that a former owner, or a writer that failed, has left. */
    private void seal(Chunk chunk, Segment segment) {
        busy = true;
        segment.holds++;
        access.seal(
                chunk,
                (length, turn) -> {
                    busy = false;
                    segment.holds--;
                    retry.succeeded();
                    if (state.chunks().find(chunk.number) == chunk) {
                        turn.log(new TierRecord.ChunkSealed(chunk.number));
                    }
                    reconsider(segment);
                },
                (failure, turn) -> {
                    busy = false;
                    segment.holds--;
                    retry.failed(turn.now());
                    reconsider(segment);
                });
    }

    private void reconsider(Segment segment) {
        if (state.hot(segment.id) == segment) {
            consider(segment);
        }
    }

    private void join(Chunk target) {
        busy = true;
        access.merge(
                target,
                (length, turn) -> {
                    busy = false;
                    retry.succeeded();
                    turn.log(new TierRecord.JoinEnded(target.number, true));
                },
                (failure, turn) -> {
                    busy = false;
                    retry.failed(turn.now());
                    if (isHopeless(failure)) {
                        turn.log(new TierRecord.JoinEnded(target.number, false));
                    }
                });
    }

    /** Whether the join has not happened and never will, so that what there may be of the target can be deleted. */
    private boolean isHopeless(StorageException failure) {
        boolean refused = failure.kind() == Kind.ALREADY_EXISTS
                || failure.kind() == Kind.NOT_FOUND
                || failure.kind() == Kind.INVALID_OFFSET;
        return failure.kind() == Kind.BAD_REQUEST || (refused && !access.mergeConsumesSources());
    }
}
