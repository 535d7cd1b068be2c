/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.codecs.wire.AppendBlocks;
import io.headrace.codecs.wire.FrameHeader;
import io.headrace.codecs.wire.WireCommand;
import io.headrace.codecs.wire.WireDecoder;
import io.headrace.codecs.wire.WireEncoder;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.vertx.core.net.HostAndPort;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.util.List;
import java.util.UUID;

/** A blocking connection to a segment store. Sent frames wait for {@link #flush}, or for the next read. */
final class StoreClient implements AutoCloseable {
    private static final int TIMEOUT_MILLIS = 60_000;
    private static final int BUFFER_BYTES = 256 << 10;

    private final Socket socket;
    private final OutputStream out;
    private final DataInputStream in;

    /** Connects and exchanges greetings. */
    StoreClient(String address) throws IOException {
        HostAndPort store = HostAndPort.parseAuthority(address, -1);
        socket = new Socket(store.host(), store.port());
        socket.setSoTimeout(TIMEOUT_MILLIS);
        socket.setTcpNoDelay(true);
        out = new BufferedOutputStream(socket.getOutputStream(), BUFFER_BYTES);
        in = new DataInputStream(new BufferedInputStream(socket.getInputStream(), BUFFER_BYTES));
        send(WireCommand.Hello.CURRENT);
        assertThat(read()).isEqualTo(WireCommand.Hello.CURRENT);
    }

    void send(WireCommand command) throws IOException {
        write(WireEncoder.encode(command, UnpooledByteBufAllocator.DEFAULT));
    }

    /** Sends one event of a writer that has been set up with {@code requestId}. */
    void append(UUID writer, long eventNumber, byte[] event, long requestId) throws IOException {
        write(AppendBlocks.encode(
                UnpooledByteBufAllocator.DEFAULT,
                writer,
                List.of(Unpooled.wrappedBuffer(event)),
                eventNumber,
                requestId));
    }

    void send(byte[] bytes) throws IOException {
        out.write(bytes);
    }

    void flush() throws IOException {
        out.flush();
    }

    WireCommand read() throws IOException {
        flush();
        int type = in.readInt();
        byte[] payload = new byte[FrameHeader.checkPayloadLength(in.readInt())];
        in.readFully(payload);
        return WireDecoder.decode(type, Unpooled.wrappedBuffer(payload));
    }

    <T extends WireCommand> T read(Class<T> type) throws IOException {
        WireCommand command = read();
        assertThat(command).isInstanceOf(type);
        return type.cast(command);
    }

    private void write(ByteBuf frames) throws IOException {
        frames.readBytes(out, frames.readableBytes());
        frames.release();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
