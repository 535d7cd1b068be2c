/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.engine.segments;

import io.headrace.codecs.name.SegmentName;
import io.headrace.engine.partition.Frame;
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
 * makes a chunk of its own; else a chunk stays open until it is large, idle, or too many are open. While as many are open
 * as may be, a little data makes a whole chunk, too: that is one sync less than if another chunk were opened for it, and
 * sealed to make room for the next. After a failure the chunk is left as it is: only what has been logged of it counts,
 * and the data goes into another one.
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

    /** A segment with less is not worth an open chunk if others want them, too. */
    private static final int LITTLE_BYTES = 64 << 10;

    /** How much of the log is read back for one write, at least. */
    private static final int LOADED_BYTES = 4 << 20;

    /** How much is read at once for that: whole frames. */
    private static final int PREFETCHED_BYTES = LOADED_BYTES + Frame.MAX_BYTES;

    private final SegmentsState state;
    private final TierOptions options;
    private final TierLimits limits;
    private final ByteBufAllocator allocator;
    private final ChunkAccess access;
    private final Gathering gathering;
    private final Consumer<Segment> sealed;
    private final Recent recent;
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
    private long bytesInFlight;

    /** Segments that have a pipeline at a time, at most, for these stay in memory; the others wait as rows with a mark. */
    private final int maxPipelines;

    private int pipelines;

    /** Whether there may be segments that have data in the log and no pipeline: those of former owners, and too many. */
    private boolean overlooked = true;

    /** @param sealed is told of each segment of which one more chunk is sealed */
    StorageWriter(
            SegmentsState state,
            TierOptions options,
            ChunkAccess access,
            ByteBufAllocator allocator,
            Consumer<Segment> sealed) {
        this.state = state;
        this.options = options;
        this.limits = options.limits();
        this.allocator = allocator;
        this.access = access;
        this.gathering = new Gathering(allocator);
        this.sealed = sealed;
        this.maxPipelines = Math.max(limits.inFlight() + limits.openChunks(), state.hotCapacity() / 2);
        this.recent = new Recent(maxPipelines);
    }

    /** There is data of a segment in the log, for instance because some was appended. */
    void appended(Segment segment, long now) {
        Pipeline pipeline = segment.pipeline;
        if (pipeline == null) {
            if (isFull()) {
                overlooked = true;
                return;
            }
            pipelines++;
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
        detach(pipeline);
        pipeline.ended = true;
        dequeue(pipeline);
        if (loading.remove(pipeline)) {
            pipeline.busy = false;
            inFlight--;
            drop(pipeline);
        }
        if (!pipeline.busy) {
            seal(pipeline, turn);
        }
    }

    private void detach(Pipeline pipeline) {
        if (pipeline.segment.pipeline == pipeline) {
            pipeline.segment.pipeline = null;
            pipelines--;
        }
    }

    /** Whether no more segments can be looked after. */
    boolean isFull() {
        return pipelines >= maxPipelines;
    }

    /** Whether it is time to look for segments that were not looked after; if so, all of them must be {@link #appended}. */
    boolean takeOverlooked() {
        boolean taken = overlooked && pipelines <= maxPipelines / 2;
        overlooked &= !taken;
        return taken;
    }

    /** There may be more of those. */
    void overlooked() {
        overlooked = true;
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
        long idleSince = turn.now() - limits.idleMillis();
        while (!open.isEmpty()) {
            Pipeline eldest = open.iterator().next();
            if (eldest.busy || (eldest.used > idleSince && open.size() <= limits.openChunks())) {
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
        loading.forEach(StorageWriter::drop);
        loading.clear();
        open.forEach(pipeline -> {
            if (pipeline.open != null) {
                pipeline.open.writer.close();
            }
        });
        open.clear();
    }

    /** Begins as many flushes as may run at a time. */
    void start(Turn<SegmentCommand, SegmentReply> turn) {
        int limit = retry.isFailing() ? 1 : limits.inFlight();
        for (int left = limits.inFlight(); left > 0 && mayStart(limit, turn.now()); left--) {
            Pipeline next = next(turn.now());
            if (next == null) {
                return;
            }
            next.begun = turn.now();
            flush(next, turn);
        }
    }

    private boolean mayStart(int limit, long now) {
        return inFlight < limit && bytesInFlight < limits.bytesInFlight() && !retry.isResting(now);
    }

    private @Nullable Pipeline next(long now) {
        boolean pressed = state.countedLogBytes() >= options.pressureBytes();
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
            drop(pipeline);
            rest(pipeline, turn);
            return;
        }
        if (pipeline.open != null && !isUsable(pipeline.open)) {
            seal(pipeline, turn);
        }
        if (pipeline.open == null && isToBeOpened(segment)) {
            drop(pipeline);
            create(pipeline);
            return;
        }
        Batch batch = batch(pipeline, extents.offset(first));
        int begin = batch.to() < segment.length ? extents.indexOf(batch.to()) : extents.count();
        int end = batch.add(segment, extents, begin, limit(pipeline), gathering, turn);
        long missing = missing(extents, end, turn);
        if (missing > 0 && batch.size() < Math.min(LOADED_BYTES, limit(pipeline))) {
            pipeline.batch = batch;
            load(pipeline, missing, turn);
        } else if (batch.size() > 0) {
            if (missing > 0 && inFlight == 0) {
                // What comes next is read while this is written; where there are others, they do that for each other.
                turn.prefetch(missing, PREFETCHED_BYTES);
            }
            write(pipeline, batch.from(), batch.to(), batch.take());
        } else {
            enqueue(pipeline);
        }
    }

    /** Whether the next data of a segment goes into a chunk that stays open, not into one that is made at once. */
    private boolean isToBeOpened(Segment segment) {
        boolean isCrowded = open.size() >= limits.openChunks() && segment.logBytes <= LITTLE_BYTES;
        return access.readableBeforeSeal() && !isCrowded;
    }

    /** What has been gathered already and is still wanted, or a new batch. */
    private Batch batch(Pipeline pipeline, long from) {
        Batch batch = pipeline.batch;
        if (batch != null && from < batch.to()) {
            pipeline.batch = null;
            return batch;
        }
        drop(pipeline);
        return new Batch(allocator, from);
    }

    private static void drop(Pipeline pipeline) {
        if (pipeline.batch != null) {
            pipeline.batch.release();
            pipeline.batch = null;
        }
    }

    /** The committed frame of an extent, if it is not in memory; 0 if it is, or if it is not to be flushed now. */
    private static long missing(Extents extents, int index, Turn<SegmentCommand, SegmentReply> turn) {
        if (index == extents.count() || extents.isInChunk(index)) {
            return 0;
        }
        long frame = extents.frame(index);
        return frame <= turn.committedFrame() && turn.frame(frame) == null ? frame : 0;
    }

    private void load(Pipeline pipeline, long frame, Turn<SegmentCommand, SegmentReply> turn) {
        pipeline.busy = true;
        inFlight++;
        loading.add(pipeline);
        pipeline.awaited = frame;
        turn.prefetch(frame, PREFETCHED_BYTES);
        turn.executeWhenLoaded(frame, new SegmentCommand.Continue(frame), NOBODY);
    }

    private long limit(Pipeline pipeline) {
        Pipeline.Open chunk = pipeline.open;
        long room = rolloverBytes(pipeline.segment) - (chunk == null ? 0 : chunk.writer.length());
        return Math.min(limits.batchBytes(), room);
    }

    private long rolloverBytes(Segment segment) {
        long wanted = segment.rolloverBytes > 0 ? segment.rolloverBytes : limits.rolloverBytes();
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
        pipeline.writing = to - from;
        bytesInFlight += pipeline.writing;
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
                    if (!record(pipeline, from, to, chunk.number, chunk, offset, turn)
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
                    if (!chunk.recorded) {
                        giveUp(chunk.number, failure, turn);
                    }
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
                    if (record(pipeline, from, to, number, null, 0, turn)) {
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

    /**
     * Logs where bytes of a segment are now.
     *
     * @param chunk null if nothing more comes into it
     * @return false if nobody needs them there any more
     */
    private boolean record(
            Pipeline pipeline,
            long from,
            long to,
            long number,
            Pipeline.@Nullable Open chunk,
            int offset,
            Turn<SegmentCommand, SegmentReply> turn) {
        Extents extents = pipeline.segment.extents;
        long start = extents == null || extents.count() == 0 ? to : Math.max(from, extents.offset(0));
        if (extents != null && !pipeline.ended && (chunk == null || isUsable(chunk)) && start < to) {
            recent.add(pipeline.segment, extents, start, to, turn);
            turn.log(new TierRecord.Flushed(
                    pipeline.segment.id, start, to, number, access.epoch(), offset + (int) (start - from)));
            if (chunk != null) {
                chunk.recorded = true;
            }
            return true;
        }
        if (chunk == null || !chunk.recorded) {
            turn.log(new TierRecord.ChunkGivenUp(number, access.epoch()));
            if (chunk != null) {
                chunk.recorded = true;
            }
        }
        return false;
    }

    /** Whether a chunk of this owner may get data: it may have lost all that it had, and then it is deleted. */
    private boolean isUsable(Pipeline.Open chunk) {
        return !chunk.recorded || state.chunks().growing(chunk.number) != null;
    }

    /** Leaves a chunk of which nothing is known yet to be deleted. */
    private void giveUp(long number, StorageException failure, Turn<SegmentCommand, SegmentReply> turn) {
        if (failure.kind() != StorageException.Kind.BAD_REQUEST) {
            turn.log(new TierRecord.ChunkGivenUp(number, access.epoch()));
        }
    }

    private void begin(Pipeline pipeline) {
        pipeline.busy = true;
        inFlight++;
    }

    private void end(Pipeline pipeline) {
        pipeline.busy = false;
        inFlight--;
        bytesInFlight -= pipeline.writing;
        pipeline.writing = 0;
    }

    private void answered(Pipeline pipeline) {
        end(pipeline);
        retry.succeeded();
    }

    private void failed(Pipeline pipeline, Turn<SegmentCommand, SegmentReply> turn) {
        end(pipeline);
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
            detach(pipeline);
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
            detach(pipeline);
        }
        ChunkWriter writer = chunk.writer;
        if (state.chunks().growing(chunk.number) == null) {
            writer.close();
            openNumbers.remove(chunk.number);
            if (!chunk.recorded) {
                turn.log(new TierRecord.ChunkGivenUp(chunk.number, access.epoch()));
            }
            return;
        }
        access.seal(
                writer,
                (length, later) -> {
                    openNumbers.remove(chunk.number);
                    Chunk ended = state.chunks().growing(chunk.number);
                    if (ended != null) {
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
