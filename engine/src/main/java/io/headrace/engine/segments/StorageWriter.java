/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.engine.segments;

import io.headrace.codecs.name.SegmentName;
import io.headrace.engine.partition.ReplyTo;
import io.headrace.engine.partition.Turn;
import io.headrace.tiering.ChunkWriter;
import io.headrace.tiering.StorageException;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Moves committed data of segments from the log into chunks, the oldest first, some segments at a time. Each flush takes
 * extents that follow each other, writes their bytes to a chunk, and when the storage has them logs where they are now.
 *
 * <p>A chunk gets data of one segment, by this owner only. Where chunks cannot be read before they are sealed, each flush
 * makes a chunk of its own; else a chunk stays open until it is large, idle, or too many are open. After a failure the
 * chunk is left as it is: only what has been logged of it counts, and the data goes into another one.
 */
final class StorageWriter {
    private static final ReplyTo<SegmentReply> NOBODY = new ReplyTo<>() {
        @Override
        public void reply(SegmentReply reply) {
            throw new IllegalStateException("nobody asked for " + reply);
        }

        @Override
        public void lost(String reason) {}
    };

    private final SegmentsState state;
    private final TierOptions options;
    private final ChunkAccess access;
    private final Gathering gathering;
    private final Consumer<Segment> sealed;
    private final Recent recent = new Recent();
    private final Retry retry = new Retry();

    /** With data to flush, by when that began. */
    private final Set<Pipeline> aging = new LinkedHashSet<>();

    /** The same, of those that wait longer. */
    private final Set<Pipeline> late = new LinkedHashSet<>();

    /** With enough data to be flushed at once; some of these may have been flushed since. */
    private final Deque<Pipeline> full = new ArrayDeque<>();

    /** Waiting for a frame to be read back. */
    private final Set<Pipeline> loading = new LinkedHashSet<>();

    /** With an open chunk, the longest unused first. */
    private final Set<Pipeline> open = new LinkedHashSet<>();

    private final Set<Long> openNumbers = new LinkedHashSet<>();
    private int inFlight;

    /** @param sealed is told of each segment of which one more chunk is sealed */
    StorageWriter(
            SegmentsState state,
            TierOptions options,
            ChunkAccess access,
            ByteBufAllocator allocator,
            Consumer<Segment> sealed) {
        this.state = state;
        this.options = options;
        this.access = access;
        this.gathering = new Gathering(allocator);
        this.sealed = sealed;
    }

    /** There is data of a segment in the log, for instance because some was appended. */
    void appended(Segment segment, long now) {
        Pipeline pipeline = segment.pipeline;
        if (pipeline == null) {
            boolean isLate = segment.isTransient || SegmentName.isTransactionSegment(segment.name);
            pipeline = new Pipeline(segment, isLate);
            segment.pipeline = pipeline;
            pipeline.since = now;
            enqueue(pipeline);
        } else if (!pipeline.queued && !pipeline.busy) {
            pipeline.since = now;
            enqueue(pipeline);
        }
        if (!pipeline.full && segment.logBytes >= options.flushBytes() && !pipeline.late) {
            pipeline.full = true;
            full.add(pipeline);
        }
    }

    /** A segment is gone: deleted, or merged into another. */
    void ended(Segment segment, Turn<SegmentCommand, SegmentReply> turn) {
        recent.ended(segment);
        Pipeline pipeline = segment.pipeline;
        if (pipeline == null) {
            return;
        }
        segment.pipeline = null;
        pipeline.ended = true;
        dequeue(pipeline);
        if (loading.remove(pipeline)) {
            pipeline.busy = false;
            inFlight--;
        }
        if (!pipeline.busy) {
            seal(pipeline, turn);
        }
    }

    /** Whether this owner may yet write to a chunk. */
    boolean isOpen(long chunk) {
        return openNumbers.contains(chunk);
    }

    /** Whether the last answers of the storage were failures. */
    boolean isFailing() {
        return retry.isFailing();
    }

