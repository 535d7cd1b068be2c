/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.verticles.control;

import static io.headrace.verticles.control.Procedure.command;

import io.headrace.codecs.control.CreateKeyValueTableStatus;
import io.headrace.codecs.control.DeleteKVTableStatus;
import io.headrace.codecs.control.KVTablesInScopeRequest;
import io.headrace.codecs.control.KVTablesInScopeResponse;
import io.headrace.codecs.control.KeyValueTableConfig;
import io.headrace.codecs.control.KeyValueTableConfigResponse;
import io.headrace.codecs.control.KeyValueTableInfo;
import io.headrace.codecs.control.SegmentRanges;
import io.headrace.codecs.control.StreamInfo;
import io.headrace.engine.streams.StreamCommand;
import io.headrace.engine.streams.StreamReply;
import java.util.List;

/** Procedures about key-value tables. */
final class TableProcedures {
    private TableProcedures() {}

    static List<Procedure<?, ?>> all(Procedure.Target target) {
        KeyValueTableInfo table = KeyValueTableInfo.getDefaultInstance();
        return List.of(
                command(
                        target,
                        "createKeyValueTable",
                        KeyValueTableConfig.getDefaultInstance(),
                        CreateKeyValueTableStatus.getDefaultInstance(),
                        request -> new StreamCommand.CreateTable(
                                request.getScope(), request.getKvtName(), FromProto.table(request)),
                        StreamReply.CreateTableStatus.class,
                        (request, status) -> CreateKeyValueTableStatus.newBuilder()
                                .setStatus(CreateKeyValueTableStatus.Status.valueOf(status.name()))
                                .build()),
                command(
                        target,
                        "getCurrentSegmentsKeyValueTable",
                        table,
                        SegmentRanges.getDefaultInstance(),
                        request -> new StreamCommand.GetTableSegments(request.getScope(), request.getKvtName()),
                        StreamReply.Segments.class,
                        (request, reply) -> ToProto.ranges(
                                StreamInfo.newBuilder()
                                        .setScope(request.getScope())
                                        .setStream(request.getKvtName())
                                        .build(),
                                reply.segments())),
                command(
                        target,
                        "listKeyValueTablesInScope",
                        KVTablesInScopeRequest.getDefaultInstance(),
                        KVTablesInScopeResponse.getDefaultInstance(),
                        request -> new StreamCommand.ListTables(
                                request.getScope().getScope(),
                                FromProto.token(request.getContinuationToken()),
                                StreamCommand.MAX_PAGE),
                        StreamReply.NamePage.class,
                        TableProcedures::page),
                command(
                        target,
                        "getKeyValueTableConfiguration",
                        table,
                        KeyValueTableConfigResponse.getDefaultInstance(),
                        request -> new StreamCommand.GetTableConfiguration(request.getScope(), request.getKvtName()),
                        StreamReply.Table.class,
                        (request, reply) -> KeyValueTableConfigResponse.newBuilder()
                                .setStatus(KeyValueTableConfigResponse.Status.valueOf(
                                        reply.status().name()))
                                .setConfig(
                                        ToProto.table(request.getScope(), request.getKvtName(), reply.configuration()))
                                .build()),
                command(
                        target,
                        "deleteKeyValueTable",
                        table,
                        DeleteKVTableStatus.getDefaultInstance(),
                        request -> new StreamCommand.DeleteTable(request.getScope(), request.getKvtName()),
                        StreamReply.DeleteTableStatus.class,
                        (request, status) -> DeleteKVTableStatus.newBuilder()
                                .setStatus(DeleteKVTableStatus.Status.valueOf(status.name()))
                                .build()));
    }

    private static KVTablesInScopeResponse page(KVTablesInScopeRequest request, StreamReply.NamePage page) {
        KVTablesInScopeResponse.Builder response = KVTablesInScopeResponse.newBuilder()
                .setStatus(KVTablesInScopeResponse.Status.valueOf(page.status().name()))
                .setContinuationToken(ToProto.token(page.token()));
        page.names().forEach(name -> response.addKvtablesBuilder()
                .setScope(request.getScope().getScope())
                .setKvtName(name));
        return response.build();
    }
}
