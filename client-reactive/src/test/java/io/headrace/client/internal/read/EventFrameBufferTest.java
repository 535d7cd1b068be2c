/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.client.internal.read;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.headrace.client.ProtocolException;
import io.headrace.codecs.wire.EventFrames;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class EventFrameBufferTest {

    @ParameterizedTest
    @ValueSource(ints = {1, 3, 7, 8, 9, 64, 1000, 1_000_000})
    void eventsAreFoundWhereverTheBytesAreCut(int pieceBytes) {
        Random random = new Random(pieceBytes);
        List<byte[]> events = new ArrayList<>();
        ByteBuf segment = Unpooled.buffer();
        for (int i = 0; i < 100; i++) {
            byte[] event = new byte[i % 10 == 0 ? 0 : random.nextInt(5000)];
            random.nextBytes(event);
            events.add(event);
            EventFrames.write(segment, Unpooled.wrappedBuffer(event));
        }
        EventFrameBuffer buffer = new EventFrameBuffer(5000);
        List<byte[]> found = new ArrayList<>();
        while (segment.isReadable()) {
            buffer.add(segment.readSlice(Math.min(pieceBytes, segment.readableBytes())));
            if (random.nextBoolean()) {
                takeAll(buffer, found);
            }
        }
        takeAll(buffer, found);
        assertThat(found)
                .usingElementComparator(
                        (a, b) -> ByteBufUtil.compare(Unpooled.wrappedBuffer(a), Unpooled.wrappedBuffer(b)))
                .isEqualTo(events);
        assertThat(buffer.heldBytes()).isZero();
    }

    @Test
    void whatIsNoEventIsRefused() {
        for (long header : new long[] {1L << 32, 0xffffffffL, 101}) {
            EventFrameBuffer buffer = new EventFrameBuffer(100);
            buffer.add(Unpooled.copyLong(header));
            assertThatThrownBy(buffer::next).isInstanceOf(ProtocolException.class);
        }
    }

    @Test
    void memoryGrowsWithWhatHasArrived() {
        EventFrameBuffer buffer = new EventFrameBuffer(Integer.MAX_VALUE);
        buffer.add(Unpooled.copyLong(Integer.MAX_VALUE - 8));
        assertThat(buffer.next()).isNull();
        buffer.add(Unpooled.wrappedBuffer(new byte[100]));
        assertThat(buffer.next()).isNull();
        assertThat(buffer.heldBytes()).isEqualTo(108);
    }

    private static void takeAll(EventFrameBuffer buffer, List<byte[]> found) {
        for (ByteBuf event = buffer.next(); event != null; event = buffer.next()) {
            found.add(ByteBufUtil.getBytes(event));
        }
    }
}
