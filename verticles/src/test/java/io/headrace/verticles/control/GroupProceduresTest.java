/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.verticles.control;

import static io.headrace.verticles.control.Messages.MISSING;
import static io.headrace.verticles.control.Messages.STREAM;
import static io.headrace.verticles.control.Messages.cut;
import static io.headrace.verticles.control.Messages.withStream;
import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.codecs.control.CreateReaderGroupResponse;
import io.headrace.codecs.control.DeleteReaderGroupStatus;
import io.headrace.codecs.control.ReaderGroupConfigResponse;
import io.headrace.codecs.control.ReaderGroupConfiguration;
import io.headrace.codecs.control.ReaderGroupInfo;
import io.headrace.codecs.control.StreamInfo;
import io.headrace.codecs.control.SubscriberStreamCut;
import io.headrace.codecs.control.SubscribersResponse;
import io.headrace.codecs.control.UpdateReaderGroupResponse;
import io.headrace.codecs.control.UpdateSubscriberStatus;
import io.vertx.grpc.common.GrpcStatus;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class GroupProceduresTest {
    private static final String ID = new UUID(1, 2).toString();
    private static final String OTHER_ID = new UUID(3, 4).toString();
    private static final ReaderGroupConfiguration GROUP = ReaderGroupConfiguration.newBuilder()
            .setScope("s")
            .setReaderGroupName("g")
            .setGroupRefreshTimeMillis(3_000)
            .setAutomaticCheckpointIntervalMillis(-1)
            .setMaxOutstandingCheckpointRequest(3)
            .setReaderGroupId(ID)
            .addStartingStreamCuts(cut(STREAM, Map.of(0L, 10L, 1L, 20L)))
            .addEndingStreamCuts(cut(STREAM, Map.of()))
            .build();

    private final TestController controller = withStream(2);

    @AfterEach
    void close() {
        controller.close();
    }

    @Test
    void create() {
        CreateReaderGroupResponse created = create(GROUP);
        assertThat(created.getStatus()).isEqualTo(CreateReaderGroupResponse.Status.SUCCESS);
        assertThat(created.getConfig()).isEqualTo(GROUP);
        ReaderGroupConfiguration other =
                GROUP.toBuilder().setGroupRefreshTimeMillis(1).build();
        assertThat(create(other).getConfig()).isEqualTo(GROUP);
        assertThat(create(GROUP.toBuilder().setScope("none").build()).getStatus())
                .isEqualTo(CreateReaderGroupResponse.Status.SCOPE_NOT_FOUND);
        for (String name : List.of("", "a b", "b_g", "é", "x".repeat(300))) {
            assertThat(create(GROUP.toBuilder().setReaderGroupName(name).build())
                            .getStatus())
                    .as(name)
                    .isEqualTo(CreateReaderGroupResponse.Status.INVALID_RG_NAME);
        }
    }

    @Test
    void anIdMustBeOne() {
        controller.refused(
                GrpcStatus.INVALID_ARGUMENT,
                "createReaderGroup",
                GROUP.toBuilder().setReaderGroupId("no id").build(),
                CreateReaderGroupResponse.getDefaultInstance());
        controller.refused(
                GrpcStatus.INVALID_ARGUMENT,
                "updateReaderGroup",
                GROUP.toBuilder().setReaderGroupId("1-2-3").build(),
                UpdateReaderGroupResponse.getDefaultInstance());
        controller.refused(
                GrpcStatus.INVALID_ARGUMENT,
                "deleteReaderGroup",
                info("s", "g", "..."),
                DeleteReaderGroupStatus.getDefaultInstance());
    }

    @Test
    void theServerChoosesAMissingId() {
        ReaderGroupConfiguration created =
                create(GROUP.toBuilder().clearReaderGroupId().build()).getConfig();
        assertThat(UUID.fromString(created.getReaderGroupId())).isNotEqualTo(new UUID(0, 0));
        assertThat(created.getGeneration()).isZero();
    }

    @Test
    void get() {
        assertThat(get("s", "g").getStatus()).isEqualTo(ReaderGroupConfigResponse.Status.RG_NOT_FOUND);
        create(GROUP);
        assertThat(get("s", "g").getConfig()).isEqualTo(GROUP);
        for (String scope : List.of("none", "")) {
            controller.refused(
                    GrpcStatus.NOT_FOUND,
                    "getReaderGroupConfig",
                    info(scope, "g", ""),
                    ReaderGroupConfigResponse.getDefaultInstance());
        }
    }

    @Test
    void update() {
        assertThat(update(GROUP).getStatus()).isEqualTo(UpdateReaderGroupResponse.Status.RG_NOT_FOUND);
        create(GROUP);
        UpdateReaderGroupResponse updated =
                update(GROUP.toBuilder().setGroupRefreshTimeMillis(7).build());
        assertThat(updated.getStatus()).isEqualTo(UpdateReaderGroupResponse.Status.SUCCESS);
        assertThat(updated.getGeneration()).isEqualTo(1);
        assertThat(get("s", "g").getConfig().getGroupRefreshTimeMillis()).isEqualTo(7);
        assertThat(update(GROUP).getStatus()).isEqualTo(UpdateReaderGroupResponse.Status.INVALID_CONFIG);
        assertThat(update(GROUP.toBuilder()
                                .setGeneration(1)
                                .setReaderGroupId(OTHER_ID)
                                .build())
                        .getStatus())
                .isEqualTo(UpdateReaderGroupResponse.Status.INVALID_CONFIG);
    }

    @Test
    void delete() {
        assertThat(delete(ID)).isEqualTo(DeleteReaderGroupStatus.Status.RG_NOT_FOUND);
        create(GROUP);
        assertThat(delete(OTHER_ID)).isEqualTo(DeleteReaderGroupStatus.Status.RG_NOT_FOUND);
        assertThat(delete(ID)).isEqualTo(DeleteReaderGroupStatus.Status.SUCCESS);
        assertThat(delete(ID)).isEqualTo(DeleteReaderGroupStatus.Status.RG_NOT_FOUND);
    }

    @Test
    void subscribers() {
        create(GROUP.toBuilder().setRetentionType(1).build());
        assertThat(subscribers(STREAM).getSubscribersList()).containsExactly("s/g");
        assertThat(subscribers(MISSING).getStatus()).isEqualTo(SubscribersResponse.Status.STREAM_NOT_FOUND);
        SubscriberStreamCut good = SubscriberStreamCut.newBuilder()
                .setSubscriber("s/g")
                .setReaderGroupId(ID)
                .setStreamCut(cut(STREAM, Map.of(0L, 20L, 1L, 30L)))
                .build();
        assertThat(updateCut(good)).isEqualTo(UpdateSubscriberStatus.Status.SUCCESS);
        assertThat(updateCut(good.toBuilder().setGeneration(5).build()))
                .isEqualTo(UpdateSubscriberStatus.Status.GENERATION_MISMATCH);
        assertThat(updateCut(good.toBuilder().setReaderGroupId(OTHER_ID).build()))
                .isEqualTo(UpdateSubscriberStatus.Status.SUBSCRIBER_NOT_FOUND);
        assertThat(updateCut(good.toBuilder().setSubscriber("nobody").build()))
                .isEqualTo(UpdateSubscriberStatus.Status.SUBSCRIBER_NOT_FOUND);
        assertThat(updateCut(good.toBuilder()
                        .setStreamCut(cut(MISSING, Map.of(0L, 0L)))
                        .build()))
                .isEqualTo(UpdateSubscriberStatus.Status.STREAM_NOT_FOUND);
        for (Map<Long, Long> bad :
                List.<Map<Long, Long>>of(Map.of(), Map.of(99L, 0L), Map.of(0L, 0L, 1L, 0L), Map.of(0L, 50L))) {
            assertThat(updateCut(good.toBuilder().setStreamCut(cut(STREAM, bad)).build()))
                    .as("%s", bad)
                    .isEqualTo(UpdateSubscriberStatus.Status.STREAM_CUT_NOT_VALID);
        }
    }

    private CreateReaderGroupResponse create(ReaderGroupConfiguration config) {
        return controller.ask("createReaderGroup", config, CreateReaderGroupResponse.getDefaultInstance());
    }

    private UpdateReaderGroupResponse update(ReaderGroupConfiguration config) {
        return controller.ask("updateReaderGroup", config, UpdateReaderGroupResponse.getDefaultInstance());
    }

    private ReaderGroupConfigResponse get(String scope, String group) {
        return controller.ask(
                "getReaderGroupConfig", info(scope, group, ""), ReaderGroupConfigResponse.getDefaultInstance());
    }

    private DeleteReaderGroupStatus.Status delete(String id) {
        return controller
                .ask("deleteReaderGroup", info("s", "g", id), DeleteReaderGroupStatus.getDefaultInstance())
                .getStatus();
    }

    private SubscribersResponse subscribers(StreamInfo stream) {
        return controller.ask("listSubscribers", stream, SubscribersResponse.getDefaultInstance());
    }

    private UpdateSubscriberStatus.Status updateCut(SubscriberStreamCut cut) {
        return controller
                .ask("updateSubscriberStreamCut", cut, UpdateSubscriberStatus.getDefaultInstance())
                .getStatus();
    }

    private static ReaderGroupInfo info(String scope, String group, String id) {
        return ReaderGroupInfo.newBuilder()
                .setScope(scope)
                .setReaderGroup(group)
                .setReaderGroupId(id)
                .build();
    }
}
