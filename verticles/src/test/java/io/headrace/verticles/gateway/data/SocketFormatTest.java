/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.verticles.gateway.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.headrace.client.StreamName;
import io.headrace.verticles.gateway.ProblemException;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The bytes of the binary protocol stay what they are. */
final class SocketFormatTest {
    private static Buffer bytes(String hex, String fields, String eventHex) {
        return Buffer.buffer(HexFormat.of().parseHex(hex.replace(" ", "")))
                .appendString(fields)
                .appendBytes(HexFormat.of().parseHex(eventHex.replace(" ", "")));
    }

    private static Buffer sent(SocketFrame frame) {
        return ((SocketFrame.Binary) frame).bytes();
    }

    @Test
    void aPublishIsReadFromItsBytes() {
        String fields = "{\"id\":\"p\",\"stream\":\"a/b\",\"key\":\"k\",\"producer\":\"q\",\"sequence\":7}";
        assertThat(fields).hasSize(0x3f);
        SocketMessage message = SocketMessage.parse(bytes("01 01 0000003f", fields, "ff 00 fe"));
        assertThat(message.op()).isEqualTo(SocketOp.PUBLISH);
        assertThat(message.id()).isEqualTo("p");
        assertThat(message.stream()).isEqualTo(StreamName.of("a/b"));
        assertThat(message.key()).isEqualTo("k");
        assertThat(message.hasProducer()).isTrue();
        assertThat(message.sequence()).isEqualTo(7);
        assertThat(message.event()).containsExactly(0xff, 0, 0xfe);
    }

    @Test
    void fieldsMayBeLeftOut() {
        SocketMessage message = SocketMessage.parse(bytes("01 04 00000000", "", ""));
        assertThat(message.op()).isEqualTo(SocketOp.UNSUBSCRIBE);
        assertThat(message.id()).isEmpty();
    }

    @Test
    void answersAreWrittenAsTheirBytes() {
        JsonObject published = SocketMessage.answer("published", "p").put("sequence", 7);
        assertThat(sent(SocketFormat.BINARY.frame(published)))
                .isEqualTo(bytes("01 81 00000017", "{\"id\":\"p\",\"sequence\":7}", ""));
        JsonObject event = SocketMessage.answer("event", "s").put("position", "position:AA");
        assertThat(sent(SocketFormat.BINARY.frame(event, new byte[] {1, (byte) 0x80})))
                .isEqualTo(bytes("01 fe 00000023", "{\"id\":\"s\",\"position\":\"position:AA\"}", "01 80"));
        // What is sent is not changed.
        assertThat(event.getString("op")).isEqualTo("event");
    }

    @Test
    void textsAreWrittenAsJson() {
        JsonObject event = SocketMessage.answer("event", "s");
        assertThat(SocketFormat.JSON.frame(event.copy(), "\u00e4".getBytes(StandardCharsets.UTF_8)))
                .isEqualTo(new SocketFrame.Text("{\"op\":\"event\",\"id\":\"s\",\"text\":\"\u00e4\"}"));
        assertThat(SocketFormat.JSON.frame(event.copy(), new byte[] {(byte) 0xff}))
                .isEqualTo(new SocketFrame.Text("{\"op\":\"event\",\"id\":\"s\",\"base64\":\"/w==\"}"));
    }

    @Test
    void whatIsNoMessageIsExplained() {
        refused("", "", "at least 6 bytes");
        refused("01 01 000000", "", "at least 6 bytes");
        refused("02 01 00000000", "", "version must be 1");
        refused("01 00 00000000", "", "code 0");
        refused("01 0d 00000000", "", "code 13");
        refused("01 01 00000003", "{}", "do not fit");
        refused("01 01 ffffffff", "{}", "do not fit");
        refused("01 01 00000002", "[]", "not a JSON object");
        refused("01 04 0000000b", "{\"op\":\"pu\"}", "no fields of a binary message");
        refused("01 04 00000000", "{}", "has no event");
    }

    private static void refused(String hex, String fields, String why) {
        assertThatThrownBy(() -> SocketMessage.parse(bytes(hex, fields, "")).op())
                .isInstanceOfSatisfying(ProblemException.class, problem -> assertThat(problem.status())
                        .isEqualTo(400))
                .hasMessageContaining(why);
    }

    @Test
    void codesAreUnique() {
        Set<Integer> codes = new HashSet<>(SocketOp.answers().values());
        assertThat(codes).hasSize(SocketOp.answers().size());
        for (SocketOp op : SocketOp.values()) {
            assertThat(codes.add(op.code())).as(op.text()).isTrue();
            assertThat(SocketOp.coded(op.code())).isEqualTo(op);
            assertThat(SocketOp.named(op.text())).isEqualTo(op);
        }
    }
}
