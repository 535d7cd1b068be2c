/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.engine.segments;

import static io.headrace.engine.segments.SegmentFormat.readText;
import static io.headrace.engine.segments.SegmentFormat.writeText;

import io.headrace.engine.calls.CallStamp.Progress;
import io.headrace.engine.log.LogException;
import io.headrace.engine.segments.Chunk.Source;
import io.headrace.engine.state.HeapBase;
import io.headrace.engine.state.Varint;
import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Durable format of a snapshot, version 6: what is no row. {@code var} is an unsigned {@link Varint}; a fixed number is
 * big-endian.
 *
 * <pre>
 * snapshot   u8 version | var next segment id
 *            var length and UTF-8 bytes of the storage's identity | i64 tag | var next chunk number
 *            var count of all chunks | var count of chunks that may grow | these, in ascending order of number
 *            var join count | joins in ascending order of number
 *            var segment count | var bytes of data | var bytes of data in the log
 *            var count of frames in use | per frame, in ascending order: var frame - frame before | var extents in it
 *            var mark count | per mark of {@link io.headrace.engine.calls.CallOrder}, in its order: var slot | var caller
 *            | var owner | var issued | var open count | per open number: var issued - number
 * chunk      var number - number before | var epoch | var length | var number of the segment
 * join       var number - number before | var epoch | var number of the segment, 0 if it has ended
 *            var source count | per source: var number | var length
 * </pre>
 *
 * Version 5 had all chunks, see {@link FormerChunks}, in place of their counts and of joins. Version 4 had the segments: in place of what is said of all segments together, and of the frames, stood {@code var segment
 * count | per segment, in ascending order of id: var id - id before | segment}, see {@link SegmentFormat}, and {@code the
 * entries of tables that are not kept as rows}, see {@link HeapBase}; the pieces in a chunk were not counted. Version 3 knew
 * no chunks: they are missing, and so is where a piece is, which is in the log. Version 2 knew no calls: it ends with the
 * entries of tables. Version 1 knew no tables: it ends with the segments.
 */
final class Snapshot {
    private static final int VERSION = 6;
    private static final int VERSION_WITH_CHUNKS = 5;
    private static final int VERSION_WITH_SEGMENTS = 4;
    private static final int VERSION_WITHOUT_CHUNKS = 3;
    private static final int VERSION_WITHOUT_CALLS = 2;
    private static final int VERSION_WITHOUT_TABLES = 1;

    private Snapshot() {}

    /** Writes a state whose rows are up to date. */
    static void write(SegmentsState state, ByteBuf out) {
        out.writeByte(VERSION);
        Varint.write(out, state.nextId());
        writeChunks(state.chunks(), out);
        Varint.write(out, state.count());
        Varint.write(out, state.bytes());
        Varint.write(out, state.logBytes());
        writeFrames(state.frames(), out);
        Varint.write(out, state.calls().size());
        state.calls().forEach((slot, caller, owner, progress) -> {
            Varint.write(out, slot);
            Varint.write(out, caller);
            Varint.write(out, owner);
            Varint.write(out, progress.issued());
            Varint.write(out, progress.open().size());
            progress.open().forEach(number -> Varint.write(out, progress.issued() - number));
        });
    }

    private static void writeFrames(FrameUse frames, ByteBuf out) {
        Varint.write(out, frames.count());
        long[] before = {0};
        frames.forEach((frame, extents) -> {
            Varint.write(out, frame - before[0]);
            Varint.write(out, extents);
            before[0] = frame;
        });
    }

    private static void writeChunks(Chunks chunks, ByteBuf out) {
        writeText(chunks.storage(), out);
        out.writeLong(chunks.tag());
        Varint.write(out, chunks.next());
        Varint.write(out, chunks.count());
        Varint.write(out, chunks.growing().size());
        long previous = 0;
        for (Chunk chunk : chunks.growing()) {
            Varint.write(out, chunk.number - previous);
            Varint.write(out, chunk.epoch);
            Varint.write(out, chunk.length);
            Varint.write(out, chunk.segment);
            previous = chunk.number;
        }
        Varint.write(out, chunks.joins().size());
        previous = 0;
        for (ChunkJoin join : chunks.joins()) {
            Varint.write(out, join.number - previous);
            Varint.write(out, join.epoch);
            Varint.write(out, join.segment);
            Varint.write(out, join.sources.size());
            join.sources.forEach(source -> {
                Varint.write(out, source.chunk());
                Varint.write(out, source.length());
            });
            previous = join.number;
        }
    }

