/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.codecs.wire;

import io.headrace.codecs.wire.TableRequest.IteratorArgs;
import io.headrace.codecs.wire.TableRequest.TableEntry;
import io.headrace.codecs.wire.TableRequest.TableKey;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.function.Function;

/**
 * Reads the fields of one payload in their order. Lengths and counts are compared with the bytes that are left before
 * anything is made of them. An {@code optional} field may be missing at the end of the payload.
 */
final class FieldReader {
    /**
     * Most elements of a list. The objects of an element can be several times its encoded size; this keeps them within
     * the size of a frame. Clients send at most 256 at a time.
     */
    static final int MAX_ELEMENTS = 1 << 17;

    private static final int MIN_KEY_BYTES = 8;
    private static final int MIN_VALUE_BYTES = 8;

    private final ByteBuf in;

    FieldReader(ByteBuf in) {
        this.in = in;
    }

    int left() {
        return in.readableBytes();
    }

    byte i8() {
        need(1);
        return in.readByte();
    }

    int i32() {
        need(4);
        return in.readInt();
    }

    long i64() {
        need(8);
        return in.readLong();
    }

    boolean bool() {
        return i8() != 0;
    }

    UUID uuid() {
        need(16);
        return new UUID(in.readLong(), in.readLong());
    }

    String utf() {
        need(2);
        int size = in.readUnsignedShort();
        need(size);
        return size == 0 ? "" : ModifiedUtf8.read(in, size);
    }

    /** A length and that many bytes, as a slice. */
    ByteBuf bytes() {
        return slice(i32());
    }

    /** All bytes that are left, as a slice. */
    ByteBuf rest() {
        return slice(left());
    }

    /** An event with its header, as a slice. */
    ByteBuf event() {
        need(EventFrames.HEADER_BYTES);
        int type = in.getInt(in.readerIndex());
        if (type != EventFrames.TYPE) {
            throw new WireFormatException("an event has the type " + type + " instead of 0");
        }
        int length = in.getInt(in.readerIndex() + 4);
        if (length < 0 || length > left() - EventFrames.HEADER_BYTES) {
            throw tooShort(length);
        }
        return slice(EventFrames.HEADER_BYTES + length);
    }

    long optionalI64(long otherwise) {
        return left() >= 8 ? in.readLong() : otherwise;
    }

    int optionalI32(int otherwise) {
        return left() >= 4 ? in.readInt() : otherwise;
    }

    boolean optionalBool() {
        return left() > 0 && bool();
    }

    String optionalUtf() {
        return left() > 0 ? utf() : "";
    }

    /** Unlike {@link #optionalI64} this field is missing only if nothing at all is left. */
    long i64IfAnyLeft(long otherwise) {
        return left() > 0 ? i64() : otherwise;
    }

    /**
     * A count and that many elements.
     *
     * @param minBytes least encoded size of an element, in bytes, above 0
     */
    <T> List<T> list(int minBytes, Function<FieldReader, T> element) {
        int count = i32();
        if (count < 0 || count > left() / minBytes || count > MAX_ELEMENTS) {
            throw new WireFormatException("a list of " + count + " elements in " + left() + " bytes is not possible");
        }
        List<T> list = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            list.add(element.apply(this));
        }
        return list;
    }

    List<TableKey> keys() {
        return list(MIN_KEY_BYTES, FieldReader::key);
    }

    List<TableEntry> entries() {
        return list(MIN_KEY_BYTES + MIN_VALUE_BYTES, in -> new TableEntry(in.key(), in.value()));
    }

    /** An empty key has no version. */
    private TableKey key() {
        i32(); // says again what follows from the length of the key
        int length = i32();
        if (length == 0) {
            return new TableKey(Unpooled.EMPTY_BUFFER, TableKey.NO_VERSION);
        }
        return new TableKey(slice(length), i64());
    }

    private ByteBuf value() {
        i32(); // says again what follows from the length of the value
        return bytes();
    }

    /** Each part is empty if it is missing. */
    IteratorArgs iteratorArgs() {
        ByteBuf token = bytesOrNone();
        bytesOrNone(); // a prefix filter that no longer exists
        return new IteratorArgs(token, bytesOrNone(), bytesOrNone());
    }

    private ByteBuf bytesOrNone() {
        return left() >= 4 ? bytes() : Unpooled.EMPTY_BUFFER;
    }

    private ByteBuf slice(int length) {
        need(length);
        return length == 0 ? Unpooled.EMPTY_BUFFER : in.readSlice(length);
    }

    private void need(int bytes) {
        if (bytes < 0 || bytes > left()) {
            throw tooShort(bytes);
        }
    }

    private WireFormatException tooShort(int bytes) {
        return new WireFormatException(
                "a field of " + bytes + " bytes does not fit into the " + left() + " that are left");
    }
}
