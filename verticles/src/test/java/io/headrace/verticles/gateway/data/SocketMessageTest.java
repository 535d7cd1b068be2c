/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.verticles.gateway.data;

import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.verticles.gateway.ProblemException;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Whatever comes over a WebSocket is a message, or is explained. */
final class SocketMessageTest {
    private static final List<String> MESSAGES = List.of(
            "{\"op\": \"publish\", \"id\": \"p\", \"stream\": \"a/b\", \"key\": \"k\", \"text\": \"t\"}",
            "{\"op\": \"publish\", \"id\": \"p\", \"stream\": \"a/b\", \"base64\": \"AA==\"}",
            "{\"op\": \"subscribe\", \"id\": \"s\", \"stream\": \"a/b\", \"from\": \"position:AAAC\", \"permits\": 10}",
            "{\"op\": \"subscribe\", \"id\": \"s\", \"stream\": \"a/b\", \"from\": \"cut:H4sI\", \"permits\": 10}",
            "{\"op\": \"subscribe\", \"id\": \"s\", \"stream\": \"a/b\", \"from\": \"time:2026-01-31T12:00:00Z\"}",
            "{\"op\": \"permit\", \"id\": \"s\", \"permits\": 10}",
            "{\"op\": \"unsubscribe\", \"id\": \"s\"}",
            "{\"op\": \"publish\", \"id\": \"p\", \"stream\": \"a/b\", \"text\": \"\", \"producer\": \"p\", \"sequence\": 7}",
            "{\"op\": \"producer\", \"id\": \"o\", \"stream\": \"a/b\", \"producer\": \"p\"}",
            "{\"op\": \"begin\", \"id\": \"b\", \"stream\": \"a/b\", \"lease\": 60}",
            "{\"op\": \"publish\", \"transaction\": \"00000001-0000-0000-0000-000000000007\", \"text\": \"\"}",
            "{\"op\": \"commit\", \"id\": \"c\", \"transaction\": \"00000001-0000-0000-0000-000000000007\"}",
            "{\"op\": \"abort\", \"id\": \"c\", \"transaction\": \"00000001-0000-0000-0000-000000000007\"}",
            "{\"op\": \"resume\", \"stream\": \"a/b\", \"transaction\": \"00000001-0000-0000-0000-000000000007\"}",
            "{\"op\": \"status\", \"stream\": \"a/b\", \"transaction\": \"00000001-0000-0000-0000-000000000007\"}",
            "{\"op\": \"join\", \"id\": \"g\", \"group\": \"a/g\", \"reader\": \"r\", \"streams\": [\"a/b\"], \"takeover\": true, \"permits\": 3}",
            "{\"op\": \"acknowledge\", \"id\": \"g\", \"position\": \"position:AAAC\"}");

    private static final String PARTS = "{}[]\":,\\0123456789eE+-.abnrtu\u00e4\ud83d\u0000 ";

    @Test
    void mutationsAreUnderstoodOrExplained() {
        Random random = new Random(11);
        int understood = 0;
        for (int i = 0; i < 10_000; i++) {
            String text = mutated(MESSAGES.get(i % MESSAGES.size()), random);
            try {
                read(SocketMessage.parse(text));
                understood++;
            } catch (ProblemException problem) {
                assertThat(problem.status()).as(text).isEqualTo(400);
                assertThat(problem.getMessage()).as(text).isNotEmpty();
            }
        }
        assertThat(understood).isPositive();
    }

    @Test
    void mutationsInBinaryAreUnderstoodOrExplained() {
        Random random = new Random(12);
        int understood = 0;
        for (int i = 0; i < 20_000; i++) {
            byte[] bytes = binary(MESSAGES.get(i % MESSAGES.size()));
            for (int left = random.nextInt(4); left > 0; left--) {
                bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
            }
            Buffer message = Buffer.buffer(Arrays.copyOf(bytes, bytes.length - random.nextInt(3) * random.nextInt(9)));
            try {
                read(SocketMessage.parse(message));
                understood++;
            } catch (ProblemException problem) {
                assertThat(problem.status()).isEqualTo(400);
                assertThat(problem.getMessage()).isNotEmpty();
            }
        }
        assertThat(understood).isGreaterThan(MESSAGES.size());
    }

    /** The same message in the binary protocol. */
    private static byte[] binary(String text) {
        JsonObject fields = new JsonObject(text);
        SocketOp op = Objects.requireNonNull(SocketOp.named(fields.getString("op")));
        byte[] event = SocketMessage.parse(text).op() == SocketOp.PUBLISH ? new byte[] {1, 2, 3} : new byte[0];
        List.of("op", "text", "base64").forEach(fields::remove);
        byte[] header = fields.encode().getBytes(StandardCharsets.UTF_8);
        return Buffer.buffer()
                .appendByte((byte) 1)
                .appendByte((byte) op.code())
                .appendInt(header.length)
                .appendBytes(header)
                .appendBytes(event)
                .getBytes();
    }

    private static void read(SocketMessage message) {
        message.id();
        switch (message.op()) {
            case PUBLISH -> {
                message.key();
                message.event();
                if (message.hasTransaction()) {
                    message.transaction();
                } else {
                    message.stream();
                    if (message.hasProducer()) {
                        message.producer();
                        message.sequence();
                    }
                }
            }
            case SUBSCRIBE -> {
                message.from(message.stream());
                message.permits();
            }
            case PERMIT -> message.permits();
            case UNSUBSCRIBE -> {}
            case PRODUCER -> {
                message.stream();
                message.producer();
            }
            case BEGIN -> {
                message.stream();
                message.lease();
            }
            case COMMIT, ABORT -> message.transaction();
            case RESUME, STATUS -> {
                message.stream();
                message.transaction();
            }
            case JOIN -> {
                message.group();
                message.reader();
                message.streams();
                message.takesOver();
                message.permits();
            }
            case ACKNOWLEDGE -> message.position();
        }
    }

    private static String mutated(String text, Random random) {
        StringBuilder out = new StringBuilder(text);
        for (int left = random.nextInt(4); left > 0 && out.length() > 0; left--) {
            int at = random.nextInt(out.length());
            char part = PARTS.charAt(random.nextInt(PARTS.length()));
            switch (random.nextInt(4)) {
                case 0 -> out.setCharAt(at, part);
                case 1 -> out.insert(at, part);
                case 2 -> out.deleteCharAt(at);
                default -> out.setLength(Math.max(1, at));
            }
        }
        return out.toString();
    }
}
