/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.verticles.control;

import static io.headrace.verticles.control.Procedure.command;

import io.headrace.codecs.control.CreateScopeStatus;
import io.headrace.codecs.control.DeleteScopeStatus;
import io.headrace.codecs.control.ExistsResponse;
import io.headrace.codecs.control.ScopeInfo;
import io.headrace.codecs.control.StreamsInScopeRequest;
import io.headrace.codecs.control.StreamsInScopeResponse;
import io.headrace.codecs.control.StreamsInScopeWithTagRequest;
import io.headrace.engine.streams.StreamCommand;
import io.headrace.engine.streams.StreamName;
import io.headrace.engine.streams.StreamReply;
import java.util.List;

/** Procedures about scopes and what is in them. */
final class ScopeProcedures {
    private ScopeProcedures() {}

    static List<Procedure<?, ?>> all(Procedure.Target target) {
        ScopeInfo scope = ScopeInfo.getDefaultInstance();
        return List.of(
                command(
                        target,
                        "createScope",
                        scope,
                        CreateScopeStatus.getDefaultInstance(),
                        request -> new StreamCommand.CreateScope(request.getScope()),
                        StreamReply.CreateScopeStatus.class,
                        (request, status) -> CreateScopeStatus.newBuilder()
                                .setStatus(CreateScopeStatus.Status.valueOf(status.name()))
                                .build()),
                command(
                        target,
                        "deleteScope",
                        scope,
                        DeleteScopeStatus.getDefaultInstance(),
                        request -> new StreamCommand.DeleteScope(request.getScope()),
                        StreamReply.DeleteScopeStatus.class,
                        (request, status) -> deleted(status)),
                command(
                        target,
                        "deleteScopeRecursive",
                        scope,
                        DeleteScopeStatus.getDefaultInstance(),
                        request -> new StreamCommand.DeleteScopeRecursive(request.getScope()),
                        StreamReply.DeleteScopeStatus.class,
                        (request, status) -> deleted(status)),
                command(
                        target,
                        "checkScopeExists",
                        scope,
                        ExistsResponse.getDefaultInstance(),
                        request -> new StreamCommand.CheckScopeExists(request.getScope()),
                        StreamReply.Exists.class,
                        (request, reply) -> ExistsResponse.newBuilder()
                                .setExists(reply.exists())
                                .build()),
                command(
                        target,
                        "listStreamsInScope",
                        StreamsInScopeRequest.getDefaultInstance(),
                        StreamsInScopeResponse.getDefaultInstance(),
                        request -> new StreamCommand.ListStreams(
                                request.getScope().getScope(),
                                FromProto.token(request.getContinuationToken()),
                                StreamCommand.MAX_PAGE),
                        StreamReply.NamePage.class,
                        (request, page) -> streams(request.getScope().getScope(), page)),
                command(
                        target,
                        "listStreamsInScopeForTag",
                        StreamsInScopeWithTagRequest.getDefaultInstance(),
                        StreamsInScopeResponse.getDefaultInstance(),
                        request -> new StreamCommand.ListStreamsForTag(
                                request.getScope().getScope(),
                                request.getTag(),
                                FromProto.token(request.getContinuationToken()),
                                StreamCommand.MAX_PAGE),
                        StreamReply.NamePage.class,
                        (request, page) -> streams(request.getScope().getScope(), page)));
    }

    private static DeleteScopeStatus deleted(StreamReply.DeleteScopeStatus status) {
        return DeleteScopeStatus.newBuilder()
                .setStatus(DeleteScopeStatus.Status.valueOf(status.name()))
                .build();
    }

    private static StreamsInScopeResponse streams(String scope, StreamReply.NamePage page) {
        StreamsInScopeResponse.Builder response = StreamsInScopeResponse.newBuilder()
                .setStatus(StreamsInScopeResponse.Status.valueOf(page.status().name()))
                .setContinuationToken(ToProto.token(page.token()));
        page.names().forEach(name -> response.addStreams(ToProto.info(new StreamName(scope, name))));
        return response.build();
    }
}
