/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.verticles.control;

import io.headrace.verticles.net.ConnectionLimit;
import io.headrace.verticles.net.LogLimiter;
import io.vertx.core.Future;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.HttpVersion;
import io.vertx.grpc.common.GrpcStatus;
import io.vertx.grpc.common.InvalidMessageException;
import io.vertx.grpc.common.MessageSizeOverflowException;
import io.vertx.grpc.server.GrpcServerRequest;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The connections of the control face: how many there are, and why one is ended whose peer does what no client does. Each
 * end has a line in the log, of which there are not too many.
 */
final class Peers {
    private static final int LOG_LINES_PER_INTERVAL = 20;

    /** For the last answers to reach the peer. */
    private static final long LAST_ANSWERS_MILLIS = 1_000;

    private static final Logger LOG = LoggerFactory.getLogger(Peers.class);

    private final ConnectionLimit limit;
    private final LogLimiter log = new LogLimiter(LOG, LOG_LINES_PER_INTERVAL);

    Peers(int connections) {
        this.limit = new ConnectionLimit("controller", connections);
    }

    /** A connection has been made; no request has been read from it yet. */
    void accept(HttpConnection connection) {
        if (!limit.enter(connection.remoteAddress())) {
            var unused = connection.close();
            return;
        }
        connection.closeHandler(nothing -> limit.leave());
        boolean isHttp2 = Authorities.takeFirst(connection);
        connection.exceptionHandler(cause -> failed(connection, isHttp2, cause));
    }

    /** Vert.x closes a connection on which HTTP/2 is broken. That its peer has gone is nobody's mistake. */
    private void failed(HttpConnection connection, boolean isHttp2, Throwable cause) {
        if (isHttp2 && !(cause instanceof IOException)) {
            log.warn(
                    "closed the connection from {}: {}",
                    connection.remoteAddress(),
                    String.valueOf(cause.getMessage()));
        } else {
            LOG.debug("connection from {}: {}", connection.remoteAddress(), cause.toString());
        }
    }

    /** What came is no HTTP/1, and did not begin as HTTP/2 does. */
    void notHttp(HttpServerRequest request) {
        Throwable cause = request.decoderResult().cause();
        answerAndClose(request, 400, "it is not HTTP" + (cause == null ? "" : ": " + cause.getMessage()));
    }

    /**
     * Somebody came with HTTP, but not with gRPC. Over HTTP/2 that costs the request alone: some clients, of which Java's is
     * one, drop an answer that they have when the connection ends right behind it.
     */
    void notGrpc(HttpServerRequest request) {
        String reason =
                "this is the gRPC port of a Headrace controller; point a Pravega client at it (tcp://host:port)";
        if (request.version() == HttpVersion.HTTP_2) {
            log.warn("refused a request from {}: {}", request.remoteAddress(), reason);
            var unused = answer(request.response().setStatusCode(415), reason);
        } else {
            answerAndClose(request, 415, reason);
        }
    }

    private void answerAndClose(HttpServerRequest request, int status, String reason) {
        log.warn("closed the connection from {}: {}", request.remoteAddress(), reason);
        answer(request.response().setStatusCode(status).putHeader(HttpHeaders.CONNECTION, HttpHeaders.CLOSE), reason)
                .onComplete(done -> end(request.connection()));
    }

    private static Future<Void> answer(HttpServerResponse response, String reason) {
        return response.putHeader(HttpHeaders.CONTENT_TYPE, "text/plain; charset=utf-8")
                .end(reason + "\n");
    }

    /** A message of a call is too large, or none of its type. The first ends the connection, on which more of it comes. */
    void invalid(String procedure, GrpcServerRequest<?, ?> call, InvalidMessageException cause) {
        HttpConnection connection = call.connection();
        if (cause instanceof MessageSizeOverflowException large) {
            String reason =
                    "a message has " + large.messageSize() + " bytes, more than " + ControlVerticle.MESSAGE_BYTES_MAX;
            log.warn("closed the connection from {}: {}, to {}", connection.remoteAddress(), reason, procedure);
            call.response()
                    .status(GrpcStatus.RESOURCE_EXHAUSTED)
                    .statusMessage(reason)
                    .end()
                    .onComplete(done -> end(connection));
        } else {
            log.warn("refused a message from {}: it is no request to {}", connection.remoteAddress(), procedure);
            call.response().cancel();
        }
    }

    private static void end(HttpConnection connection) {
        var unused = connection.shutdown(LAST_ANSWERS_MILLIS, TimeUnit.MILLISECONDS);
    }
}
