/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.codecs.wire;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/** The recorded frames of {@code wire-vectors.json}, and the means to take frames apart. */
final class Vectors {
    private Vectors() {}

    static Stream<JsonNode> all() {
        try (InputStream in = Objects.requireNonNull(Vectors.class.getResourceAsStream("/wire-vectors.json"))) {
            return StreamSupport.stream(new ObjectMapper().readTree(in).spliterator(), false);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Recorded frames of single commands. */
    static Stream<JsonNode> commands() {
        return all().filter(v -> v.get("type").isInt() && !v.path("notAFrame").asBoolean());
    }

    /** Recorded byte streams of clients that append. */
    static Stream<JsonNode> sequences() {
        return all().filter(v -> "sequence".equals(v.get("type").asText()));
    }

    /** All frames there are, also those inside of sequences. */
    static List<byte[]> frames() {
        return all().filter(v -> !v.path("notAFrame").asBoolean())
                .flatMap(v -> split(hex(v.get("hex").asText())).stream())
                .map(ByteBufUtil::getBytes)
                .toList();
    }

    static ByteBuf hex(String hex) {
        return Unpooled.wrappedBuffer(ByteBufUtil.decodeHexDump(hex));
    }

    /** Cuts bytes into frames. */
    static List<ByteBuf> split(ByteBuf bytes) {
        Stream.Builder<ByteBuf> frames = Stream.builder();
        while (bytes.isReadable()) {
            int length = bytes.getInt(bytes.readerIndex() + FrameHeader.LENGTH_OFFSET);
            frames.add(bytes.readSlice(FrameHeader.BYTES + FrameHeader.checkPayloadLength(length)));
        }
        return frames.build().toList();
    }

    static WireCommand decode(ByteBuf frame) {
        int type = frame.readInt();
        int length = frame.readInt();
        return WireDecoder.decode(type, frame.readSlice(length));
    }
}
