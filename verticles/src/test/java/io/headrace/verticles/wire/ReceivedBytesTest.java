/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.verticles.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class ReceivedBytesTest {
    private final ReceivedBytes received = new ReceivedBytes();

    @Test
    void whatComesInComesOutHoweverItIsCut() {
        Random random = new Random(11);
        byte[] all = new byte[1 << 20];
        random.nextBytes(all);
        int in = 0;
        int out = 0;
        while (out < all.length) {
            int arriving = Math.min(all.length - in, random.nextInt(random.nextBoolean() ? 10 : 20_000));
            received.add(Unpooled.copiedBuffer(all, in, arriving));
            in += arriving;
            while (received.readableBytes() >= Integer.BYTES && random.nextInt(4) > 0) {
                int offset = random.nextInt(received.readableBytes() - Integer.BYTES + 1);
                assertThat(received.getInt(offset))
                        .isEqualTo(Unpooled.wrappedBuffer(all).getInt(out + offset));
                int size = random.nextInt(received.readableBytes() + 1);
                if (random.nextInt(5) == 0) {
                    received.skip(size);
                } else {
                    ByteBuf taken = received.take(size);
                    assertThat(ByteBufUtil.getBytes(taken)).isEqualTo(Arrays.copyOfRange(all, out, out + size));
                }
                out += size;
            }
            received.compact();
            assertThat(received.readableBytes()).isEqualTo(in - out);
            if (in == all.length) {
                received.skip(received.readableBytes());
                out = in;
            }
        }
    }

    @Test
    void aFrameThatArrivedWholeIsNotCopied() {
        ByteBuf read = Unpooled.wrappedBuffer(new byte[1000]);
        received.add(read);
        received.skip(8);
        assertThat(received.take(500).array()).isSameAs(read.array());
    }

    @Test
    void whatWasTakenStaysAsItIsWhenMoreArrives() {
        received.add(Unpooled.wrappedBuffer(new byte[] {1, 2, 3}));
        received.compact();
        received.add(Unpooled.wrappedBuffer(new byte[] {4, 5}));
        ByteBuf taken = received.take(4);
        received.add(Unpooled.wrappedBuffer(new byte[] {6, 7}));
        assertThat(ByteBufUtil.getBytes(taken)).containsExactly(1, 2, 3, 4);
        assertThat(ByteBufUtil.getBytes(received.take(3))).containsExactly(5, 6, 7);
    }

    @Test
    void aSmallRestLetsGoOfALargeBuffer() {
        ByteBuf read = Unpooled.wrappedBuffer(new byte[64 << 10]);
        received.add(read);
        received.skip((64 << 10) - 10);
        received.compact();
        assertThat(received.take(10).array()).hasSizeLessThan(1024);
    }

    @Test
    void aSlowPeerCostsLittleMoreThanItsBytes() {
        for (int i = 0; i < 100_000; i++) {
            received.add(Unpooled.wrappedBuffer(new byte[] {(byte) i}));
        }
        ByteBuf taken = received.take(100_000);
        assertThat(taken.nioBufferCount()).isLessThan(40);
        assertThat(taken.getByte(777)).isEqualTo((byte) 777);
    }
}
