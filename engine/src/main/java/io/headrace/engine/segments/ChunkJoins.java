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
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Joins small chunks that follow each other in a segment into larger ones, one join at a time. What is to be joined is
 * logged first: a storage may consume the sources, so the same join is repeated, by this owner or the next, until it is
 * known how it ended. Chunks that a former owner or a writer that failed has left are sealed, so that they can be joined, too.
 */
final class ChunkJoins {
    /** Segments that wait for a look at a time; others come when they get the next chunk. */
    private static final int MAX_CANDIDATES = 1_024;

    /** How many of a segment's last pieces are looked at: those before were when they were the last ones. */
    private static final int LAST_PIECES = 1_024;

    private final SegmentsState state;
    private final TierLimits limits;
    private final ChunkAccess access;
    private final StorageWriter writer;
    private final Retry retry = new Retry();

    /** Segments that have got another whole chunk since they were looked at. */
    private final Set<Segment> candidates = new LinkedHashSet<>();

    private boolean busy;

    /** The last chunk of those that may grow which was considered for being sealed, and since when all have been. */
    private long considered;

    private long consideredAt;

    ChunkJoins(SegmentsState state, TierLimits limits, ChunkAccess access, StorageWriter writer) {
        this.state = state;
        this.limits = limits;
        this.access = access;
        this.writer = writer;
    }

    /** A segment may have chunks that can be joined. */
    void consider(Segment segment) {
        if (access.merges()
                && segment.extents != null
                && segment.extents.count() >= limits.joinedChunks()
                && candidates.size() < MAX_CANDIDATES
                && candidates.add(segment)) {
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
        Chunk left = nextLeft(turn.now());
        if (left != null) {
            seal(left);
            return;
        }
        if (!state.chunks().joins().isEmpty()) {
            ChunkJoin join = state.chunks().joins().iterator().next();
            if (join.begunIn <= turn.committedFrame() && isLoaded(join)) {
                begin(turn, later -> join(join));
            }
            return;
        }
        Iterator<Segment> first = candidates.iterator();
        if (first.hasNext() && !writer.isFailing()) {
            Segment segment = first.next();
            begin(turn, later -> look(segment, later));
        }
    }

    /** Does what may miss rows. */
    private void begin(Turn<SegmentCommand, SegmentReply> turn, Consumer<Turn<SegmentCommand, SegmentReply>> work) {
        busy = true;
        SegmentCommand.Work.begin(turn, work, () -> busy = false);
    }

    private void look(Segment segment, Turn<SegmentCommand, SegmentReply> turn) {
        List<Chunk> run = candidates.contains(segment) ? run(segment) : List.of();
        busy = false;
        ended(segment);
        if (run.size() < limits.joinedChunks()) {
            return;
        }
        List<Source> sources = run.stream()
                .map(chunk -> new Source(chunk.number, chunk.length))
                .toList();
        turn.log(new TierRecord.JoinBegun(segment.id, access.nextNumber(), access.epoch(), sources));
        consider(segment);
    }

    /** Whether the segment is in memory whose chunks are joined: the end of a join changes it. If not, that is seen to. */
    private boolean isLoaded(ChunkJoin join) {
        boolean loaded = join.segment == 0 || state.hot(join.segment) != null;
        if (!loaded) {
            access.load(join.segment);
        }
        return loaded;
    }

    /** The first chunks that follow each other, are small enough, and enough of them; empty if there are none. */
    private List<Chunk> run(Segment segment) {
        List<Chunk> run = new ArrayList<>();
        Extents extents = segment.extents;
        if (extents == null) {
            return run;
        }
        Chunk last = null;
        long bytes = 0;
        int known = 0;
        for (int i = Math.max(0, extents.count() - LAST_PIECES); i < extents.count(); i++) {
            if (last != null && extents.isInChunk(i) && extents.chunk(i) == last.number) {
                continue;
            }
            if (i >= known && mayBeSmall(segment, extents, i)) {
                known = need(segment, extents, i);
            }
            last = mayBeSmall(segment, extents, i) ? state.chunks().find(extents.chunk(i)) : null;
            if (last != null && isSmall(last) && !run.contains(last) && bytes + last.length <= limits.rolloverBytes()) {
                run.add(last);
                bytes += last.length;
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

    /** Makes sure that the chunks of the next pieces are in memory; gives the index of the first piece that they may not be. */
    private int need(Segment segment, Extents extents, int from) {
        List<Long> numbers = new ArrayList<>();
        int i = from;
        while (i < extents.count() && numbers.size() < limits.joinedChunksAtMost()) {
            if (mayBeSmall(segment, extents, i)) {
                numbers.add(extents.chunk(i));
            }
            i++;
        }
        state.chunks().rows().need(numbers);
        return i;
    }

    /** Whether a piece may be in a small chunk that is complete, as far as the segment knows. */
    private boolean mayBeSmall(Segment segment, Extents extents, int index) {
        return extents.isInChunk(index)
                && extents.end(index, segment.length) - extents.offset(index) <= limits.rolloverBytes() / 2
                && state.chunks().growing(extents.chunk(index)) == null;
    }

    private boolean isSmall(Chunk chunk) {
        return chunk.length <= limits.rolloverBytes() / 2
                && !state.chunks().isJoining(chunk.number)
                && !writer.isOpen(chunk.number);
    }

    /** A chunk that may grow and that nobody writes to; each is considered once in a while. */
    private @Nullable Chunk nextLeft(long now) {
        Chunk next = state.chunks().growingAfter(considered);
        while (next != null && writer.isOpen(next.number)) {
            considered = next.number;
            next = state.chunks().growingAfter(considered);
        }
        if (next != null) {
            considered = next.number;
        } else if (now - consideredAt >= limits.idleMillis()) {
            considered = 0;
            consideredAt = now;
        }
        return next;
    }

    private void seal(Chunk chunk) {
        busy = true;
        access.seal(
                chunk,
                (length, turn) -> {
                    busy = false;
                    retry.succeeded();
                    if (state.chunks().growing(chunk.number) == chunk) {
                        turn.log(new TierRecord.ChunkSealed(chunk.number));
                        Segment segment = state.hot(chunk.segment);
                        if (segment != null) {
                            consider(segment);
                        }
                    }
                },
                (failure, turn) -> {
                    busy = false;
                    retry.failed(turn.now());
                });
    }

    private void join(ChunkJoin join) {
        state.chunks().rows().need(join.sources.stream().map(Source::chunk).toList());
        access.merge(
                join,
                (length, turn) -> {
                    busy = false;
                    retry.succeeded();
                    turn.log(new TierRecord.JoinEnded(join.number, true));
                },
                (failure, turn) -> {
                    busy = false;
                    retry.failed(turn.now());
                    if (isHopeless(failure)) {
                        turn.log(new TierRecord.JoinEnded(join.number, false));
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
