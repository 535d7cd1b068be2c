/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.server;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.LoggingEvent;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

final class LoggingTest {
    private final LoggerContext context = new LoggerContext();

    @Test
    void aLineOfJsonHasWhoSaidWhatAndWhen() {
        JsonObject line = line("a \"quote\", a \\ and\r\n\ta line of {} \u0001 \u00e4\u2028\ud83d\ude00", null);
        assertThat(line.fieldNames())
                .containsExactlyInAnyOrder(
                        "timestamp", "level", "threadName", "loggerName", "formattedMessage", "throwable");
        assertThat(line.getValue("throwable")).isNull();
        assertThat(line.getLong("timestamp")).isEqualTo(1_234_567_890_123L);
        assertThat(line.getString("level")).isEqualTo("WARN");
        assertThat(line.getString("loggerName")).isEqualTo("io.headrace.Some");
        assertThat(line.getString("threadName"))
                .isEqualTo(Thread.currentThread().getName());
        assertThat(line.getString("formattedMessage"))
                .isEqualTo("a \"quote\", a \\ and\r\n\ta line of its own \u0001 \u00e4\u2028\ud83d\ude00");
    }

    @Test
    void anExceptionIsPartOfItsLine() {
        IllegalStateException cause = new IllegalStateException("first\nsecond");
        JsonObject thrown = line("{}", new RuntimeException("outer", cause)).getJsonObject("throwable");
        assertThat(thrown.getString("className")).isEqualTo(RuntimeException.class.getName());
        assertThat(thrown.getString("message")).isEqualTo("outer");
        assertThat(thrown.getJsonObject("cause").getString("message")).isEqualTo("first\nsecond");
        JsonArray steps = thrown.getJsonArray("stepArray");
        assertThat(steps.getJsonObject(0).getString("className")).isEqualTo(LoggingTest.class.getName());
    }

    private JsonObject line(String message, @Nullable Throwable cause) {
        LoggingEvent event = new LoggingEvent(
                "", context.getLogger("io.headrace.Some"), Level.WARN, message, cause, new Object[] {"its own"});
        event.setTimeStamp(1_234_567_890_123L);
        String text = new String(Logging.json(context).encode(event), StandardCharsets.UTF_8);
        assertThat(text).endsWith("\n");
        assertThat(text.strip()).doesNotContain("\n", "\r");
        return new JsonObject(text);
    }
}
