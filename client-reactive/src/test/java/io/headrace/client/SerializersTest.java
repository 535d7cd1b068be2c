/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

final class SerializersTest {

    record Point(int x, List<String> names) {}

    @Test
    void textIsItsBytes() {
        byte[] bytes = "éß漢".getBytes(StandardCharsets.UTF_8);
        assertThat(Serializers.utf8().serialize("éß漢")).isEqualTo(bytes);
        assertThat(Serializers.utf8().deserialize(ByteBuffer.wrap(bytes))).isEqualTo("éß漢");
    }

    @Test
    void bytesAreCopied() {
        byte[] bytes = {1, 2, 3};
        byte[] written = Serializers.bytes().serialize(bytes);
        assertThat(written).isEqualTo(bytes).isNotSameAs(bytes);
        assertThat(Serializers.bytes().deserialize(ByteBuffer.wrap(bytes, 1, 2)))
                .containsExactly(2, 3);
    }

    @Test
    void objectsAreJson() {
        JsonSerializer<Point> json = JsonSerializer.of(Point.class);
        Point point = new Point(1, List.of("a", "ü"));
        byte[] bytes = json.serialize(point);
        assertThat(new String(bytes, StandardCharsets.UTF_8)).isEqualTo("{\"x\":1,\"names\":[\"a\",\"ü\"]}");
        assertThat(json.deserialize(ByteBuffer.wrap(bytes))).isEqualTo(point);
        assertThatThrownBy(() -> json.deserialize(ByteBuffer.wrap(new byte[] {'{'})))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
