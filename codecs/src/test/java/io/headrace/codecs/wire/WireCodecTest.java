/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.codecs.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.headrace.codecs.wire.AppendCommand.AppendBlock;
import io.headrace.codecs.wire.AppendCommand.SetupAppend;
import io.headrace.codecs.wire.FailureReply.AuthTokenCheckFailed;
import io.headrace.codecs.wire.FailureReply.ErrorMessage;
import io.headrace.codecs.wire.FailureReply.NoSuchSegment;
import io.headrace.codecs.wire.SegmentReply.SegmentCreated;
import io.headrace.codecs.wire.SegmentReply.SegmentRead;
import io.headrace.codecs.wire.WireCommand.Hello;
import io.headrace.codecs.wire.WireCommand.KeepAlive;
import io.headrace.codecs.wire.WireCommand.Padding;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.CompositeByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WireCodecTest {
    private static final UUID WRITER = new UUID(1, 2);

    @ParameterizedTest
    @ValueSource(ints = {6, 13, 41, 42, 99, 101, 127, 128, 1_000_000, -7, -128, -129, Integer.MIN_VALUE, 0})
    void refusesUnknownTypes(int type) {
        assertThatThrownBy(() -> WireDecoder.decode(type, Unpooled.buffer())).isInstanceOf(WireFormatException.class);
    }

    @Test
    void checksTheLengthInAHeader() {
        assertThat(FrameHeader.checkPayloadLength(0)).isZero();
        assertThat(FrameHeader.checkPayloadLength(16_777_207)).isEqualTo(FrameHeader.MAX_PAYLOAD);
        for (int length : new int[] {-1, Integer.MIN_VALUE, 16_777_208, Integer.MAX_VALUE}) {
            assertThatThrownBy(() -> FrameHeader.checkPayloadLength(length)).isInstanceOf(WireFormatException.class);
        }
    }

    @Test
    void knowsWithWhomItCanTalk() {
        assertThat(Hello.CURRENT).isEqualTo(new Hello(16, 5));
        assertThat(new Hello(17, 5).isCompatible()).isTrue();
        assertThat(new Hello(5, 1).isCompatible()).isTrue();
        assertThat(new Hello(4, 1).isCompatible()).isFalse();
        assertThat(new Hello(20, 17).isCompatible()).isFalse();
    }

    @Test
    void ignoresWhatNewerPeersAdd() {
        ByteBuf longer = Unpooled.buffer();
        WireEncoder.encode(new SegmentCreated(1, "s"), longer);
        longer.writeLong(99);
        longer.setInt(FrameHeader.LENGTH_OFFSET, longer.readableBytes() - FrameHeader.BYTES);
        assertThat(Vectors.decode(longer)).isEqualTo(new SegmentCreated(1, "s"));
        assertThat(WireDecoder.decode(100, Unpooled.buffer().writeByte(1))).isEqualTo(KeepAlive.INSTANCE);
    }

    @Test
    void readsUnknownErrorCodesAsTheGeneralOne() {
        assertThat(new AuthTokenCheckFailed(1, 77).errorCode()).isEqualTo(AuthTokenCheckFailed.CHECK_FAILED);
        assertThat(new ErrorMessage(1, "s", "m", 77).errorCode()).isEqualTo(ErrorMessage.UNSPECIFIED);
    }

    @Test
    void readsBytesInPlace() {
        ByteBuf payload = Unpooled.buffer().writeZero(16).writeBytes(new byte[] {1, 2, 3});
        AppendBlock block = (AppendBlock) WireDecoder.decode(3, payload);
        payload.setByte(17, 9);
        assertThat(ByteBufUtil.getBytes(block.data())).containsExactly(1, 9, 3);
        assertThat(payload.refCnt()).isOne();
    }

    @Test
    void cutsStackTracesButNothingElse() {
        String longText = "é".repeat(40_000);
        ByteBuf out = Unpooled.buffer();
        WireEncoder.encode(new NoSuchSegment(1, "s", longText, 5), out);
        assertThat(Vectors.decode(out)).isEqualTo(new NoSuchSegment(1, "s", longText.substring(0, 32_767), 5));

        assertThatThrownBy(() -> WireEncoder.encode(new SegmentCreated(1, longText), out))
                .isInstanceOf(IllegalArgumentException.class);
        assertThat(out.isReadable()).isFalse();
    }

    @Test
    void writesNoFrameAboveTheLimit() {
        assertThat(WireEncoder.sizeOf(new Padding(FrameHeader.MAX_PAYLOAD))).isEqualTo(FrameHeader.MAX_FRAME);
        assertThatThrownBy(() -> WireEncoder.sizeOf(new Padding(FrameHeader.MAX_PAYLOAD + 1)))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 10, 4_095, 4_096, 2_000_000})
    void sendsPayloadsWithoutCopyingThem(int size) {
        UnpooledByteBufAllocator allocator = new UnpooledByteBufAllocator(false, true);
        byte[] bytes = new byte[size];
        Arrays.fill(bytes, (byte) 7);
        ByteBuf data = allocator.buffer(Math.max(size, 1)).writeBytes(bytes);
        ByteBuf expected = Unpooled.buffer();
        SegmentRead read = new SegmentRead("s/t/0", 5, true, false, data, 3);
        WireEncoder.encode(read, expected);

        ByteBuf frame = WireEncoder.encodeSharing(read, allocator);

        assertThat(frame).isEqualTo(expected);
        assertThat(frame instanceof CompositeByteBuf).isEqualTo(size >= 4_096);
        frame.release();
        assertThat(data.refCnt()).isZero();
        assertThat(allocator.metric().usedHeapMemory()).isZero();

        ByteBuf block = allocator.buffer(Math.max(size, 1)).writeBytes(bytes);
        ByteBuf sent = WireEncoder.encodeSharing(new AppendBlock(WRITER, block), allocator);
        assertThat(sent.readableBytes()).isEqualTo(FrameHeader.BYTES + 16 + size);
        sent.release();
        assertThat(allocator.metric().usedHeapMemory()).isZero();
    }

    @Test
    void keepsListsOfAFullFrameSmall() {
        ByteBuf keys = Unpooled.buffer(FrameHeader.MAX_PAYLOAD);
        keys.writeLong(1).writeShort(0).writeShort(0);
        keys.writeInt(FieldReader.MAX_ELEMENTS + 1).writeZero(FrameHeader.MAX_PAYLOAD - keys.readableBytes());
        assertThatThrownBy(() -> WireDecoder.decode(78, keys))
                .isInstanceOf(WireFormatException.class)
                .hasMessageContaining("elements");
        keys.readerIndex(0).setInt(12, FieldReader.MAX_ELEMENTS);
        assertThat(((TableRequest.ReadTable) WireDecoder.decode(78, keys)).keys())
                .hasSize(FieldReader.MAX_ELEMENTS);
    }

    @Test
    void writesStringsAsJavaDoes() throws IOException {
        for (String text : List.of("", "plain", "a\0é漢\uD83D\uDE00", "\uD83D", "\u007F\u0080\u07FF\u0800\uFFFF")) {
            ByteArrayOutputStream java = new ByteArrayOutputStream();
            new DataOutputStream(java).writeUTF(text);
            ByteBuf out = Unpooled.buffer();
            WireEncoder.encode(new SegmentCreated(1, text), out);
            byte[] ours = ByteBufUtil.getBytes(out, FrameHeader.BYTES + 8, out.readableBytes() - FrameHeader.BYTES - 8);
            assertThat(ours).isEqualTo(java.toByteArray());
            assertThat(new DataInputStream(new ByteArrayInputStream(ours)).readUTF())
                    .isEqualTo(text);
            assertThat(Vectors.decode(out)).isEqualTo(new SegmentCreated(1, text));
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"00", "80", "c0", "c1", "c3", "c341", "e0", "e6bc", "e6bc41", "c181", "e08080", "f0908080", "ff"
            })
    void refusesStringsThatAreNone(String hex) {
        ByteBuf bytes = Vectors.hex(hex);
        ByteBuf payload =
                Unpooled.buffer().writeLong(1).writeShort(bytes.readableBytes()).writeBytes(bytes);
        assertThatThrownBy(() -> WireDecoder.decode(21, payload)).isInstanceOf(WireFormatException.class);
    }

    @Test
    void framesEvents() {
        ByteBuf out = Unpooled.buffer();
        EventFrames.write(out, Vectors.hex("68656c6c6f"));
        EventFrames.write(out, Unpooled.EMPTY_BUFFER);
        assertThat(ByteBufUtil.hexDump(out)).isEqualTo("000000000000000568656c6c6f" + "0000000000000000");

        for (int i = 0; i < 13; i++) {
            ByteBuf part = out.slice(0, i);
            assertThat(EventFrames.read(part, 100)).isNull();
            assertThat(part.readerIndex()).isZero();
        }
        assertThat(EventFrames.read(out, 5)).isEqualTo(Vectors.hex("68656c6c6f"));
        assertThat(EventFrames.read(out, 5)).isEqualTo(Unpooled.EMPTY_BUFFER);
        assertThat(EventFrames.read(out, 5)).isNull();
        for (String bad : List.of("0000000100000000", "00000000ffffffff", "0000000000000006")) {
            assertThatThrownBy(() -> EventFrames.read(Vectors.hex(bad), 5)).isInstanceOf(WireFormatException.class);
        }
    }

    @Test
    void packsEventsIntoAppendsThatAServerCanRead() {
        UnpooledByteBufAllocator allocator = new UnpooledByteBufAllocator(false, true);
        List<ByteBuf> events = List.of(Vectors.hex("01"), Unpooled.EMPTY_BUFFER, Vectors.hex("020304"));
        ByteBuf sent = AppendBlocks.encode(allocator, WRITER, events, 12, 99);
        assertThat(sent.writableBytes()).isZero();

        AppendStream stream = new AppendStream();
        stream.accept(new SetupAppend(99, WRITER, "s", ""));
        List<ByteBuf> frames = Vectors.split(sent);
        assertThat(frames).hasSize(2);
        assertThat(stream.accept((AppendCommand) Vectors.decode(frames.get(0)))).isNull();
        AppendStream.Append append =
                Objects.requireNonNull(stream.accept((AppendCommand) Vectors.decode(frames.get(1))));

        ByteBuf data = Unpooled.buffer();
        events.forEach(event -> EventFrames.write(data, event));
        assertThat(append).isEqualTo(new AppendStream.Append("s", WRITER, 12, 3, -1, 99, data));
        sent.release();
        assertThat(allocator.metric().usedHeapMemory()).isZero();
    }

    @Test
    void packsOnlyWhatFits() {
        ByteBuf large = Unpooled.wrappedBuffer(new byte[EventFrames.MAX_EVENT]);
        UnpooledByteBufAllocator allocator = UnpooledByteBufAllocator.DEFAULT;
        AppendBlocks.encode(allocator, WRITER, List.of(large), 1, 1).release();
        assertThatThrownBy(() -> AppendBlocks.encode(allocator, WRITER, List.of(large, large), 2, 1))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> AppendBlocks.encode(allocator, WRITER, List.of(), 1, 1))
                .isInstanceOf(IllegalArgumentException.class);
        ByteBuf tooLarge = Unpooled.wrappedBuffer(new byte[EventFrames.MAX_EVENT + 1]);
        assertThatThrownBy(() -> AppendBlocks.encode(allocator, WRITER, List.of(tooLarge), 1, 1))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
