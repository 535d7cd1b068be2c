/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.codecs.versioned;

import io.headrace.codecs.wire.ModifiedUtf8;
import io.headrace.codecs.wire.WireFormatException;
import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** Reads the fields of one revision. Whatever is wrong with the bytes is a {@link WireFormatException}. */
public final class VersionedReader {

    /**
     * An object that was found.
     *
     * @param revisions the bytes of each, from number 0 on
     */
    public record Found(int version, List<ByteBuf> revisions) {
        public Found {
            revisions = List.copyOf(revisions);
        }

        /** The fields of a revision; empty if the writer did not know it. */
        public Optional<VersionedReader> revision(int number) {
            return number < revisions.size()
                    ? Optional.of(new VersionedReader(revisions.get(number).duplicate()))
                    : Optional.empty();
        }

        /** The fields of a revision that must be there. */
        public VersionedReader required(int number) {
            return revision(number)
                    .orElseThrow(() -> new WireFormatException("a versioned object without revision " + number));
        }
    }

    private final ByteBuf in;

    private VersionedReader(ByteBuf in) {
        this.in = in;
    }

    /**
     * Reads an object; what comes behind it stays in the buffer.
     *
     * @param maxVersion the newest that the caller knows; the oldest is 0
     */
    public static Found read(ByteBuf in, int maxVersion) {
        VersionedReader header = new VersionedReader(in);
        int format = header.u8();
        int version = header.u8();
        if (format != VersionedWriter.FORMAT || version > maxVersion) {
            throw new WireFormatException("no versioned object that is known: format " + format + ", version " + version
                    + " (at most " + maxVersion + ")");
        }
        int count = header.u8();
        List<ByteBuf> revisions = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            int id = header.u8();
            if (id != i) {
                throw new WireFormatException("revision " + id + " in the place of revision " + i);
            }
            revisions.add(header.bytes(header.i32()));
        }
        return new Found(version, revisions);
    }

    /** The buffer itself, for an object within this one. */
    public ByteBuf buffer() {
        return in;
    }

    public int u8() {
        return need(1).readUnsignedByte();
    }

    public boolean bool() {
        return u8() != 0;
    }

    public int i32() {
        return need(Integer.BYTES).readInt();
    }

    public long i64() {
        return need(Long.BYTES).readLong();
    }

    public double f64() {
        return need(Double.BYTES).readDouble();
    }

    public UUID uuid() {
        return new UUID(i64(), i64());
    }

    public String utf() {
        int size = need(Short.BYTES).readUnsignedShort();
        return ModifiedUtf8.read(need(size), size);
    }

    public int compactInt() {
        int first = peek();
        return switch (first >> 6) {
            case 0, 1 -> u8();
            case 2 -> need(Short.BYTES).readUnsignedShort() & 0x3FFF;
            default -> i32() & 0x3FFF_FFFF;
        };
    }

    public long compactLong() {
        int first = peek();
        return switch (first >> 6) {
            case 0 -> u8();
            case 1 -> need(Short.BYTES).readUnsignedShort() & 0x3FFF;
            case 2 -> i32() & 0x3FFF_FFFF;
            default -> i64() & 0x3FFF_FFFF_FFFF_FFFFL;
        };
    }

    public long compactSignedLong() {
        int first = peek();
        long amount =
                switch ((first >> 5) & 3) {
                    case 0 -> u8() & 0x1F;
                    case 1 -> need(Short.BYTES).readUnsignedShort() & 0x1FFF;
                    case 2 -> i32() & 0x1FFF_FFFF;
                    default -> i64() & 0x1FFF_FFFF_FFFF_FFFFL;
                };
        return first >> 7 == 0 ? amount : -amount - 1;
    }

    /** The number of entries of a map or collection, each of which takes at least {@code minBytes}, above 0. */
    public int count(int minBytes) {
        int count = compactInt();
        if (count > in.readableBytes() / minBytes) {
            throw new WireFormatException(count + " entries in " + in.readableBytes() + " bytes");
        }
        return count;
    }

    /** A slice of the next bytes. */
    public ByteBuf bytes(int length) {
        return need(length).readSlice(length);
    }

    private int peek() {
        return need(1).getUnsignedByte(in.readerIndex());
    }

    private ByteBuf need(int bytes) {
        if (bytes < 0 || in.readableBytes() < bytes) {
            throw new WireFormatException(bytes + " bytes are needed, " + in.readableBytes() + " are there");
        }
        return in;
    }
}
