/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.engine.segments;

import io.headrace.engine.log.LogException;
import io.headrace.engine.segments.Chunk.Source;
import io.netty.buffer.ByteBuf;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The part of the durable state that is about long-term storage: which it is, and what chunks there are. Those that may grow
 * and those that are being joined are few and in memory; all others are rows, which no record has to look at.
 *
 * <p>All parts of a chunk that segments have belong to one segment: it is written for one, and a merge moves all of them. So
 * a chunk is unused when its segment drops the last part.
 */
final class Chunks {
    private final SegmentsState state;
    private final ChunkRows rows;

    /** By number, so that what goes through all of them does so in the same order everywhere; likewise the joins. */
    private final TreeMap<Long, Chunk> growing = new TreeMap<>();

    private final TreeMap<Long, ChunkJoin> joins = new TreeMap<>();
    private long count;
    private long next = 1;
    private long tag;
    private String storage = "";

    /** Of this owner: the frame in which a chunk became unused last. */
    private long unusedIn;

    /** Of this owner: whether there may be unused chunks that nobody has taken notice of. */
    private boolean unnoticed = true;

    Chunks(SegmentsState state, ChunkRows rows) {
        this.state = state;
        this.rows = rows;
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

    /** All chunks: those that may grow, new ones of joins, complete ones, and those that are to be deleted. */
    long count() {
        return count;
    }

    /** A chunk that segments may have parts of; null if there is none. May miss its row. */
    @Nullable
    Chunk find(long number) {
        Chunk chunk = growing.get(number);
        return chunk == null ? rows.find(number) : chunk;
    }

    ChunkRows rows() {
        return rows;
    }

    /** A chunk that may grow; null if it is not one of these. */
    @Nullable
    Chunk growing(long number) {
        return growing.get(number);
    }

    Collection<Chunk> growing() {
        return growing.values();
    }

    /** The first chunk with a higher number that may grow; null if there is none. */
    @Nullable
    Chunk growingAfter(long number) {
        Map.Entry<Long, Chunk> after = growing.higherEntry(number);
        return after == null ? null : after.getValue();
    }

    /** Whether there is a chunk of this number and epoch, or is to be one. May miss its row. */
    boolean knows(long number, long epoch) {
        ChunkJoin join = joins.get(number);
        if (join != null) {
            return join.epoch == epoch;
        }
        Chunk chunk = find(number);
        return chunk != null && chunk.epoch == epoch;
    }

    Collection<ChunkJoin> joins() {
        return joins.values();
    }

    /** Whether a chunk is being joined into another one. */
    boolean isJoining(long number) {
        return joins.values().stream().anyMatch(join -> join.has(number));
    }

    /** Whether chunks of a segment are being joined, given by its number. */
    boolean isJoiningOf(long segment) {
        return joins.values().stream().anyMatch(join -> join.segment == segment);
    }

    /** Whether chunks may have become unused since this was asked for last. */
    boolean takeUnnoticed() {
        boolean taken = unnoticed;
        unnoticed = false;
        return taken;
    }

    /** Has unused chunks looked for once more. */
    void unnoticed() {
        unnoticed = true;
    }

    /** The frame in which a chunk became unused last; 0 if that was before this owner restored the state. */
    long unusedIn() {
        return unusedIn;
    }

    /** Applies a record; {@code body} stands behind the version. */
    void apply(int type, ByteBuf body, long frame) {
        switch (type) {
            case TierRecord.STORAGE -> {
                TierRecord.Storage record = TierRecord.Storage.read(body);
                setStorage(record.tag(), record.identity());
            }
            case TierRecord.FLUSHED -> flushed(TierRecord.Flushed.read(body), frame);
            case TierRecord.CHUNK_SEALED -> {
                // One that is unused by now is complete already.
                Chunk chunk = growing.remove(TierRecord.ChunkSealed.read(body).chunk());
                if (chunk != null) {
                    rows.put(chunk);
                }
            }
            case TierRecord.CHUNK_GIVEN_UP -> {
                TierRecord.ChunkGivenUp record = TierRecord.ChunkGivenUp.read(body);
                count(record.chunk());
                rows.put(new Chunk(record.chunk(), record.epoch(), 0));
                putUnused(record.chunk(), frame);
            }
            case TierRecord.CHUNK_DELETED -> {
                rows.remove(TierRecord.ChunkDeleted.read(body).chunk());
                count--;
            }
            case TierRecord.JOIN_BEGUN -> {
                TierRecord.JoinBegun record = TierRecord.JoinBegun.read(body);
                count(record.chunk());
                ChunkJoin join = new ChunkJoin(record.chunk(), record.epoch(), record.segment(), record.sources());
                join.begunIn = frame;
                joins.put(join.number, join);
            }
            case TierRecord.JOIN_ENDED -> joinEnded(TierRecord.JoinEnded.read(body), frame);
            default -> throw new IllegalArgumentException("type " + type);
        }
    }

    void setStorage(long tag, String identity) {
        this.tag = tag;
        this.storage = identity;
    }

    private void count(long number) {
        count++;
        next = Math.max(next, number + 1);
    }

    /** Takes over from a snapshot how many chunks there are, and that numbers below {@code number} have been given. */
    void restore(long chunks, long number) {
        count = chunks;
        next = Math.max(next, number);
    }

    void restore(Chunk chunk) {
        growing.put(chunk.number, chunk);
    }

    void restore(ChunkJoin join) {
        joins.put(join.number, join);
    }

    private void putUnused(long number, long frame) {
        rows.putUnused(number);
        unusedIn = Math.max(unusedIn, frame);
        unnoticed = true;
    }

    /** Segments have dropped all parts of these chunks. */
    void unused(Set<Long> numbers, long frame) {
        for (long number : numbers) {
            if (!isJoining(number)) {
                Chunk chunk = growing.remove(number);
                if (chunk != null) {
                    rows.put(chunk);
                }
                putUnused(number, frame);
            }
        }
    }

    /** A segment is merged into another one, and its chunks with it. */
    void merged(Segment source, Segment target) {
        for (Chunk chunk : growing.values()) {
            if (chunk.segment == source.id) {
                chunk.segment = target.id;
            }
        }
        for (ChunkJoin join : joins.values()) {
            if (join.segment == source.id) {
                join.segment = target.id;
            }
        }
    }

    /** A segment has ended, and has no chunks any more. */
    void ended(Segment segment) {
        for (ChunkJoin join : joins.values()) {
            if (join.segment == segment.id) {
                join.segment = 0;
            }
        }
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
        Chunk chunk = growing.get(record.chunk());
        if (chunk == null) {
            chunk = new Chunk(record.chunk(), record.epoch(), 0);
            chunk.segment = segment.id;
            growing.put(chunk.number, chunk);
            count(chunk.number);
        }
        chunk.length = Math.toIntExact(record.chunkOffset() + bytes);
        extents.replace(from, to, record.chunk(), record.chunkOffset());
    }

    private void joinEnded(TierRecord.JoinEnded record, long frame) {
        ChunkJoin join = joins.get(record.chunk());
        if (join == null) {
            throw corrupt(frame, "ends a join into chunk " + record.chunk() + ", which was not begun");
        }
        Segment segment = join.segment == 0 ? null : state.find(join.segment);
        Extents extents = segment == null ? null : segment.extents;
        joins.remove(join.number);
        Map<Long, Integer> bases = new HashMap<>();
        int length = 0;
        for (Source source : join.sources) {
            bases.put(source.chunk(), length);
            length = Math.addExact(length, source.length());
        }
        if (record.joined() && segment != null && extents != null) {
            state.changed().add(segment);
            move(extents, join.number, bases);
        }
        rows.put(new Chunk(join.number, join.epoch, length));
        bases.keySet().stream()
                .sorted()
                .filter(source -> extents == null || !extents.hasChunk(source))
                .forEach(source -> putUnused(source, frame));
        if (extents == null || !extents.hasChunk(join.number)) {
            putUnused(join.number, frame);
        }
    }

    /** Lets the pieces of a segment in any of the sources refer to the chunk that these were joined into. */
    private static void move(Extents extents, long target, Map<Long, Integer> bases) {
        for (int i = 0; i < extents.count(); i++) {
            Integer base = extents.isInChunk(i) ? bases.get(extents.chunk(i)) : null;
            if (base != null && !extents.replace(i, i + 1, target, base + extents.chunkOffset(i))) {
                i--;
            }
        }
    }

    private static LogException corrupt(long frame, String what) {
        return new LogException(LogException.Kind.CORRUPT, "frame " + frame + " " + what);
    }
}
