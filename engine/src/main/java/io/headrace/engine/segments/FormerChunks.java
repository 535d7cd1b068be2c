/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.engine.segments;

import io.headrace.engine.log.LogException;
import io.headrace.engine.segments.Chunk.Source;
import io.headrace.engine.state.Varint;
import io.netty.buffer.ByteBuf;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * The chunks of a snapshot of version 4 or 5, which had all of them. {@code var} is an unsigned {@link Varint}:
 *
 * <pre>
 * chunks     var chunk count | chunks in ascending order of number
 * chunk      var number - number before | var epoch | var length | u8 flags (bit 0 sealed)
 *            var source count, 0 unless others are being joined into it | per source: var number | var length
 *            from version 5 on: var count of its pieces | if any: var number of the segment
 * </pre>
 */
final class FormerChunks {
    private static final int SEALED = 0b001;

    private static final class Former {
        private final Chunk chunk;
        private final boolean sealed;
        private final List<Source> sources;
        private long pieces;

        private Former(Chunk chunk, boolean sealed, List<Source> sources) {
            this.chunk = chunk;
            this.sealed = sealed;
            this.sources = sources;
        }
    }

    private final TreeMap<Long, Former> chunks = new TreeMap<>();

    /** Reads the storage, the next chunk number and the chunks. */
    void read(ByteBuf in, boolean withPieces, Chunks into) {
        String identity = SegmentFormat.readText(in);
        into.setStorage(in.readLong(), identity);
        long next = Varint.read(in);
        long number = 0;
        long count = Varint.read(in);
        into.restore(count, next);
        for (long left = count; left > 0; left--) {
            number += Varint.read(in);
            Chunk chunk = new Chunk(number, Varint.read(in), Math.toIntExact(Varint.read(in)));
            Former former = new Former(chunk, (in.readByte() & SEALED) != 0, Snapshot.readSources(in));
            if (withPieces) {
                former.pieces = Varint.read(in);
                chunk.segment = former.pieces == 0 ? 0 : Varint.read(in);
            }
            chunks.put(number, former);
        }
    }

    /** A segment, given by its number, has a piece in a chunk. */
    void addPiece(long number, long segment) {
        Former former = chunks.get(number);
        if (former == null) {
            throw new LogException(
                    LogException.Kind.CORRUPT, "a segment has data in chunk " + number + ", which does not exist");
        }
        former.pieces++;
        former.chunk.segment = segment;
    }

    /** Puts each chunk where it belongs, now that all segments have been read. */
    void handOver(Chunks into) {
        Set<Long> joining = new HashSet<>();
        chunks.values().forEach(former -> former.sources.forEach(source -> joining.add(source.chunk())));
        for (Map.Entry<Long, Former> entry : chunks.entrySet()) {
            Former former = entry.getValue();
            Chunk chunk = former.chunk;
            if (!former.sources.isEmpty()) {
                into.restore(new ChunkJoin(chunk.number, chunk.epoch, segmentOf(former.sources), former.sources));
            } else if (former.sealed || former.pieces == 0) {
                into.rows().put(chunk);
                if (former.pieces == 0 && !joining.contains(chunk.number)) {
                    into.rows().putUnused(chunk.number);
                }
            } else {
                into.restore(chunk);
            }
        }
    }

    private long segmentOf(List<Source> sources) {
        return sources.stream()
                .map(source -> chunks.get(source.chunk()))
                .mapToLong(former -> former == null ? 0 : former.chunk.segment)
                .max()
                .orElse(0);
    }
}
