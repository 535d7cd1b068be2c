/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.verticles.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.codecs.wire.AppendReply.AppendSetup;
import io.headrace.codecs.wire.AppendReply.DataAppended;
import io.headrace.codecs.wire.SegmentReply.SegmentRead;
import io.headrace.codecs.wire.SegmentReply.StreamSegmentInfo;
import io.headrace.codecs.wire.SegmentRequest.GetStreamSegmentInfo;
import io.headrace.codecs.wire.SegmentRequest.ReadSegment;
import io.headrace.codecs.wire.WireCommand;
import io.netty.buffer.ByteBufUtil;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Byte streams of a published client, however the network cuts them. */
final class WireStreamTest {
    private final TestStore store = new TestStore();

    @AfterEach
    void close() {
        store.close();
    }

    record Sequence(String name, String hex, JsonArray appends) {
        byte[] bytes() {
            return HexFormat.of().parseHex(hex);
        }

        @Override
        public String toString() {
            return name;
        }
    }

    static Stream<Sequence> sequences() {
        try (InputStream in = WireStreamTest.class.getResourceAsStream("/append-sequences.json")) {
            String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
            return new JsonArray(text)
                    .stream()
                            .map(JsonObject.class::cast)
                            .map(json -> new Sequence(
                                    json.getString("name"), json.getString("hex"), json.getJsonArray("appends")));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @ParameterizedTest
    @MethodSource("sequences")
    void inOnePiece(Sequence sequence) {
        check(sequence, (client, bytes) -> client.sendBytes(bytes));
    }

    @ParameterizedTest
    @MethodSource("sequences")
    void byteByByte(Sequence sequence) {
        check(sequence, (client, bytes) -> {
            for (byte b : bytes) {
                client.sendBytes(new byte[] {b});
            }
        });
    }

    @ParameterizedTest
    @MethodSource("sequences")
    void inRandomPieces(Sequence sequence) {
        Random random = new Random(sequence.name().hashCode());
        check(sequence, (client, bytes) -> {
            for (int at = 0; at < bytes.length; ) {
                int size = Math.min(bytes.length - at, 1 + random.nextInt(60));
                client.sendBytes(Arrays.copyOfRange(bytes, at, at + size));
                at += size;
            }
        });
    }

    private interface Sender {
        void send(WireClient client, byte[] bytes);
    }

    private void check(Sequence sequence, Sender sender) {
        Map<String, StringBuilder> expected = new LinkedHashMap<>();
        expected.put("s/a/0.#epoch.0", new StringBuilder());
        Map<String, Long> lastNumbers = new LinkedHashMap<>();
        for (Object each : sequence.appends()) {
            JsonObject append = (JsonObject) each;
            String segment = append.getString("segment");
            expected.computeIfAbsent(segment, name -> new StringBuilder()).append(append.getString("data"));
            lastNumbers.put(append.getString("writerId"), Long.parseLong(append.getString("eventNumber")));
        }
        try (WireClient client = store.connect()) {
            expected.keySet().forEach(client::createSegment);
            sender.send(client, sequence.bytes());
            awaitAcknowledgements(client, lastNumbers);
            expected.forEach(
                    (segment, hex) -> assertThat(content(client, segment)).isEqualTo(hex.toString()));
        }
    }

    private static void awaitAcknowledgements(WireClient client, Map<String, Long> lastNumbers) {
        while (!lastNumbers.isEmpty()) {
            WireCommand reply = client.read();
            if (reply instanceof DataAppended appended) {
                lastNumbers.remove(appended.writerId().toString(), appended.eventNumber());
            } else {
                assertThat(reply)
                        .isInstanceOfAny(AppendSetup.class, WireCommand.Hello.class, WireCommand.KeepAlive.class);
            }
        }
    }

    private static String content(WireClient client, String segment) {
        WireCommand info = client.ask(new GetStreamSegmentInfo(5, segment, ""));
        while (!(info instanceof StreamSegmentInfo)) {
            // A keep-alive may still be on its way.
            info = client.read();
        }
        if (((StreamSegmentInfo) info).writeOffset() == 0) {
            return "";
        }
        SegmentRead read = (SegmentRead) client.ask(new ReadSegment(segment, 0, 1 << 20, "", 6));
        return ByteBufUtil.hexDump(read.data());
    }
}