    /** Since when the oldest data waits, in milliseconds since the Unix epoch; {@code now} if none does. */
    long oldest(long now) {
        long oldest = now;
        for (Set<Pipeline> queue : List.of(aging, late, loading)) {
            Iterator<Pipeline> first = queue.iterator();
            if (first.hasNext()) {
                oldest = Math.min(oldest, first.next().since);
            }
        }
        return oldest;
    }

    void tick(Turn<SegmentCommand, SegmentReply> turn) {
        long idleSince = turn.now() - options.idleMillis();
        while (!open.isEmpty()) {
            Pipeline eldest = open.iterator().next();
            if (eldest.busy || (eldest.used > idleSince && open.size() <= options.openChunks())) {
                break;
            }
            seal(eldest, turn);
        }
        recent.tick(turn);
        start(turn);
    }

    /** A frame that was asked for is in memory. */
    void loaded(long frame, Turn<SegmentCommand, SegmentReply> turn) {
        List<Pipeline> woken =
                loading.stream().filter(pipeline -> pipeline.awaited == frame).toList();
        for (Pipeline pipeline : woken) {
            loading.remove(pipeline);
            pipeline.busy = false;
            inFlight--;
            flush(pipeline, turn);
        }
        start(turn);
    }

    void lost() {
        open.forEach(pipeline -> {
            if (pipeline.open != null) {
                pipeline.open.writer.close();
            }
        });
        open.clear();
    }

    /** Begins as many flushes as may run at a time. */
    void start(Turn<SegmentCommand, SegmentReply> turn) {
        int limit = retry.isFailing() ? 1 : options.inFlight();
        for (int left = options.inFlight(); left > 0 && inFlight < limit && !retry.isResting(turn.now()); left--) {
            Pipeline next = next(turn.now());
            if (next == null) {
                return;
            }
            next.begun = turn.now();
            flush(next, turn);
        }
    }

    private @Nullable Pipeline next(long now) {
        boolean pressed = state.logBytes() >= options.pressureBytes();
        Pipeline due = due(aging, now, pressed ? 0 : options.flushMillis());
        while (due == null && !full.isEmpty()) {
            Pipeline candidate = full.remove();
            candidate.full = false;
            due = candidate.queued ? candidate : null;
        }
        if (due == null) {
            due = due(late, now, pressed ? 0 : options.lateMillis());
        }
        if (due != null) {
            dequeue(due);
        }
        return due;
    }

    private static @Nullable Pipeline due(Set<Pipeline> queue, long now, long millis) {
        Iterator<Pipeline> first = queue.iterator();
        Pipeline oldest = first.hasNext() ? first.next() : null;
        return oldest != null && oldest.since + millis <= now ? oldest : null;
    }

    private void enqueue(Pipeline pipeline) {
        pipeline.queued = true;
        (pipeline.late ? late : aging).add(pipeline);
    }

    private void dequeue(Pipeline pipeline) {
        pipeline.queued = false;
        (pipeline.late ? late : aging).remove(pipeline);
    }

    /** Writes the next extents of a segment, or begins with what must come before that. */
    private void flush(Pipeline pipeline, Turn<SegmentCommand, SegmentReply> turn) {
        Segment segment = pipeline.segment;
        Extents extents = segment.extents;
        int first = extents == null ? 0 : extents.firstInLog();
        if (pipeline.ended || extents == null || first == extents.count()) {
            rest(pipeline, turn);
            return;
        }
        if (pipeline.open != null && !isUsable(pipeline.open.number)) {
            seal(pipeline, turn);
        }
        if (access.readableBeforeSeal() && pipeline.open == null) {
            create(pipeline);
            return;
        }
        int end = gather(segment, extents, first, limit(pipeline), turn);
        if (end > first) {
            long to = extents.end(end - 1, segment.length);
            write(pipeline, extents.offset(first), to, gathering.end());
        } else if (extents.frame(first) > turn.committedFrame()) {
            enqueue(pipeline);
        } else {
            pipeline.busy = true;
            inFlight++;
            loading.add(pipeline);
            long frame = extents.frame(first);
            pipeline.awaited = frame;
            turn.executeWhenLoaded(frame, new SegmentCommand.Continue(frame), NOBODY);
        }
    }

