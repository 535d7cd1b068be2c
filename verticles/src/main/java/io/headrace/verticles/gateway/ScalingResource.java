/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.verticles.gateway;

import io.headrace.engine.partition.ReplyTo;
import io.headrace.engine.streams.StreamCommand;
import io.headrace.engine.streams.StreamName;
import io.headrace.engine.streams.StreamReply;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerRequest;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Answers {@code GET} {@value #PATH}: why a stream did or did not follow its load, and what it would do now. */
public final class ScalingResource {
    public static final String PATH = "/v1/scopes/{scope}/streams/{stream}/scaling";

    private static final Pattern PATTERN = Pattern.compile("/v1/scopes/([^/]+)/streams/([^/]+)/scaling");

    private final Vertx vertx;
    private final BiConsumer<StreamCommand, ReplyTo<StreamReply>> streams;

    /** @param streams submits a command to the partition of its scope; the reply may come on any thread */
    public ScalingResource(Vertx vertx, BiConsumer<StreamCommand, ReplyTo<StreamReply>> streams) {
        this.vertx = vertx;
        this.streams = streams;
    }

    /** Answers a request, now or later; false if its path is another one. */
    public boolean answer(HttpServerRequest request) {
        String path = request.path();
        Matcher matcher = PATTERN.matcher(path == null ? "" : path);
        if (!matcher.matches()) {
            return false;
        }
        if (HttpAnswers.isRead(request)) {
            Optional<StreamName> stream = name(matcher.group(1), matcher.group(2));
            if (stream.isPresent()) {
                Context context = vertx.getOrCreateContext();
                streams.accept(new StreamCommand.GetScaling(stream.get()), replyTo(request, context));
            } else {
                HttpAnswers.problem(request, 404, "there is no such name: " + path);
            }
        }
        return true;
    }

    private static Optional<StreamName> name(String scope, String stream) {
        try {
            return Optional.of(new StreamName(decode(scope), decode(stream)));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    private static String decode(String part) {
        return URLDecoder.decode(part, StandardCharsets.UTF_8);
    }

    private static ReplyTo<StreamReply> replyTo(HttpServerRequest request, Context context) {
        return new ReplyTo<>() {
            @Override
            public void reply(StreamReply reply) {
                context.runOnContext(nothing -> end(request, reply, null));
            }

            @Override
            public void lost(String reason) {
                context.runOnContext(nothing -> end(request, null, reason));
            }
        };
    }

    private static void end(HttpServerRequest request, @Nullable StreamReply reply, @Nullable String lost) {
        if (request.response().closed()) {
            return;
        }
        if (reply instanceof StreamReply.Scaling scaling) {
            HttpAnswers.json(request, 200, ScalingJson.of(scaling));
        } else if (reply instanceof StreamReply.Failed failed && failed.code() == StreamReply.Code.NOT_FOUND) {
            HttpAnswers.problem(request, 404, failed.message());
        } else if (lost != null) {
            HttpAnswers.problem(request, 503, lost);
        } else {
            HttpAnswers.problem(request, 500, "unexpected reply " + reply);
        }
    }
}
