/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.codecs.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever bytes arrive, they are a command or a {@link WireFormatException}. */
class WireFuzzTest {
    private static final int INPUTS = 100_000;
    private static final int[] NASTY = {
        0, 1, -1, 7, 8, 9, 0xFFFF, 0x10000, 0xFFFFFF, 0x1000000, Integer.MAX_VALUE, Integer.MIN_VALUE, 0x7FFFFFF8
    };

    private static final List<byte[]> FRAMES = Vectors.frames();

    @ParameterizedTest
    @ValueSource(longs = {1, 20_240_607, -77})
    void readsNothingButCommands(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        FrameChecker checker = new FrameChecker(seed, WireFuzzTest::readTwice);
        for (int i = 0; i < INPUTS; i++) {
            byte[] frame = mutate(FRAMES.get(random.nextInt(FRAMES.size())), random);
            checker.check(type(frame, random), Arrays.copyOfRange(frame, FrameHeader.BYTES, frame.length));
        }
        // Neither may dominate, or the other was not tested.
        assertThat(checker.accepted()).isGreaterThan(INPUTS / 20);
        assertThat(checker.refused()).isGreaterThan(INPUTS / 20);
    }

    @ParameterizedTest
    @ValueSource(longs = {2, -1_000_003})
    void putsTogetherNothingButAppends(long seed) {
        List<byte[]> appendFrames = FRAMES.stream()
                .filter(f -> List.of(1, 3, 4, 5, 89, -1)
                        .contains(Unpooled.wrappedBuffer(f).readInt()))
                .toList();
        SplittableRandom random = new SplittableRandom(seed);
        Session session = new Session();
        FrameChecker checker = new FrameChecker(seed, session::take);
        for (int i = 0; i < INPUTS; i++) {
            byte[] frame = appendFrames.get(random.nextInt(appendFrames.size()));
            frame = random.nextInt(4) == 0 ? mutate(frame, random) : frame;
            checker.check(
                    Unpooled.wrappedBuffer(frame).readInt(),
                    Arrays.copyOfRange(frame, FrameHeader.BYTES, frame.length));
        }
        assertThat(session.appends).isGreaterThan(INPUTS / 50);
        assertThat(checker.refused()).isGreaterThan(INPUTS / 20);
    }

    @Test
    void believesNoCountOrLength() {
        FrameChecker checker = new FrameChecker(0, WireFuzzTest::readTwice);
        for (byte[] frame : FRAMES) {
            int type = Unpooled.wrappedBuffer(frame).readInt();
            for (int at = FrameHeader.BYTES; at + 4 <= frame.length; at++) {
                for (int nasty : NASTY) {
                    byte[] bytes = frame.clone();
                    Unpooled.wrappedBuffer(bytes).setInt(at, nasty);
                    checker.check(type, Arrays.copyOfRange(bytes, FrameHeader.BYTES, bytes.length));
                }
            }
        }
        assertThat(checker.refused()).isPositive();
    }

    @Test
    void readsEveryStartOfACommand() {
        FrameChecker checker = new FrameChecker(0, WireFuzzTest::readTwice);
        for (byte[] frame : FRAMES) {
            int type = Unpooled.wrappedBuffer(frame).readInt();
            for (int end = FrameHeader.BYTES; end <= frame.length; end++) {
                checker.check(type, Arrays.copyOfRange(frame, FrameHeader.BYTES, end));
            }
        }
        assertThat(checker.accepted()).isGreaterThan(FRAMES.size());
    }

    /** The checks above are worth nothing if the checker would not notice. */
    @Test
    void wouldNoticeWhatMustNotHappen() {
        byte[] bytes = {1, 2, 3};
        List<byte[]> hoard = new ArrayList<>();
        assertThatThrownBy(() -> new FrameChecker(42, (type, payload) -> payload.getLong(0)).check(9, bytes))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("seed 42: type 9 with payload 010203 throws")
                .hasCauseInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> new FrameChecker(42, (type, payload) -> hoard.add(new byte[1 << 20])).check(9, bytes))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("allocates");
        assertThatThrownBy(() -> new FrameChecker(42, (type, payload) -> payload.retain()).check(9, bytes))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("reference count of 2");
        assertThat(hoard).isNotEmpty();
    }

    /** What was read can be written, and is then read as the same. */
    private static void readTwice(int type, ByteBuf payload) {
        WireCommand command = WireDecoder.decode(type, payload);
        ByteBuf out = Unpooled.buffer(64);
        WireEncoder.encode(command, out);
        if (!command.equals(Vectors.decode(out))) {
            throw new IllegalStateException(command + " is written as another command");
        }
    }

    /** A connection that starts again after each mistake. */
    private static final class Session {
        private AppendStream stream = new AppendStream();
        private int appends;

        private void take(int type, ByteBuf payload) {
            try {
                if (WireDecoder.decode(type, payload) instanceof AppendCommand command
                        && stream.accept(command) != null) {
                    appends++;
                }
            } catch (WireFormatException e) {
                stream = new AppendStream();
                throw e;
            }
        }
    }

    private static int type(byte[] frame, SplittableRandom random) {
        return random.nextInt(50) == 0
                ? random.nextInt(-130, 130)
                : Unpooled.wrappedBuffer(frame).readInt();
    }

    /** A frame with its header intact and its payload changed in one of several ways. */
    private static byte[] mutate(byte[] original, SplittableRandom random) {
        byte[] frame = original.clone();
        int length = frame.length - FrameHeader.BYTES;
        int at = FrameHeader.BYTES + (length == 0 ? 0 : random.nextInt(length));
        switch (random.nextInt(6)) {
            case 0 -> frame = Arrays.copyOf(frame, at);
            case 1 -> frame = Arrays.copyOf(frame, frame.length + random.nextInt(40));
            case 2 -> {
                for (int i = random.nextInt(4); i >= 0 && length > 0; i--) {
                    frame[FrameHeader.BYTES + random.nextInt(length)] ^= (byte) (1 << random.nextInt(8));
                }
            }
            case 3 -> {
                if (at + 4 <= frame.length) {
                    Unpooled.wrappedBuffer(frame).setInt(at, NASTY[random.nextInt(NASTY.length)]);
                }
            }
            case 4 -> {
                byte[] other = FRAMES.get(random.nextInt(FRAMES.size()));
                int count = Math.min(frame.length - at, other.length);
                System.arraycopy(other, random.nextInt(other.length - count + 1), frame, at, count);
            }
            default -> {
                byte[] noise = new byte[random.nextInt(100)];
                random.nextBytes(noise);
                frame = Arrays.copyOf(frame, FrameHeader.BYTES + noise.length);
                System.arraycopy(noise, 0, frame, FrameHeader.BYTES, noise.length);
            }
        }
        return frame;
    }
}