    /** Gathers committed extents that are in memory; returns the index after the last one. */
    private int gather(
            Segment segment, Extents extents, int first, long limit, Turn<SegmentCommand, SegmentReply> turn) {
        gathering.begin();
        // Never the frames' own memory: a storage that is slow would keep whole slabs for a few bytes of each.
        gathering.copy();
        int index = first;
        long inFrame = -1;
        ByteBuf bytes = null;
        for (; index < extents.count() && !extents.isInChunk(index) && !gathering.isFull(); index++) {
            long frame = extents.frame(index);
            long length = extents.end(index, segment.length) - extents.offset(index);
            if (frame > turn.committedFrame() || (index > first && gathering.total() + length > limit)) {
                break;
            }
            if (frame != inFrame) {
                bytes = turn.frame(frame);
                inFrame = frame;
            }
            if (bytes == null) {
                break;
            }
            gathering.add(bytes, extents.position(index), (int) length);
        }
        return index;
    }

    private long limit(Pipeline pipeline) {
        Pipeline.Open chunk = pipeline.open;
        long room = rolloverBytes(pipeline.segment) - (chunk == null ? 0 : chunk.writer.length());
        return Math.min(options.batchBytes(), room);
    }

    private long rolloverBytes(Segment segment) {
        long wanted = segment.rolloverBytes > 0 ? segment.rolloverBytes : options.rolloverBytes();
        return Math.min(wanted, Extents.MAX_CHUNK_BYTES / 2);
    }

    private void create(Pipeline pipeline) {
        begin(pipeline);
        long number = access.nextNumber();
        access.create(
                number,
                (writer, turn) -> {
                    answered(pipeline);
                    if (pipeline.ended) {
                        writer.close();
                        turn.log(new TierRecord.ChunkGivenUp(number, access.epoch()));
                        return;
                    }
                    pipeline.open = new Pipeline.Open(number, writer);
                    pipeline.used = turn.now();
                    open.add(pipeline);
                    openNumbers.add(number);
                    flush(pipeline, turn);
                    start(turn);
                },
                (failure, turn) -> {
                    giveUp(number, failure, turn);
                    failed(pipeline, turn);
                });
    }

    private void write(Pipeline pipeline, long from, long to, ByteBuf data) {
        begin(pipeline);
        Pipeline.Open chunk = pipeline.open;
        if (chunk == null) {
            put(pipeline, from, to, data);
            return;
        }
        int offset = (int) chunk.writer.length();
        access.write(
                chunk.writer,
                data,
                (length, turn) -> {
                    answered(pipeline);
                    pipeline.used = turn.now();
                    open.remove(pipeline);
                    open.add(pipeline);
                    if (!record(pipeline, from, to, chunk.number, offset, turn)
                            || length >= rolloverBytes(pipeline.segment)
                            || (pipeline.segment.sealed && pipeline.segment.logBytes == 0)) {
                        seal(pipeline, turn);
                    }
                    goOn(pipeline, turn);
                },
                (failure, turn) -> {
                    open.remove(pipeline);
                    openNumbers.remove(chunk.number);
                    pipeline.open = null;
                    chunk.writer.close();
                    giveUp(chunk.number, failure, turn);
                    failed(pipeline, turn);
                });
    }

    private void put(Pipeline pipeline, long from, long to, ByteBuf data) {
        long number = access.nextNumber();
        access.put(
                number,
                data,
                (done, turn) -> {
                    answered(pipeline);
                    if (record(pipeline, from, to, number, 0, turn)) {
                        turn.log(new TierRecord.ChunkSealed(number));
                        sealed.accept(pipeline.segment);
                    }
                    goOn(pipeline, turn);
                },
                (failure, turn) -> {
                    giveUp(number, failure, turn);
                    failed(pipeline, turn);
                });
    }

