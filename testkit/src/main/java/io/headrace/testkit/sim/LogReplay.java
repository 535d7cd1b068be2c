/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.testkit.sim;

import io.headrace.engine.partition.StateMachine;
import io.headrace.testkit.state.Rows;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Replays a log from its first frame on, written from the description of the format in {@link
 * io.headrace.engine.partition.Frame} and not from the kernel: what it arrives at is what every owner must recover.
 */
final class LogReplay {
    private static final int HEADER_BYTES = 36;
    private static final int RECORD_HEADER_BYTES = 6;
    private static final int EPOCH_START = 0;

    private record Part(int type, ByteBuf body, long frame, int offset) {}

    private final StateMachine<?, ?> machine;
    private final List<Part> openBatch = new ArrayList<>();
    private long replayed;

    LogReplay(StateMachine<?, ?> machine) {
        this.machine = machine;
    }

    /** The newest frame that has been replayed. */
    long replayed() {
        return replayed;
    }

    /** Replays the next frame. */
    void next(byte[] frame) {
        replayed++;
        int position = HEADER_BYTES;
        ByteBuf bytes = Unpooled.wrappedBuffer(frame);
        while (position < frame.length) {
            int type = bytes.getUnsignedByte(position);
            boolean endsBatch = bytes.getByte(position + 1) == 1;
            int length = bytes.getInt(position + 2);
            position += RECORD_HEADER_BYTES;
            if (type == EPOCH_START) {
                openBatch.clear();
            } else {
                openBatch.add(new Part(type, bytes.slice(position, length), replayed, position));
                if (endsBatch) {
                    openBatch.forEach(part -> machine.apply(part.type, part.body, part.frame, part.offset));
                    openBatch.clear();
                }
            }
            position += length;
        }
    }

    byte[] snapshot() {
        return snapshot(machine);
    }

    static byte[] snapshot(StateMachine<?, ?> machine) {
        ByteBuf out = Unpooled.buffer();
        machine.snapshot(out);
        out.writeBytes(Rows.of(machine.rows()));
        return ByteBufUtil.getBytes(out);
    }

    static long epoch(byte[] frame) {
        return Unpooled.wrappedBuffer(frame).getLong(8);
    }

    /** Whether the last record of {@code frame} is the last of its batch: null if the frame does not exist. */
    static @Nullable Boolean endsBatch(byte @Nullable [] frame) {
        if (frame == null) {
            return null;
        }
        ByteBuf bytes = Unpooled.wrappedBuffer(frame);
        int position = HEADER_BYTES;
        boolean ends = true;
        while (position < frame.length) {
            ends = bytes.getByte(position + 1) == 1;
            position += RECORD_HEADER_BYTES + bytes.getInt(position + 2);
        }
        return ends;
    }
}
