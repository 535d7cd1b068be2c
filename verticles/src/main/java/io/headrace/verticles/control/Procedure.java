/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.verticles.control;

import com.google.protobuf.Message;
import io.headrace.engine.partition.ReplyTo;
import io.headrace.engine.streams.StreamCommand;
import io.headrace.engine.streams.StreamReply;
import io.vertx.grpc.common.GrpcStatus;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One remote procedure.
 *
 * @param name as in the service's description
 * @param request default instance of the request's type
 * @param response default instance of the response's type
 */
record Procedure<Q extends Message, A extends Message>(String name, Q request, A response, Body<Q, A> body) {
    /** Told when the fault is ours; the log tells more. */
    static final String INTERNAL_ERROR = "internal error";

    private static final Logger LOG = LoggerFactory.getLogger(Procedure.class);

    /** What a procedure does. Called on an event loop; an {@link IllegalArgumentException} means a bad request. */
    interface Body<Q, A> {
        void call(Q request, Answer<A> answer);
    }

    /** Where commands go; the reply may come on any thread. */
    interface Target {
        void submit(StreamCommand command, ReplyTo<StreamReply> replyTo);
    }

    /** A procedure that is answered from what this face knows. */
    static <Q extends Message, A extends Message> Procedure<Q, A> local(
            String name, Q request, A response, Function<Q, A> body) {
        return new Procedure<>(name, request, response, (message, answer) -> answer.ok(body.apply(message)));
    }

    /** A procedure that one command to a partition answers with a reply of type {@code reply}. */
    static <Q extends Message, A extends Message, R extends StreamReply> Procedure<Q, A> command(
            Target target,
            String name,
            Q request,
            A response,
            Function<Q, StreamCommand> toCommand,
            Class<R> reply,
            BiFunction<Q, R, A> toResponse) {
        return new Procedure<>(
                name,
                request,
                response,
                (message, answer) -> target.submit(
                        toCommand.apply(message),
                        replyTo(reply, answer, value -> answer.ok(toResponse.apply(message, value)))));
    }

    /** Sorts out the replies that every command may get; hands on the expected one. */
    static <A, R extends StreamReply> ReplyTo<StreamReply> replyTo(
            Class<R> expected, Answer<A> answer, Consumer<R> onReply) {
        return new ReplyTo<>() {
            @Override
            public void reply(StreamReply reply) {
                try {
                    sortOut(reply);
                } catch (RuntimeException e) {
                    // It must not reach the partition, which has others to answer.
                    LOG.error("a reply could not be handed on: {}", reply, e);
                    answer.fail(GrpcStatus.INTERNAL, INTERNAL_ERROR);
                }
            }

            private void sortOut(StreamReply reply) {
                if (expected.isInstance(reply)) {
                    onReply.accept(expected.cast(reply));
                } else if (reply instanceof StreamReply.Failed failed) {
                    answer.fail(GrpcStatus.valueOf(failed.code().name()), failed.message());
                } else if (reply instanceof StreamReply.NotImplemented missing) {
                    answer.fail(GrpcStatus.UNIMPLEMENTED, missing.what() + " is not built into Headrace yet");
                } else {
                    answer.fail(GrpcStatus.INTERNAL, "unexpected reply " + reply);
                }
            }

            @Override
            public void lost(String reason) {
                answer.fail(GrpcStatus.UNAVAILABLE, reason);
            }
        };
    }
}
