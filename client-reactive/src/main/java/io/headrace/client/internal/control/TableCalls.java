/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.client.internal.control;

import io.headrace.client.NotFoundException;
import io.headrace.client.RejectedException;
import io.headrace.client.StreamSegment;
import io.headrace.client.TableConfiguration;
import io.headrace.client.TableName;
import io.headrace.codecs.control.ContinuationToken;
import io.headrace.codecs.control.CreateKeyValueTableStatus;
import io.headrace.codecs.control.DeleteKVTableStatus;
import io.headrace.codecs.control.KVTablesInScopeRequest;
import io.headrace.codecs.control.KVTablesInScopeResponse;
import io.headrace.codecs.control.KeyValueTableConfig;
import io.headrace.codecs.control.KeyValueTableConfigResponse;
import io.headrace.codecs.control.KeyValueTableInfo;
import io.headrace.codecs.control.ScopeInfo;
import io.headrace.codecs.control.SegmentRanges;
import io.vertx.core.Future;
import java.util.List;

/** Key-value tables, as the controller knows them. On the controller's loop. */
public final class TableCalls {
    private final Controller controller;

    public TableCalls(Controller controller) {
        this.controller = controller;
    }

    public Future<Boolean> create(TableName table, TableConfiguration settings) {
        KeyValueTableConfig request = KeyValueTableConfig.newBuilder()
                .setScope(table.scope())
                .setKvtName(table.name())
                .setPartitionCount(settings.partitions())
                .setPrimaryKeyLength(settings.primaryKeyBytes())
                .setSecondaryKeyLength(settings.secondaryKeyBytes())
                .setRolloverSizeBytes(settings.rolloverBytes())
                .build();
        return controller
                .call("createKeyValueTable", request, CreateKeyValueTableStatus.getDefaultInstance())
                .compose(reply -> switch (reply.getStatus()) {
                    case SUCCESS -> Future.succeededFuture(true);
                    case TABLE_EXISTS -> Future.succeededFuture(false);
                    case SCOPE_NOT_FOUND ->
                        Future.failedFuture(new NotFoundException("there is no scope " + table.scope()));
                    case INVALID_TABLE_NAME ->
                        Future.failedFuture(new RejectedException("no table can be called " + table.name()));
                    default -> Future.failedFuture(ScopeCalls.failed("creating the table " + table));
                });
    }

    public Future<Boolean> delete(TableName table) {
        return controller
                .call("deleteKeyValueTable", info(table), DeleteKVTableStatus.getDefaultInstance())
                .compose(reply -> switch (reply.getStatus()) {
                    case SUCCESS -> Future.succeededFuture(true);
                    case TABLE_NOT_FOUND -> Future.succeededFuture(false);
                    default -> Future.failedFuture(ScopeCalls.failed("deleting the table " + table));
                });
    }

    public Future<TableConfiguration> configuration(TableName table) {
        return controller
                .call("getKeyValueTableConfiguration", info(table), KeyValueTableConfigResponse.getDefaultInstance())
                .compose(reply -> switch (reply.getStatus()) {
                    case SUCCESS -> Future.succeededFuture(configuration(reply.getConfig()));
                    case TABLE_NOT_FOUND -> Future.failedFuture(missing(table));
                    default -> Future.failedFuture(ScopeCalls.failed("describing the table " + table));
                });
    }

    private static TableConfiguration configuration(KeyValueTableConfig config) {
        return new TableConfiguration(
                config.getPartitionCount(),
                config.getPrimaryKeyLength(),
                config.getSecondaryKeyLength(),
                config.getRolloverSizeBytes());
    }

    public Future<ScopeCalls.Page<TableName>> list(String scope, String from) {
        KVTablesInScopeRequest request = KVTablesInScopeRequest.newBuilder()
                .setScope(ScopeInfo.newBuilder().setScope(scope))
                .setContinuationToken(ContinuationToken.newBuilder().setToken(from))
                .build();
        return controller
                .call("listKeyValueTablesInScope", request, KVTablesInScopeResponse.getDefaultInstance())
                .compose(reply -> switch (reply.getStatus()) {
                    case SUCCESS ->
                        Future.succeededFuture(new ScopeCalls.Page<>(
                                reply.getKvtablesList().stream()
                                        .map(info -> new TableName(info.getScope(), info.getKvtName()))
                                        .toList(),
                                reply.getContinuationToken().getToken()));
                    case SCOPE_NOT_FOUND -> Future.failedFuture(new NotFoundException("there is no scope " + scope));
                    default -> Future.failedFuture(ScopeCalls.failed("listing the tables of " + scope));
                });
    }

    /** The segments of a table, which stay the same. */
    public Future<List<StreamSegment>> segments(TableName table) {
        return controller
                .call("getCurrentSegmentsKeyValueTable", info(table), SegmentRanges.getDefaultInstance())
                .map(ranges -> StreamCalls.segments(ranges.getSegmentRangesList()))
                .recover(cause -> Future.failedFuture(cause instanceof NotFoundException ? missing(table) : cause));
    }

    private static NotFoundException missing(TableName table) {
        return new NotFoundException("there is no table " + table);
    }

    private static KeyValueTableInfo info(TableName table) {
        return KeyValueTableInfo.newBuilder()
                .setScope(table.scope())
                .setKvtName(table.name())
                .build();
    }
}
