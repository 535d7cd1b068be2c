/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.engine.segments;

import io.headrace.engine.partition.LogRecord;
import io.headrace.engine.segments.Chunk.Source;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * The records of a {@code segments} partition about long-term storage. Durable format, with the rules of {@link
 * SegmentRecord}: each body starts with {@code u8 version | i64 segment id}, 0 where no segment is meant.
 */
sealed interface TierRecord extends LogRecord {
    int STORAGE = 30;
    int FLUSHED = 31;
    int CHUNK_SEALED = 32;
    int CHUNK_GIVEN_UP = 33;
    int CHUNK_DELETED = 34;
    int JOIN_BEGUN = 35;
    int JOIN_ENDED = 36;

    int HEADER_BYTES = SegmentRecord.HEADER_BYTES;

    /** Number of the segment that the record is about; 0 for none. */
    default long segment() {
        return 0;
    }

    /** Writes what follows the header. */
    void writeRest(ByteBuf out);

    @Override
    default void write(ByteBuf out) {
        out.writeByte(SegmentRecord.VERSION).writeLong(segment());
        writeRest(out);
    }

    /**
     * The storage that chunks are in from here on: {@code i64 tag | u16 length and UTF-8 bytes of the identity}.
     *
     * @param tag drawn at random; all names of this partition's chunks begin with it, so that two that share a storage
     *     never take the chunks of each other for garbage
     */
    record Storage(long tag, String identity) implements TierRecord {
        @Override
        public int type() {
            return STORAGE;
        }

        @Override
        public int size() {
            return HEADER_BYTES + 10 + ByteBufUtil.utf8Bytes(identity);
        }

        @Override
        public void writeRest(ByteBuf out) {
            int bytes = ByteBufUtil.utf8Bytes(identity);
            out.writeLong(tag).writeShort(bytes);
            ByteBufUtil.reserveAndWriteUtf8(out, identity, bytes);
        }

        static Storage read(ByteBuf in) {
            in.skipBytes(Long.BYTES);
            return new Storage(
                    in.readLong(),
                    in.readCharSequence(in.readUnsignedShort(), StandardCharsets.UTF_8)
                            .toString());
        }
    }

    /**
     * Whole extents of a segment are in a chunk now, which begins with this if it is not known: {@code i64 from | i64 to |
     * i64 chunk | i64 epoch of the chunk | i32 offset in the chunk}.
     */
    record Flushed(long segment, long from, long to, long chunk, long epoch, int chunkOffset) implements TierRecord {
        @Override
        public int type() {
            return FLUSHED;
        }

        @Override
        public int size() {
            return HEADER_BYTES + 36;
        }

        @Override
        public void writeRest(ByteBuf out) {
            out.writeLong(from).writeLong(to).writeLong(chunk).writeLong(epoch).writeInt(chunkOffset);
        }

        static Flushed read(ByteBuf in) {
            return new Flushed(in.readLong(), in.readLong(), in.readLong(), in.readLong(), in.readLong(), in.readInt());
        }
    }

    /** Nothing more comes into a chunk: {@code i64 chunk}. */
    record ChunkSealed(long chunk) implements TierRecord {
        @Override
        public int type() {
            return CHUNK_SEALED;
        }

        @Override
        public int size() {
            return HEADER_BYTES + 8;
        }

        @Override
        public void writeRest(ByteBuf out) {
            out.writeLong(chunk);
        }

        static ChunkSealed read(ByteBuf in) {
            in.skipBytes(Long.BYTES);
            return new ChunkSealed(in.readLong());
        }
    }

    /** A chunk that may be in the storage is of no use, and is to be deleted: {@code i64 chunk | i64 epoch}. */
    record ChunkGivenUp(long chunk, long epoch) implements TierRecord {
        @Override
        public int type() {
            return CHUNK_GIVEN_UP;
        }

        @Override
        public int size() {
            return HEADER_BYTES + 16;
        }

        @Override
        public void writeRest(ByteBuf out) {
            out.writeLong(chunk).writeLong(epoch);
        }

        static ChunkGivenUp read(ByteBuf in) {
            in.skipBytes(Long.BYTES);
            return new ChunkGivenUp(in.readLong(), in.readLong());
        }
    }

    /** The storage has no such chunk any more: {@code i64 chunk}. */
    record ChunkDeleted(long chunk) implements TierRecord {
        @Override
        public int type() {
            return CHUNK_DELETED;
        }

        @Override
        public int size() {
            return HEADER_BYTES + 8;
        }

        @Override
        public void writeRest(ByteBuf out) {
            out.writeLong(chunk);
        }

        static ChunkDeleted read(ByteBuf in) {
            in.skipBytes(Long.BYTES);
            return new ChunkDeleted(in.readLong());
        }
    }

    /**
     * Chunks of a segment are about to be joined into a new one, which may consume them: {@code i64 chunk | i64 epoch |
     * i32 count | per source: i64 chunk | i32 length}.
     */
    record JoinBegun(long segment, long chunk, long epoch, List<Source> sources) implements TierRecord {
        public JoinBegun {
            sources = List.copyOf(sources);
        }

        @Override
        public int type() {
            return JOIN_BEGUN;
        }

        @Override
        public int size() {
            return HEADER_BYTES + 20 + 12 * sources.size();
        }

        @Override
        public void writeRest(ByteBuf out) {
            out.writeLong(chunk).writeLong(epoch).writeInt(sources.size());
            sources.forEach(source -> out.writeLong(source.chunk()).writeInt(source.length()));
        }

        static JoinBegun read(ByteBuf in) {
            long segment = in.readLong();
            long chunk = in.readLong();
            long epoch = in.readLong();
            List<Source> sources = new ArrayList<>();
            for (int left = in.readInt(); left > 0; left--) {
                sources.add(new Source(in.readLong(), in.readInt()));
            }
            return new JoinBegun(segment, chunk, epoch, sources);
        }
    }

    /** Chunks have been joined, or will not be: {@code i64 chunk | u8 1 if they were, else 0}. */
    record JoinEnded(long chunk, boolean joined) implements TierRecord {
        @Override
        public int type() {
            return JOIN_ENDED;
        }

        @Override
        public int size() {
            return HEADER_BYTES + 9;
        }

        @Override
        public void writeRest(ByteBuf out) {
            out.writeLong(chunk).writeByte(joined ? 1 : 0);
        }

        static JoinEnded read(ByteBuf in) {
            in.skipBytes(Long.BYTES);
            return new JoinEnded(in.readLong(), in.readByte() != 0);
        }
    }
}