    /** Logs where bytes of a segment are now; false if nobody needs them there any more. */
    private boolean record(
            Pipeline pipeline, long from, long to, long number, int offset, Turn<SegmentCommand, SegmentReply> turn) {
        Extents extents = pipeline.segment.extents;
        long start = extents == null || extents.count() == 0 ? to : Math.max(from, extents.offset(0));
        if (extents != null && !pipeline.ended && isUsable(number) && start < to) {
            recent.add(pipeline.segment, extents, start, to, turn);
            turn.log(new TierRecord.Flushed(
                    pipeline.segment.id, start, to, number, access.epoch(), offset + (int) (start - from)));
            return true;
        }
        if (state.chunks().find(number) == null) {
            turn.log(new TierRecord.ChunkGivenUp(number, access.epoch()));
        }
        return false;
    }

    /** Whether a chunk of this owner may get data: it may have lost all that it had, and then it is deleted. */
    private boolean isUsable(long number) {
        Chunk chunk = state.chunks().find(number);
        return chunk == null || !chunk.isUnused();
    }

    /** Leaves a chunk that holds nothing that counts to be deleted. */
    private void giveUp(long number, StorageException failure, Turn<SegmentCommand, SegmentReply> turn) {
        if (state.chunks().find(number) == null && failure.kind() != StorageException.Kind.BAD_REQUEST) {
            turn.log(new TierRecord.ChunkGivenUp(number, access.epoch()));
        }
    }

    private void begin(Pipeline pipeline) {
        pipeline.busy = true;
        inFlight++;
    }

    private void answered(Pipeline pipeline) {
        pipeline.busy = false;
        inFlight--;
        retry.succeeded();
    }

    private void failed(Pipeline pipeline, Turn<SegmentCommand, SegmentReply> turn) {
        pipeline.busy = false;
        inFlight--;
        retry.failed(turn.now());
        if (pipeline.ended) {
            return;
        }
        enqueue(pipeline);
    }

    /** After a write: waits for more, or for its turn to write more. */
    private void goOn(Pipeline pipeline, Turn<SegmentCommand, SegmentReply> turn) {
        if (pipeline.ended || pipeline.segment.logBytes == 0) {
            rest(pipeline, turn);
        } else {
            pipeline.since = pipeline.begun;
            enqueue(pipeline);
            appended(pipeline.segment, turn.now());
        }
        start(turn);
    }

    /** There is nothing to flush. */
    private void rest(Pipeline pipeline, Turn<SegmentCommand, SegmentReply> turn) {
        if (pipeline.ended) {
            seal(pipeline, turn);
        } else if (pipeline.open == null) {
            pipeline.segment.pipeline = null;
        }
    }

    /** Ends the chunk that a pipeline writes to, if there is one. */
    private void seal(Pipeline pipeline, Turn<SegmentCommand, SegmentReply> turn) {
        Pipeline.Open chunk = pipeline.open;
        if (chunk == null) {
            return;
        }
        pipeline.open = null;
        open.remove(pipeline);
        if (!pipeline.ended && !pipeline.queued && !pipeline.busy && pipeline.segment.logBytes == 0) {
            pipeline.segment.pipeline = null;
        }
        ChunkWriter writer = chunk.writer;
        Chunk row = state.chunks().find(chunk.number);
        if (row == null || row.isUnused()) {
            writer.close();
            openNumbers.remove(chunk.number);
            if (row == null) {
                turn.log(new TierRecord.ChunkGivenUp(chunk.number, access.epoch()));
            }
            return;
        }
        access.seal(
                writer,
                (length, later) -> {
                    openNumbers.remove(chunk.number);
                    Chunk ended = state.chunks().find(chunk.number);
                    if (ended != null && ended.segment != 0) {
                        later.log(new TierRecord.ChunkSealed(chunk.number));
                        Segment of = state.hot(ended.segment);
                        if (of != null) {
                            sealed.accept(of);
                        }
                    }
                },
                (failure, later) -> {
                    openNumbers.remove(chunk.number);
                    writer.close();
                });
    }
}
