/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.verticles.gateway.data;

import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.verticles.gateway.ProblemException;
import java.util.List;
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
            "{\"op\": \"unsubscribe\", \"id\": \"s\"}");

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

    private static void read(SocketMessage message) {
        message.id();
        switch (message.op()) {
            case "publish" -> {
                message.stream();
                message.key();
                message.event();
            }
            case "subscribe" -> {
                message.from(message.stream());
                message.permits();
            }
            case "permit" -> message.permits();
            default -> {}
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
