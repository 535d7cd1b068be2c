/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.engine.segments;

import io.headrace.engine.log.LogException;
import io.headrace.engine.segments.Chunk.Source;
import io.netty.buffer.ByteBuf;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The part of the durable state that is about long-term storage: which it is, and what chunks there are. */
final class Chunks {
    private final SegmentsState state;

    /** By number, so that what goes through all of them does so in the same order everywhere. */
    private final TreeMap<Long, Chunk> rows = new TreeMap<>();

    private final TreeMap<Long, Chunk> unused = new TreeMap<>();
    private final TreeMap<Long, Chunk> joins = new TreeMap<>();
    private long next = 1;
    private long tag;
    private String storage = "";

    Chunks(SegmentsState state) {
        this.state = state;
    }

    /** Identity of the storage that the chunks are in; empty before the first one. */
    String storage() {
        return storage;
    }

    /** What the names of all chunks of this partition begin with. */
    long tag() {
        return tag;
    }

    /** Above every number that a chunk has or had. */
    long next() {
        return next;
    }

    @Nullable
    Chunk find(long number) {
        return rows.get(number);
    }

    Collection<Chunk> all() {
        return rows.values();
    }

    int count() {
        return rows.size();
    }

    /** Chunks that are to be deleted from the storage. */
    Collection<Chunk> unused() {
        return unused.values();
    }

    /** Chunks that others are being joined into. */
    Collection<Chunk> joins() {
        return joins.values();
    }

    /** Applies a record; {@code body} stands behind the version. */
    void apply(int type, ByteBuf body, long frame) {
        switch (type) {
            case TierRecord.STORAGE -> {
                TierRecord.Storage record = TierRecord.Storage.read(body);
                setStorage(record.tag(), record.identity());
            }
            case TierRecord.FLUSHED -> flushed(TierRecord.Flushed.read(body), frame);
            case TierRecord.CHUNK_SEALED ->
                changing(TierRecord.ChunkSealed.read(body).chunk(), frame).sealed = true;
            case TierRecord.CHUNK_GIVEN_UP -> {
                TierRecord.ChunkGivenUp record = TierRecord.ChunkGivenUp.read(body);
                Chunk chunk = begin(record.chunk(), record.epoch());
                chunk.changedIn = frame;
                chunk.sealed = true;
                sort(chunk);
            }
            case TierRecord.CHUNK_DELETED -> {
                long number = changing(TierRecord.ChunkDeleted.read(body).chunk(), frame).number;
                rows.remove(number);
                unused.remove(number);
            }
            case TierRecord.JOIN_BEGUN -> joinBegun(TierRecord.JoinBegun.read(body), frame);
            case TierRecord.JOIN_ENDED -> joinEnded(TierRecord.JoinEnded.read(body), frame);
            default -> throw new IllegalArgumentException("type " + type);
        }
    }

    void setStorage(long tag, String identity) {
        this.tag = tag;
        this.storage = identity;
    }

    /** A row for a chunk that has none yet. */
    Chunk begin(long number, long epoch) {
        Chunk chunk = new Chunk(number, epoch);
        rows.put(number, chunk);
        next = Math.max(next, number + 1);
        return chunk;
    }

    /** Takes over from a snapshot that numbers below {@code number} have been given. */
    void restoreNext(long number) {
        next = Math.max(next, number);
    }

    /** One more piece of a segment, given by its number, refers to a chunk. */
    void addPiece(long number, long segment) {
        Chunk chunk = existing(number);
        chunk.pieces++;
        chunk.segment = segment;
    }

    /** One piece less refers to a chunk. */
    void removePiece(long number, long frame) {
        Chunk chunk = existing(number);
        chunk.changedIn = frame;
        if (--chunk.pieces == 0) {
            chunk.segment = 0;
        }
        sort(chunk);
    }

    /** The pieces of a segment go over to another one. */
    void moved(Extents pieces, Segment to) {
        for (int i = 0; i < pieces.count(); i++) {
            if (pieces.isInChunk(i)) {
                existing(pieces.chunk(i)).segment = to.id;
            }
        }
    }

    /** Puts a chunk among those that it belongs to. */
    void sort(Chunk chunk) {
        if (chunk.isUnused()) {
            unused.put(chunk.number, chunk);
        }
        if (!chunk.sources.isEmpty()) {
            joins.put(chunk.number, chunk);
        }
    }

    /** Whether a chunk is being joined into another one. */
    boolean isJoining(long number) {
        return existing(number).joining != 0;
    }

