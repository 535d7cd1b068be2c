/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.verticles.bus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.dataformat.cbor.databind.CBORMapper;
import io.headrace.engine.segments.SegmentCommand;
import io.headrace.engine.segments.SegmentReply;
import io.headrace.engine.streams.StreamCommand;
import io.headrace.engine.streams.StreamReply;
import io.headrace.engine.streams.StreamReply.CreateScopeStatus;
import java.util.HexFormat;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class CommandFormatTest {
    private static final int ROUNDS = 5;

    @Test
    void whateverIsWrittenIsReadAsItWas() {
        thereAndBack(SegmentCommand.class);
        thereAndBack(SegmentReply.class);
        thereAndBack(StreamCommand.class);
        thereAndBack(StreamReply.class);
    }

    private static <T> void thereAndBack(Class<T> sealed) {
        CommandFormat<T> format = new CommandFormat<>(sealed);
        for (Class<?> leaf : RandomRecords.leaves(sealed)) {
            for (int seed = 0; seed < ROUNDS; seed++) {
                T value = sealed.cast(new RandomRecords(seed).make(leaf));
                byte[] bytes = format.write(value);
                assertThat(format.read(bytes, 0, bytes.length))
                        .as("seed %d", seed)
                        .isEqualTo(value);
            }
        }
    }

    @Test
    void theBytes() {
        byte[] command =
                new CommandFormat<>(SegmentCommand.class).write(new SegmentCommand.Truncate("s/a/0.#epoch.0", 7));
        assertThat(HexFormat.of().formatHex(command))
                .isEqualTo("bf" + "6140" + "77" + hex("SegmentCommand$Truncate") + "67" + hex("segment") + "6e"
                        + hex("s/a/0.#epoch.0") + "66" + hex("offset") + "07" + "ff");
        byte[] status = new CommandFormat<>(StreamReply.class).write(CreateScopeStatus.SCOPE_EXISTS);
        assertThat(HexFormat.of().formatHex(status))
                .isEqualTo("9f" + "781d" + hex("StreamReply$CreateScopeStatus") + "6c" + hex("SCOPE_EXISTS") + "ff");
    }

    private static String hex(String text) {
        return HexFormat.of().formatHex(text.getBytes(java.nio.charset.StandardCharsets.UTF_8));
    }

    @Test
    void whatALaterVersionAddsIsIgnored() throws Exception {
        byte[] bytes = new CBORMapper()
                .writeValueAsBytes(Map.of("@", "SegmentCommand$Seal", "segment", "s/a/0.#epoch.0", "why", "new"));
        assertThat(new CommandFormat<>(SegmentCommand.class).read(bytes, 0, bytes.length))
                .isEqualTo(new SegmentCommand.Seal("s/a/0.#epoch.0"));
    }

    @Test
    void whatAPartitionSendsToItselfIsRefused() throws Exception {
        byte[] bytes = new CBORMapper().writeValueAsBytes(Map.of("@", "SegmentCommand$Load", "number", 1));
        assertThatThrownBy(() -> new CommandFormat<>(SegmentCommand.class).read(bytes, 0, bytes.length))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void whatIsNoneIsRefused() {
        CommandFormat<SegmentCommand> format = new CommandFormat<>(SegmentCommand.class);
        byte[] good = format.write(new SegmentCommand.Truncate("s/a/0.#epoch.0", 7));
        Random random = new Random(1);
        for (int round = 0; round < 2_000; round++) {
            byte[] bytes = good.clone();
            bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
            try {
                format.read(bytes, 0, random.nextInt(bytes.length + 1));
            } catch (IllegalArgumentException e) {
                assertThat(e).hasMessageContaining("that");
            }
        }
        byte[] other = new CommandFormat<>(StreamCommand.class).write(new StreamCommand.CreateScope("s"));
        assertThatThrownBy(() -> format.read(other, 0, other.length))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("StreamCommand$CreateScope");
    }
}
