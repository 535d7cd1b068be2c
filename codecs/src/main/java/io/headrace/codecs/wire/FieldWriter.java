/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.codecs.wire;

import io.headrace.codecs.wire.TableRequest.IteratorArgs;
import io.headrace.codecs.wire.TableRequest.TableEntry;
import io.headrace.codecs.wire.TableRequest.TableKey;
import io.netty.buffer.ByteBuf;
import java.util.List;
import java.util.UUID;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** Takes the fields of one payload in their order: once to measure them, once to write them. Source indexes stay put. */
abstract sealed class FieldWriter {

    abstract FieldWriter i8(int value);

    abstract FieldWriter i32(int value);

    abstract FieldWriter i64(long value);

    abstract FieldWriter zeros(int count);

    abstract FieldWriter utf(String value);

    /** Bytes without a length in front. */
    abstract FieldWriter raw(ByteBuf value);

    /** The main bytes of a command that has no more than one such field; they need not be copied. */
    FieldWriter rest(ByteBuf value) {
        return raw(value);
    }

    /** As {@link #rest}, with the length in front. */
    final FieldWriter payload(ByteBuf value) {
        return i32(value.readableBytes()).rest(value);
    }

    /** A length and that many bytes. */
    final FieldWriter bytes(ByteBuf value) {
        return i32(value.readableBytes()).raw(value);
    }

    final FieldWriter bool(boolean value) {
        return i8(value ? 1 : 0);
    }

    final FieldWriter uuid(UUID value) {
        return i64(value.getMostSignificantBits()).i64(value.getLeastSignificantBits());
    }

    /** Free text, of which only as much is written as fits. */
    final FieldWriter text(String value) {
        return utf(ModifiedUtf8.cut(value));
    }

    final <T> FieldWriter list(List<T> values, BiConsumer<FieldWriter, T> element) {
        i32(values.size());
        for (T value : values) {
            element.accept(this, value);
        }
        return this;
    }

    final FieldWriter keys(List<TableKey> keys) {
        return list(keys, FieldWriter::key);
    }

    final FieldWriter entries(List<TableEntry> entries) {
        return list(entries, FieldWriter::entry);
    }

    private FieldWriter entry(TableEntry entry) {
        return key(entry.key()).i32(4 + entry.value().readableBytes()).bytes(entry.value());
    }

    private FieldWriter key(TableKey key) {
        int length = key.data().readableBytes();
        i32(4 + length + 8).bytes(key.data());
        return length > 0 ? i64(key.version()) : this;
    }

    final FieldWriter iteratorArgs(IteratorArgs args) {
        return bytes(args.continuationToken())
                .i32(0) // a prefix filter that no longer exists
                .bytes(args.fromKey())
                .bytes(args.toKey());
    }

    /** Counts what the fields take. */
    static final class Measure extends FieldWriter {
        private long size;
        private @Nullable ByteBuf payload;

        /**
         * Size of a frame with these fields, in bytes.
         *
         * @throws IllegalArgumentException if it is above {@link FrameHeader#MAX_FRAME}
         */
        int frameSize() {
            if (size > FrameHeader.MAX_PAYLOAD) {
                throw new IllegalArgumentException("a payload of " + size + " bytes does not fit into a frame");
            }
            return FrameHeader.BYTES + (int) size;
        }

        /** What was given to {@link #rest}, if anything. */
        @Nullable
        ByteBuf payload() {
            return payload;
        }

        @Override
        FieldWriter rest(ByteBuf value) {
            payload = value;
            return raw(value);
        }

        @Override
        FieldWriter i8(int value) {
            size += 1;
            return this;
        }

        @Override
        FieldWriter i32(int value) {
            size += 4;
            return this;
        }

        @Override
        FieldWriter i64(long value) {
            size += 8;
            return this;
        }

        @Override
        FieldWriter zeros(int count) {
            size += count;
            return this;
        }

        @Override
        FieldWriter utf(String value) {
            long length = ModifiedUtf8.sizeOf(value);
            if (length > ModifiedUtf8.MAX_BYTES) {
                throw new IllegalArgumentException("a string of " + length + " encoded bytes is too long");
            }
            size += 2 + length;
            return this;
        }

        @Override
        FieldWriter raw(ByteBuf value) {
            size += value.readableBytes();
            return this;
        }
    }

    /** Writes into a buffer that has room for it all. */
    static final class Copy extends FieldWriter {
        private final ByteBuf out;
        private final boolean leaveOut;
        private int leftOutAt;

        /**
         * Writes to the end of a buffer.
         *
         * @param leaveOut do not copy what is given to {@link #rest}, but note where it belongs
         */
        Copy(ByteBuf out, boolean leaveOut) {
            this.out = out;
            this.leaveOut = leaveOut;
        }

        /** Where in the buffer the bytes belong that were left out. */
        int leftOutAt() {
            return leftOutAt;
        }

        @Override
        FieldWriter i8(int value) {
            out.writeByte(value);
            return this;
        }

        @Override
        FieldWriter i32(int value) {
            out.writeInt(value);
            return this;
        }

        @Override
        FieldWriter i64(long value) {
            out.writeLong(value);
            return this;
        }

        @Override
        FieldWriter zeros(int count) {
            out.writeZero(count);
            return this;
        }

        @Override
        FieldWriter utf(String value) {
            int length = (int) ModifiedUtf8.sizeOf(value);
            out.writeShort(length);
            ModifiedUtf8.write(out, value, length);
            return this;
        }

        @Override
        FieldWriter raw(ByteBuf value) {
            out.writeBytes(value, value.readerIndex(), value.readableBytes());
            return this;
        }

        @Override
        FieldWriter rest(ByteBuf value) {
            if (leaveOut) {
                leftOutAt = out.writerIndex();
            } else {
                raw(value);
            }
            return this;
        }
    }
}
