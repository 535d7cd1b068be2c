/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.engine.segments;

import io.headrace.engine.log.LogException;
import io.headrace.engine.state.ByteMap;
import io.headrace.engine.state.ByteScan;
import io.headrace.engine.state.LayeredState;
import io.headrace.engine.state.Varint;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Chunks as rows. Durable format, in maps beside those of {@link SegmentRows}; {@code var} is an unsigned {@link Varint}:
 *
 * <pre>
 * map 2^63 - 2    i64 number of a chunk that is complete -> u8 version | var epoch | var length
 * map 2^63 - 1    i64 number of a chunk that no segment has parts of any more, and that is to be deleted -> nothing
 * </pre>
 */
final class ChunkRows {
    static final long COMPLETE = Long.MAX_VALUE - 1;
    static final long UNUSED = Long.MAX_VALUE;

    private static final int VERSION = 1;

    private final ByteMap complete;
    private final ByteMap unused;

    ChunkRows(LayeredState state) {
        this.complete = state.map(COMPLETE);
        this.unused = state.map(UNUSED);
    }

    /** @throws io.headrace.engine.state.NotInMemory if it cannot be told without waiting; likewise all that reads */
    @Nullable
    Chunk find(long number) {
        byte[] row = complete.get(key(number));
        return row == null ? null : read(number, Unpooled.wrappedBuffer(row));
    }

    private static Chunk read(long number, ByteBuf row) {
        int version = row.readUnsignedByte();
        if (version != VERSION) {
            throw corrupt(number, "has version " + version + ", this program knows " + VERSION);
        }
        try {
            return new Chunk(number, Varint.read(row), Math.toIntExact(Varint.read(row)));
        } catch (IndexOutOfBoundsException | ArithmeticException e) {
            throw corrupt(number, "cannot be used: " + e);
        }
    }

    private static LogException corrupt(long number, String what) {
        return new LogException(LogException.Kind.CORRUPT, "the row of chunk " + number + " " + what);
    }

    /** Makes sure that all of these can be found without waiting. */
    void need(Collection<Long> numbers) {
        complete.need(numbers.stream().map(ChunkRows::key).toList(), Integer.MAX_VALUE);
    }

    void put(Chunk chunk) {
        ByteBuf row = Unpooled.buffer(16).writeByte(VERSION);
        Varint.write(row, chunk.epoch);
        Varint.write(row, chunk.length);
        complete.put(key(chunk.number), ByteBufUtil.getBytes(row));
    }

    void putUnused(long number) {
        unused.put(key(number), new byte[0]);
    }

    boolean isUnused(long number) {
        return unused.get(key(number)) != null;
    }

    /** A chunk is not there any more. */
    void remove(long number) {
        complete.remove(key(number));
        unused.remove(key(number));
    }

    /** The first chunks that are to be deleted. */
    List<Chunk> unused(int limit) {
        List<Long> numbers = new ArrayList<>();
        try (ByteScan scan = unused.scan(key(0))) {
            while (numbers.size() < limit && scan.next()) {
                numbers.add(ByteBuffer.wrap(scan.key()).getLong());
            }
        }
        need(numbers);
        List<Chunk> found = new ArrayList<>(numbers.size());
        for (long number : numbers) {
            Chunk chunk = find(number);
            if (chunk == null) {
                throw corrupt(number, "is missing");
            }
            found.add(chunk);
        }
        return found;
    }

    private static byte[] key(long number) {
        return ByteBuffer.allocate(Long.BYTES).putLong(number).array();
    }
}