    /** Fills an empty state from a snapshot; fails if the bytes are not a whole snapshot of a known version. */
    static void read(ByteBuf in, SegmentsState state) {
        int version = in.readUnsignedByte();
        if (version < VERSION_WITHOUT_TABLES || version > VERSION) {
            throw corrupt("its version is " + version + ", this program knows " + VERSION);
        }
        state.restoreNextId(Varint.read(in));
        FormerChunks former = new FormerChunks();
        if (version > VERSION_WITH_CHUNKS) {
            readChunks(state.chunks(), in);
        } else if (version > VERSION_WITHOUT_CHUNKS) {
            former.read(in, version > VERSION_WITH_SEGMENTS, state.chunks());
        }
        if (version > VERSION_WITH_SEGMENTS) {
            state.restore(Varint.read(in), Varint.read(in), Varint.read(in));
            readFrames(state.frames(), in);
        } else {
            readSegments(state, version > VERSION_WITHOUT_CHUNKS, former, in);
        }
        if (version > VERSION_WITHOUT_TABLES && version <= VERSION_WITH_SEGMENTS) {
            HeapBase.read(in, state.keyed()::put);
        }
        if (version > VERSION_WITHOUT_CALLS) {
            for (long left = Varint.read(in); left > 0; left--) {
                int slot = Math.toIntExact(Varint.read(in));
                state.calls().put(slot, Math.toIntExact(Varint.read(in)), Varint.read(in), readProgress(in));
            }
        }
        if (in.isReadable()) {
            throw corrupt(in.readableBytes() + " bytes follow its end");
        }
        former.handOver(state.chunks());
    }

    private static void readFrames(FrameUse frames, ByteBuf in) {
        long frame = 0;
        for (long left = Varint.read(in); left > 0; left--) {
            frame += Varint.read(in);
            frames.restore(frame, Varint.read(in));
        }
    }

    private static void readSegments(SegmentsState state, boolean withChunks, FormerChunks former, ByteBuf in) {
        Frames frames = new Frames(former);
        long id = 0;
        for (long left = Varint.read(in); left > 0; left--) {
            id += Varint.read(in);
            state.restore(SegmentFormat.read(id, in, withChunks, state.keyed(), frames));
        }
        state.frames().load(frames.used, frames.count);
    }

    /** Collects where the pieces of all segments are. */
    private static final class Frames implements SegmentFormat.Pieces {
        private final FormerChunks chunks;
        private long[] used = new long[1024];
        private int count;

        Frames(FormerChunks chunks) {
            this.chunks = chunks;
        }

        @Override
        public void inLog(long frame) {
            if (count == used.length) {
                used = Arrays.copyOf(used, 2 * count);
            }
            used[count++] = frame;
        }

        @Override
        public void inChunk(long chunk, long segment) {
            chunks.addPiece(chunk, segment);
        }
    }

    private static void readChunks(Chunks chunks, ByteBuf in) {
        String identity = readText(in);
        chunks.setStorage(in.readLong(), identity);
        long next = Varint.read(in);
        chunks.restore(Varint.read(in), next);
        long number = 0;
        for (long left = Varint.read(in); left > 0; left--) {
            number += Varint.read(in);
            Chunk chunk = new Chunk(number, Varint.read(in), Math.toIntExact(Varint.read(in)));
            chunk.segment = Varint.read(in);
            chunks.restore(chunk);
        }
        number = 0;
        for (long left = Varint.read(in); left > 0; left--) {
            number += Varint.read(in);
            chunks.restore(new ChunkJoin(number, Varint.read(in), Varint.read(in), readSources(in)));
        }
    }

    static List<Source> readSources(ByteBuf in) {
        List<Source> sources = new ArrayList<>();
        for (long more = Varint.read(in); more > 0; more--) {
            sources.add(new Source(Varint.read(in), Math.toIntExact(Varint.read(in))));
        }
        return sources;
    }

    private static Progress readProgress(ByteBuf in) {
        long issued = Varint.read(in);
        List<Long> open = new ArrayList<>();
        for (long left = Varint.read(in); left > 0; left--) {
            open.add(issued - Varint.read(in));
        }
        return new Progress(issued, open);
    }

    private static LogException corrupt(String what) {
        return new LogException(LogException.Kind.CORRUPT, "the snapshot cannot be used: " + what);
    }
}
