/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.verticles.control;

import io.headrace.codecs.control.ScopesRequest;
import io.headrace.codecs.control.ScopesResponse;
import io.headrace.engine.streams.StreamCommand;
import io.headrace.engine.streams.StreamReply;
import io.headrace.verticles.host.Partitions;

/**
 * Lists scopes over all {@code streams} partitions, one after the other. A token is {@code partition/token of that
 * partition}; the client stops at the first empty page, so an exhausted partition is followed by the next at once.
 */
final class ScopeListing implements Procedure.Body<ScopesRequest, ScopesResponse> {
    private final Partitions<StreamCommand, StreamReply> streams;

    ScopeListing(Partitions<StreamCommand, StreamReply> streams) {
        this.streams = streams;
    }

    @Override
    public void call(ScopesRequest request, Answer<ScopesResponse> answer) {
        String token = FromProto.token(request.getContinuationToken());
        if (token.isEmpty()) {
            list(0, "", answer);
            return;
        }
        int slash = token.indexOf('/');
        int partition = -1;
        try {
            partition = slash < 1 ? -1 : Integer.parseInt(token.substring(0, slash));
        } catch (NumberFormatException e) {
            // Told below, like any other token that is not ours.
        }
        if (partition < 0) {
            throw new IllegalArgumentException("\"" + token + "\" is not a continuation token of this service");
        }
        list(partition, token.substring(slash + 1), answer);
    }

    private void list(int partition, String token, Answer<ScopesResponse> answer) {
        if (partition >= streams.count()) {
            answer.ok(ScopesResponse.newBuilder()
                    .setContinuationToken(ToProto.token(partition + "/"))
                    .build());
            return;
        }
        streams.submit(
                partition,
                new StreamCommand.ListScopes(token, StreamCommand.MAX_PAGE),
                Procedure.replyTo(StreamReply.NamePage.class, answer, page -> {
                    if (page.names().isEmpty()) {
                        list(partition + 1, "", answer);
                    } else {
                        answer.ok(ScopesResponse.newBuilder()
                                .addAllScopes(page.names())
                                .setContinuationToken(ToProto.token(partition + "/" + page.token()))
                                .build());
                    }
                }));
    }
}
