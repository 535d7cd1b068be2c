/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.verticles.gateway;

import io.headrace.engine.partition.ReplyTo;
import io.headrace.engine.streams.StreamCommand;
import io.headrace.engine.streams.StreamReply;
import io.headrace.verticles.host.Partitions;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.util.List;

/** Asks the partitions of streams on behalf of a request. Futures complete on the context that asked. */
final class StreamQuestions {
    private final Vertx vertx;
    private final Partitions<StreamCommand, StreamReply> streams;

    StreamQuestions(Vertx vertx, Partitions<StreamCommand, StreamReply> streams) {
        this.vertx = vertx;
        this.streams = streams;
    }

    /** Fails with a {@link ProblemException} if the reply is not of the type expected. */
    <R extends StreamReply> Future<R> ask(StreamCommand command, Class<R> expected) {
        Promise<StreamReply> answered = Promise.promise();
        streams.submit(command.scope(), command, replyTo(answered));
        return answered.future().map(reply -> checked(reply, expected));
    }

    /** Names of scopes, over all partitions. */
    Future<Page> scopes(String token) {
        if (token.isEmpty()) {
            return scopes(0, "");
        }
        int slash = token.indexOf('/');
        try {
            int partition = Integer.parseUnsignedInt(token.substring(0, Math.max(0, slash)));
            return scopes(partition, token.substring(slash + 1));
        } catch (NumberFormatException e) {
            return Future.failedFuture(ProblemException.badRequest("\"" + token + "\" is no continuationToken"));
        }
    }

    private Future<Page> scopes(int partition, String token) {
        if (partition >= streams.count()) {
            return Future.succeededFuture(new Page(List.of(), ""));
        }
        Promise<StreamReply> answered = Promise.promise();
        streams.submit(partition, new StreamCommand.ListScopes(token, StreamCommand.MAX_PAGE), replyTo(answered));
        return answered.future()
                .map(reply -> checked(reply, StreamReply.NamePage.class))
                .compose(page -> page.names().isEmpty()
                        ? scopes(partition + 1, "")
                        : Future.succeededFuture(new Page(page.names(), next(partition, page))));
    }

    private String next(int partition, StreamReply.NamePage page) {
        String rest = next(page);
        if (!rest.isEmpty()) {
            return partition + "/" + rest;
        }
        return partition + 1 < streams.count() ? partition + 1 + "/" : "";
    }

    /** The token for what follows a page; empty if that was the last one. */
    static String next(StreamReply.NamePage page) {
        return page.names().size() < StreamCommand.MAX_PAGE ? "" : page.token();
    }

    /**
     * Part of a list of names.
     *
     * @param token asks for what follows; empty if nothing does
     */
    record Page(List<String> names, String token) {}

    private ReplyTo<StreamReply> replyTo(Promise<StreamReply> answered) {
        var context = vertx.getOrCreateContext();
        return new ReplyTo<>() {
            @Override
            public void reply(StreamReply reply) {
                context.runOnContext(nothing -> answered.complete(reply));
            }

            @Override
            public void lost(String reason) {
                context.runOnContext(nothing -> answered.fail(new ProblemException(503, reason)));
            }
        };
    }

    private static <R extends StreamReply> R checked(StreamReply reply, Class<R> expected) {
        if (expected.isInstance(reply)) {
            return expected.cast(reply);
        }
        if (reply instanceof StreamReply.Failed failed) {
            throw new ProblemException(status(failed.code()), failed.message());
        }
        throw new ProblemException(500, "unexpected reply " + reply);
    }

    private static int status(StreamReply.Code code) {
        return switch (code) {
            case NOT_FOUND -> 404;
            case INVALID_ARGUMENT -> 400;
            case FAILED_PRECONDITION -> 412;
            case RESOURCE_EXHAUSTED -> 429;
            case DEADLINE_EXCEEDED -> 504;
            case INTERNAL -> 500;
        };
    }
}
