/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.verticles.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.codecs.wire.AppendCommand.AppendBlock;
import io.headrace.codecs.wire.AppendCommand.AppendBlockEnd;
import io.headrace.codecs.wire.AppendCommand.SetupAppend;
import io.headrace.codecs.wire.AppendReply.AppendSetup;
import io.headrace.codecs.wire.FrameHeader;
import io.headrace.codecs.wire.SegmentReply.SegmentCreated;
import io.headrace.codecs.wire.SegmentRequest.CreateSegment;
import io.headrace.codecs.wire.WireCommand;
import io.headrace.codecs.wire.WireDecoder;
import io.headrace.codecs.wire.WireEncoder;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.util.UUID;

/** A blocking client: one thread writes frames and reads frames. */
final class WireClient implements AutoCloseable {
    private static final int TIMEOUT_MILLIS = 30_000;

    final Socket socket;
    private final DataInputStream in;

    WireClient(int port) {
        this(port, 0);
    }

    /** A client whose kernel buffers little, or as much as it likes if {@code receiveBuffer} is 0. */
    WireClient(int port, int receiveBuffer) {
        try {
            socket = new Socket();
            if (receiveBuffer > 0) {
                socket.setReceiveBufferSize(receiveBuffer);
            }
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), TIMEOUT_MILLIS);
            socket.setTcpNoDelay(true);
            socket.setSoTimeout(TIMEOUT_MILLIS);
            in = new DataInputStream(socket.getInputStream());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static byte[] bytes(WireCommand... commands) {
        ByteBuf out = Unpooled.buffer();
        for (WireCommand command : commands) {
            WireEncoder.encode(command, out);
        }
        return ByteBufUtil.getBytes(out);
    }

    static byte[] appendBytes(UUID writer, long eventNumber, int count, byte[] data, long requestId) {
        return bytes(
                new AppendBlock(writer, Unpooled.wrappedBuffer(data)),
                new AppendBlockEnd(writer, data.length, Unpooled.EMPTY_BUFFER, count, eventNumber, requestId));
    }

    WireClient send(WireCommand... commands) {
        return sendBytes(bytes(commands));
    }

    WireClient append(UUID writer, long eventNumber, int count, byte[] data, long requestId) {
        return sendBytes(appendBytes(writer, eventNumber, count, data, requestId));
    }

    WireClient sendBytes(byte[] bytes) {
        try {
            socket.getOutputStream().write(bytes);
            return this;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    WireCommand read() {
        try {
            int type = in.readInt();
            byte[] payload = new byte[FrameHeader.checkPayloadLength(in.readInt())];
            in.readFully(payload);
            return WireDecoder.decode(type, Unpooled.wrappedBuffer(payload));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    <T extends WireCommand> T read(Class<T> type) {
        WireCommand command = read();
        assertThat(command).isInstanceOf(type);
        return type.cast(command);
    }

    /** Sends a request and reads one command. */
    WireCommand ask(WireCommand request) {
        return send(request).read();
    }

    void assertAnswer(WireCommand request, WireCommand answer) {
        assertThat(ask(request)).isEqualTo(answer);
    }

    /** Checks that the server closes the connection without another byte. */
    void assertClosed() {
        try {
            assertThat(in.read()).isEqualTo(-1);
        } catch (EOFException | SocketException e) {
            // A reset is as good as an end: the server had not read all.
            assertThat(e).isNotNull();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    void createSegment(String segment) {
        assertAnswer(new CreateSegment(1, segment, 0, 0, "", 0), new SegmentCreated(1, segment));
    }

    void setUp(UUID writer, String segment, long requestId, long lastEventNumber) {
        assertAnswer(
                new SetupAppend(requestId, writer, segment, ""),
                new AppendSetup(requestId, segment, writer, lastEventNumber));
    }

    @Override
    public void close() {
        try {
            socket.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
