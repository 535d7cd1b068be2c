/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.client.internal.format;

import io.headrace.codecs.wire.WireFormatException;
import io.netty.buffer.ByteBuf;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * The entries by which a state is shared: i32 1 and a whole state, to the end of the entry; or i32 2 and changes, each i32
 * length and that many bytes. The published client leaves bytes of no meaning behind a whole state.
 */
public final class StateFrames {
    private static final int STATE = 1;
    private static final int CHANGES = 2;

    /** What an entry holds. */
    public sealed interface Frame {}

    /** A whole state. */
    public record State(ByteBuf bytes) implements Frame {}

    /** Changes, in their order. */
    public record Changes(List<ByteBuf> all) implements Frame {
        public Changes {
            all = List.copyOf(all);
        }
    }

    private StateFrames() {}

    public static byte[] state(byte[] state) {
        return ByteBuffer.allocate(Integer.BYTES + state.length)
                .putInt(STATE)
                .put(state)
                .array();
    }

    public static byte[] changes(List<byte[]> all) {
        return Bytes.written(out -> {
            out.writeInt(CHANGES);
            all.forEach(change -> out.writeInt(change.length).writeBytes(change));
        });
    }

    /** Reads one; {@link WireFormatException} if it is none. */
    public static Frame read(ByteBuf in) {
        int kind = in.readableBytes() < Integer.BYTES ? 0 : in.readInt();
        if (kind == STATE) {
            return new State(in.readSlice(in.readableBytes()));
        }
        if (kind != CHANGES) {
            throw new WireFormatException("an entry of kind " + kind + " has no part in a shared state");
        }
        List<ByteBuf> all = new ArrayList<>();
        while (in.isReadable()) {
            int length = in.readableBytes() < Integer.BYTES ? -1 : in.readInt();
            if (length < 0 || length > in.readableBytes()) {
                throw new WireFormatException(
                        "a change of " + length + " bytes in an entry that has " + in.readableBytes());
            }
            all.add(in.readSlice(length));
        }
        return new Changes(all);
    }
}
