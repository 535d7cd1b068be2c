/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.server.cli;

import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Asks the HTTP port of a server what its clients cannot ask otherwise. */
final class HttpQuestions {
    private static final int MAX_ANSWER_BYTES = 16 << 20;
    private static final int UNAVAILABLE = 503;
    private static final int OK = 200;

    private final URI server;
    private final int millis;

    HttpQuestions(URI server, Duration timeout) {
        this.server = server;
        this.millis = (int) Math.min(timeout.toMillis(), Integer.MAX_VALUE);
    }

    /**
     * The answer to {@code GET}. One that says that the server is not ready is an answer like others.
     *
     * @throws CommandException if there is none, or another than expected
     */
    JsonObject get(String path) {
        try {
            HttpURLConnection connection =
                    (HttpURLConnection) server.resolve(path).toURL().openConnection();
            connection.setConnectTimeout(millis);
            connection.setReadTimeout(millis);
            int status = connection.getResponseCode();
            JsonObject answer = read(status < 400 ? connection.getInputStream() : connection.getErrorStream());
            if (status != OK && status != UNAVAILABLE) {
                throw CommandException.failed(answer.getString("detail", server + path + " answers " + status));
            }
            return answer;
        } catch (IOException | DecodeException e) {
            throw CommandException.failed("nothing useful comes from the HTTP port at " + server.getAuthority() + " ("
                    + e.getMessage() + "); say where it is with --http HOST:PORT");
        }
    }

    private static JsonObject read(@Nullable InputStream body) throws IOException {
        if (body == null) {
            return new JsonObject();
        }
        try (body) {
            return new JsonObject(new String(body.readNBytes(MAX_ANSWER_BYTES), StandardCharsets.UTF_8));
        }
    }
}
