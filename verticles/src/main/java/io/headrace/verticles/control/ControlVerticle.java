/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.verticles.control;

import com.google.protobuf.Message;
import io.headrace.codecs.control.ScopesRequest;
import io.headrace.codecs.control.ScopesResponse;
import io.headrace.engine.streams.StreamCommand;
import io.headrace.engine.streams.StreamReply;
import io.headrace.verticles.host.Partitions;
import io.headrace.verticles.net.Endpoint;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.grpc.common.GrpcMessageDecoder;
import io.vertx.grpc.common.GrpcMessageEncoder;
import io.vertx.grpc.common.GrpcStatus;
import io.vertx.grpc.common.ServiceMethod;
import io.vertx.grpc.common.ServiceName;
import io.vertx.grpc.server.GrpcServer;
import io.vertx.grpc.server.GrpcServerOptions;
import io.vertx.grpc.server.GrpcServerRequest;
import io.vertx.grpc.server.GrpcServerResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Serves the controller's procedures on one port. */
public final class ControlVerticle extends VerticleBase {
    private static final ServiceName SERVICE =
            ServiceName.create("io.pravega.controller.stream.api.grpc.v1", "ControllerService");

    /** A stream cut over thousands of segments is well below; more is no honest request. */
    static final long MESSAGE_BYTES_MAX = 4L << 20;

    private static final Logger LOG = LoggerFactory.getLogger(ControlVerticle.class);

    private final ControlOptions options;
    private final Partitions<StreamCommand, StreamReply> streams;
    private final Directory directory;
    private final Peers peers;
    private final ControlCounters counters = new ControlCounters();
    private @Nullable HttpServer server;

    public ControlVerticle(
            ControlOptions options, Partitions<StreamCommand, StreamReply> streams, Directory directory) {
        this.options = options;
        this.streams = streams;
        this.directory = directory;
        this.peers = new Peers(options.connections());
    }

    public ControlCounters counters() {
        return counters;
    }

    /** The port that is listened on; only after the start. */
    public int port() {
        HttpServer started = server;
        if (started == null) {
            throw new IllegalStateException("the control face has not been started");
        }
        return started.actualPort();
    }

    @Override
    public Future<?> start() {
        GrpcServer grpc = GrpcServer.server(vertx, new GrpcServerOptions().setMaxMessageSize(MESSAGE_BYTES_MAX));
        HttpServer starting = vertx.createHttpServer(
                        new HttpServerOptions().setHost(options.host()).setPort(options.port()))
                .connectionHandler(peers::accept)
                .invalidRequestHandler(peers::notHttp)
                .requestHandler(request -> handle(grpc, request));
        server = starting;
        register(grpc);
        return starting.listen();
    }

    private List<Endpoint> controllers() {
        return directory.controllers().stream()
                .map(controller -> controller.port() == 0 ? new Endpoint(controller.host(), port()) : controller)
                .toList();
    }

    private void register(GrpcServer grpc) {
        Procedure.Target target = (command, replyTo) -> streams.submit(command.scope(), command, replyTo);
        List<Procedure<?, ?>> procedures = new ArrayList<>();
        procedures.addAll(ScopeProcedures.all(target));
        procedures.addAll(StreamProcedures.all(target));
        procedures.addAll(SegmentProcedures.all(target, this::controllers, directory));
        procedures.addAll(TransactionProcedures.all(target));
        procedures.addAll(GroupProcedures.all(target));
        procedures.addAll(TableProcedures.all(target));
        procedures.add(new Procedure<>(
                "listScopes",
                ScopesRequest.getDefaultInstance(),
                ScopesResponse.getDefaultInstance(),
                new ScopeListing(streams)));
        procedures.forEach(procedure -> register(grpc, procedure));
    }

    private void handle(GrpcServer grpc, HttpServerRequest request) {
        String contentType = request.getHeader(HttpHeaders.CONTENT_TYPE);
        if (contentType != null && contentType.startsWith("application/grpc")) {
            grpc.handle(request);
        } else {
            peers.notGrpc(request);
        }
    }

    private <Q extends Message, A extends Message> void register(GrpcServer grpc, Procedure<Q, A> procedure) {
        ServiceMethod<Q, A> method = ServiceMethod.server(
                SERVICE,
                procedure.name(),
                GrpcMessageEncoder.encoder(),
                GrpcMessageDecoder.decoder(procedure.request()));
        grpc.callHandler(method, call -> {
            call.invalidMessageHandler(cause -> peers.invalid(procedure.name(), call, cause));
            call.handler(request -> call(procedure, request, call));
        });
    }

    private <Q extends Message, A extends Message> void call(
            Procedure<Q, A> procedure, Q request, GrpcServerRequest<Q, A> call) {
        Answer<A> answer = new CallAnswer<>(procedure.name(), counters, vertx.getOrCreateContext(), call.response());
        counters.called();
        try {
            procedure.body().call(request, answer);
        } catch (IllegalArgumentException e) {
            answer.fail(GrpcStatus.INVALID_ARGUMENT, String.valueOf(e.getMessage()));
        } catch (RuntimeException e) {
            LOG.error("{} failed", procedure.name(), e);
            answer.fail(GrpcStatus.INTERNAL, Procedure.INTERNAL_ERROR);
        }
    }

    /** Brings the outcome back to the context of the call. */
    private record CallAnswer<A>(
            String procedure, ControlCounters counters, Context context, GrpcServerResponse<?, A> response)
            implements Answer<A> {
        @Override
        public void ok(A message) {
            answer(() -> response.end(message));
        }

        @Override
        public void fail(GrpcStatus status, String message) {
            counters.failed(status);
            answer(() -> response.status(status).statusMessage(message).end());
        }

        /** A caller may give up at any time: what a response says then depends on how far that news has come. */
        private void answer(Supplier<Future<Void>> end) {
            context.runOnContext(nothing -> {
                try {
                    end.get().onFailure(this::gone);
                } catch (IllegalStateException e) {
                    gone(e);
                }
            });
        }

        private void gone(Throwable cause) {
            LOG.debug("the caller of {} has gone: {}", procedure, cause.toString());
        }
    }
}