    private void flushed(TierRecord.Flushed record, long frame) {
        Segment segment = state.find(record.segment());
        Extents extents = segment == null ? null : segment.extents;
        if (segment == null || extents == null) {
            throw corrupt(frame, "flushes segment number " + record.segment() + ", which has no data");
        }
        int from = extents.indexOf(record.from());
        int to = from;
        long bytes = 0;
        while (to < extents.count() && extents.offset(to) < record.to() && !extents.isInChunk(to)) {
            bytes += extents.end(to, segment.length) - extents.offset(to);
            to++;
        }
        if (to == from || extents.offset(from) != record.from() || extents.offset(from) + bytes != record.to()) {
            throw corrupt(
                    frame,
                    "flushes bytes " + record.from() + " to " + record.to() + " of segment " + segment.name
                            + ", which are no extents in the log");
        }
        for (int i = from; i < to; i++) {
            state.frameUnused(extents.frame(i));
        }
        state.changed().add(segment);
        segment.logBytes -= bytes;
        state.logBytesChanged(-bytes);
        Chunk chunk = rows.get(record.chunk());
        if (chunk == null) {
            chunk = begin(record.chunk(), record.epoch());
        }
        chunk.changedIn = frame;
        chunk.length = Math.toIntExact(record.chunkOffset() + bytes);
        if (extents.replace(from, to, record.chunk(), record.chunkOffset())) {
            addPiece(record.chunk(), segment.id);
        }
    }

    private void joinBegun(TierRecord.JoinBegun record, long frame) {
        Chunk target = begin(record.chunk(), record.epoch());
        target.changedIn = frame;
        target.sealed = true;
        beginJoin(target, record.sources());
    }

    void beginJoin(Chunk target, List<Source> sources) {
        target.sources = sources;
        for (Source source : sources) {
            existing(source.chunk()).joining = target.number;
        }
        sort(target);
    }

    private void joinEnded(TierRecord.JoinEnded record, long frame) {
        Chunk target = changing(record.chunk(), frame);
        List<Source> sources = target.sources;
        Map<Long, Segment> segments = record.joined() ? segmentsOf(sources) : Map.of();
        target.sources = List.of();
        joins.remove(target.number);
        Map<Long, Integer> bases = new HashMap<>();
        for (Source source : sources) {
            bases.put(source.chunk(), target.length);
            target.length = Math.addExact(target.length, source.length());
        }
        for (Source source : sources) {
            Chunk chunk = changing(source.chunk(), frame);
            chunk.joining = 0;
            Segment segment = segments.get(chunk.segment);
            if (segment != null && segment.extents != null) {
                move(segment, segment.extents, target, bases, frame);
            }
            sort(chunk);
        }
        sort(target);
    }

    private Map<Long, Segment> segmentsOf(List<Source> sources) {
        Map<Long, Segment> segments = new HashMap<>();
        for (Source source : sources) {
            long number = existing(source.chunk()).segment;
            Segment segment = number == 0 ? null : state.find(number);
            if (segment != null) {
                segments.put(number, segment);
            }
        }
        return segments;
    }

    /** Lets the pieces of a segment in any of the sources refer to the chunk that these were joined into. */
    private void move(Segment segment, Extents extents, Chunk target, Map<Long, Integer> bases, long frame) {
        state.changed().add(segment);
        for (int i = 0; i < extents.count(); i++) {
            Integer base = extents.isInChunk(i) ? bases.get(extents.chunk(i)) : null;
            if (base != null) {
                long source = extents.chunk(i);
                if (extents.replace(i, i + 1, target.number, base + extents.chunkOffset(i))) {
                    addPiece(target.number, segment.id);
                } else {
                    i--;
                }
                removePiece(source, frame);
            }
        }
    }

    private Chunk changing(long number, long frame) {
        Chunk chunk = rows.get(number);
        if (chunk == null) {
            throw corrupt(frame, "changes chunk " + number + ", which does not exist");
        }
        chunk.changedIn = frame;
        return chunk;
    }

    private Chunk existing(long number) {
        Chunk chunk = rows.get(number);
        if (chunk == null) {
            throw new LogException(
                    LogException.Kind.CORRUPT, "a segment has data in chunk " + number + ", which does not exist");
        }
        return chunk;
    }

    private static LogException corrupt(long frame, String what) {
        return new LogException(LogException.Kind.CORRUPT, "frame " + frame + " " + what);
    }
}
