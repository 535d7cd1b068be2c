/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.verticles.control;

import static io.headrace.verticles.control.Messages.scope;
import static io.headrace.verticles.control.Messages.token;
import static io.headrace.verticles.control.Messages.withStream;
import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.codecs.control.CreateKeyValueTableStatus;
import io.headrace.codecs.control.DeleteKVTableStatus;
import io.headrace.codecs.control.KVTablesInScopeRequest;
import io.headrace.codecs.control.KVTablesInScopeResponse;
import io.headrace.codecs.control.KeyValueTableConfig;
import io.headrace.codecs.control.KeyValueTableConfigResponse;
import io.headrace.codecs.control.KeyValueTableInfo;
import io.headrace.codecs.control.SegmentRanges;
import io.vertx.grpc.common.GrpcStatus;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class TableProceduresTest {
    private static final KeyValueTableConfig TABLE = KeyValueTableConfig.newBuilder()
            .setScope("s")
            .setKvtName("t")
            .setPartitionCount(3)
            .setPrimaryKeyLength(4)
            .setSecondaryKeyLength(2)
            .build();

    private final TestController controller = withStream(1);

    @AfterEach
    void close() {
        controller.close();
    }

    @Test
    void create() {
        assertThat(create(TABLE)).isEqualTo(CreateKeyValueTableStatus.Status.SUCCESS);
        assertThat(create(TABLE)).isEqualTo(CreateKeyValueTableStatus.Status.TABLE_EXISTS);
        assertThat(create(TABLE.toBuilder().setScope("none").build()))
                .isEqualTo(CreateKeyValueTableStatus.Status.SCOPE_NOT_FOUND);
        for (String name : List.of("", "_t", "a b", "é")) {
            assertThat(create(TABLE.toBuilder().setKvtName(name).build()))
                    .as(name)
                    .isEqualTo(CreateKeyValueTableStatus.Status.INVALID_TABLE_NAME);
        }
        KeyValueTableConfig.Builder other = TABLE.toBuilder().setKvtName("other");
        for (KeyValueTableConfig bad : List.of(
                other.clone().setPartitionCount(0).build(),
                other.clone().setPartitionCount(-1).build(),
                other.clone().setPartitionCount(Integer.MAX_VALUE).build(),
                other.clone().setPrimaryKeyLength(0).build(),
                other.clone().setSecondaryKeyLength(-1).build(),
                other.clone().setPrimaryKeyLength(Integer.MAX_VALUE).build(),
                other.clone().setRolloverSizeBytes(-1).build())) {
            controller.refused(
                    GrpcStatus.INVALID_ARGUMENT,
                    "createKeyValueTable",
                    bad,
                    CreateKeyValueTableStatus.getDefaultInstance());
        }
    }

    @Test
    void configuration() {
        create(TABLE);
        assertThat(configuration("t").getConfig()).isEqualTo(TABLE);
        assertThat(configuration("none").getStatus()).isEqualTo(KeyValueTableConfigResponse.Status.TABLE_NOT_FOUND);
        assertThat(configuration("").getStatus()).isEqualTo(KeyValueTableConfigResponse.Status.TABLE_NOT_FOUND);
    }

    @Test
    void segments() {
        create(TABLE);
        SegmentRanges ranges =
                controller.ask("getCurrentSegmentsKeyValueTable", table("t"), SegmentRanges.getDefaultInstance());
        assertThat(ranges.getSegmentRangesList())
                .extracting(range -> range.getSegmentId().getSegmentId())
                .containsExactly(0L, 1L, 2L);
        assertThat(ranges.getSegmentRanges(2).getMaxKey()).isEqualTo(1.0);
        controller.refused(
                GrpcStatus.NOT_FOUND,
                "getCurrentSegmentsKeyValueTable",
                table("none"),
                SegmentRanges.getDefaultInstance());
    }

    @Test
    void list() {
        assertThat(list("none", "").getStatus()).isEqualTo(KVTablesInScopeResponse.Status.SCOPE_NOT_FOUND);
        assertThat(list("s", "").getKvtablesList()).isEmpty();
        create(TABLE);
        KVTablesInScopeResponse page = list("s", "");
        assertThat(page.getKvtablesList()).containsExactly(table("t"));
        assertThat(list("s", page.getContinuationToken().getToken()).getKvtablesList())
                .isEmpty();
    }

    @Test
    void delete() {
        assertThat(deleteTable("t")).isEqualTo(DeleteKVTableStatus.Status.TABLE_NOT_FOUND);
        create(TABLE);
        assertThat(deleteTable("t")).isEqualTo(DeleteKVTableStatus.Status.SUCCESS);
        assertThat(deleteTable("t")).isEqualTo(DeleteKVTableStatus.Status.TABLE_NOT_FOUND);
        assertThat(deleteTable("")).isEqualTo(DeleteKVTableStatus.Status.TABLE_NOT_FOUND);
    }

    private CreateKeyValueTableStatus.Status create(KeyValueTableConfig config) {
        return controller
                .ask("createKeyValueTable", config, CreateKeyValueTableStatus.getDefaultInstance())
                .getStatus();
    }

    private KeyValueTableConfigResponse configuration(String name) {
        return controller.ask(
                "getKeyValueTableConfiguration", table(name), KeyValueTableConfigResponse.getDefaultInstance());
    }

    private KVTablesInScopeResponse list(String scope, String token) {
        return controller.ask(
                "listKeyValueTablesInScope",
                KVTablesInScopeRequest.newBuilder()
                        .setScope(scope(scope))
                        .setContinuationToken(token(token))
                        .build(),
                KVTablesInScopeResponse.getDefaultInstance());
    }

    private DeleteKVTableStatus.Status deleteTable(String name) {
        return controller
                .ask("deleteKeyValueTable", table(name), DeleteKVTableStatus.getDefaultInstance())
                .getStatus();
    }

    private static KeyValueTableInfo table(String name) {
        return KeyValueTableInfo.newBuilder().setScope("s").setKvtName(name).build();
    }
}
