/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.server.doctor;

import io.headrace.codecs.wire.FrameHeader;
import io.headrace.codecs.wire.WireCommand.Hello;
import io.headrace.codecs.wire.WireDecoder;
import io.headrace.codecs.wire.WireEncoder;
import io.headrace.codecs.wire.WireFormatException;
import io.headrace.verticles.net.Endpoint;
import io.headrace.verticles.net.Reach;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.UnknownHostException;
import java.util.Optional;

/** Connects to addresses from this machine. Each says why it failed, in a few words; empty if it did not. */
final class Probe {
    private static final int LIMIT_MILLIS = 3_000;

    private Probe() {}

    /** Whether something listens. */
    static Optional<String> connect(Endpoint endpoint) {
        try {
            open(endpoint).close();
            return Optional.empty();
        } catch (IOException e) {
            return Optional.of(Reach.reason(e, LIMIT_MILLIS));
        }
    }

    /** Whether a segment store listens: it answers a greeting with one. */
    static Optional<String> greetStore(Endpoint endpoint) {
        try (Socket socket = open(endpoint)) {
            socket.setSoTimeout(LIMIT_MILLIS);
            socket.getOutputStream().write(greeting());
            DataInputStream in = new DataInputStream(socket.getInputStream());
            int type = in.readInt();
            byte[] payload = new byte[FrameHeader.checkPayloadLength(in.readInt())];
            in.readFully(payload);
            return WireDecoder.decode(type, Unpooled.wrappedBuffer(payload)) instanceof Hello
                    ? Optional.empty()
                    : Optional.of("what listens there is no segment store");
        } catch (WireFormatException e) {
            return Optional.of("what listens there is no segment store");
        } catch (IOException e) {
            return Optional.of(Reach.reason(e, LIMIT_MILLIS));
        }
    }

    private static byte[] greeting() {
        ByteBuf hello = WireEncoder.encode(Hello.CURRENT, UnpooledByteBufAllocator.DEFAULT);
        try {
            return ByteBufUtil.getBytes(hello);
        } finally {
            hello.release();
        }
    }

    private static Socket open(Endpoint endpoint) throws IOException {
        Socket socket = new Socket();
        try {
            socket.connect(
                    new InetSocketAddress(InetAddress.getByName(endpoint.host()), endpoint.port()), LIMIT_MILLIS);
            return socket;
        } catch (IOException e) {
            socket.close();
            throw e;
        }
    }

    /** Whether an address means the machine that uses it, and none other. */
    static boolean isLocal(String host) {
        try {
            InetAddress address = InetAddress.getByName(host);
            return address.isLoopbackAddress() || address.isAnyLocalAddress();
        } catch (UnknownHostException e) {
            return false;
        }
    }
}
