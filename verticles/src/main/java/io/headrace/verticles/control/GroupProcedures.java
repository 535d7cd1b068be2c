/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.verticles.control;

import static io.headrace.verticles.control.Procedure.command;

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
import io.headrace.engine.streams.StreamCommand;
import io.headrace.engine.streams.StreamReply;
import java.util.List;

/** Procedures about reader groups and subscribers. */
final class GroupProcedures {
    private GroupProcedures() {}

    static List<Procedure<?, ?>> all(Procedure.Target target) {
        ReaderGroupConfiguration configuration = ReaderGroupConfiguration.getDefaultInstance();
        ReaderGroupInfo group = ReaderGroupInfo.getDefaultInstance();
        return List.of(
                command(
                        target,
                        "createReaderGroup",
                        configuration,
                        CreateReaderGroupResponse.getDefaultInstance(),
                        request -> new StreamCommand.CreateReaderGroup(
                                request.getScope(), request.getReaderGroupName(), FromProto.readerGroup(request)),
                        StreamReply.ReaderGroupCreated.class,
                        (request, reply) -> CreateReaderGroupResponse.newBuilder()
                                .setStatus(CreateReaderGroupResponse.Status.valueOf(
                                        reply.status().name()))
                                .setConfig(ToProto.readerGroup(
                                        request.getScope(), request.getReaderGroupName(), reply.configuration()))
                                .build()),
                command(
                        target,
                        "getReaderGroupConfig",
                        group,
                        ReaderGroupConfigResponse.getDefaultInstance(),
                        request -> new StreamCommand.GetReaderGroup(request.getScope(), request.getReaderGroup()),
                        StreamReply.ReaderGroup.class,
                        (request, reply) -> ReaderGroupConfigResponse.newBuilder()
                                .setStatus(ReaderGroupConfigResponse.Status.valueOf(
                                        reply.status().name()))
                                .setConfig(ToProto.readerGroup(
                                        request.getScope(), request.getReaderGroup(), reply.configuration()))
                                .build()),
                command(
                        target,
                        "updateReaderGroup",
                        configuration,
                        UpdateReaderGroupResponse.getDefaultInstance(),
                        request -> new StreamCommand.UpdateReaderGroup(
                                request.getScope(), request.getReaderGroupName(), FromProto.readerGroup(request)),
                        StreamReply.ReaderGroupUpdated.class,
                        (request, reply) -> UpdateReaderGroupResponse.newBuilder()
                                .setStatus(UpdateReaderGroupResponse.Status.valueOf(
                                        reply.status().name()))
                                .setGeneration(reply.generation())
                                .build()),
                command(
                        target,
                        "deleteReaderGroup",
                        group,
                        DeleteReaderGroupStatus.getDefaultInstance(),
                        request -> new StreamCommand.DeleteReaderGroup(
                                request.getScope(),
                                request.getReaderGroup(),
                                FromProto.groupId(request.getReaderGroupId())),
                        StreamReply.DeleteReaderGroupStatus.class,
                        (request, status) -> DeleteReaderGroupStatus.newBuilder()
                                .setStatus(DeleteReaderGroupStatus.Status.valueOf(status.name()))
                                .build()),
                command(
                        target,
                        "listSubscribers",
                        StreamInfo.getDefaultInstance(),
                        SubscribersResponse.getDefaultInstance(),
                        request -> new StreamCommand.ListSubscribers(FromProto.stream(request)),
                        StreamReply.Subscribers.class,
                        (request, reply) -> SubscribersResponse.newBuilder()
                                .setStatus(SubscribersResponse.Status.valueOf(
                                        reply.status().name()))
                                .addAllSubscribers(reply.subscribers())
                                .build()),
                command(
                        target,
                        "updateSubscriberStreamCut",
                        SubscriberStreamCut.getDefaultInstance(),
                        UpdateSubscriberStatus.getDefaultInstance(),
                        request -> new StreamCommand.UpdateSubscriberCut(
                                FromProto.stream(request.getStreamCut().getStreamInfo()),
                                request.getSubscriber(),
                                FromProto.groupId(request.getReaderGroupId()),
                                request.getGeneration(),
                                FromProto.cut(request.getStreamCut())),
                        StreamReply.UpdateSubscriberStatus.class,
                        (request, status) -> UpdateSubscriberStatus.newBuilder()
                                .setStatus(UpdateSubscriberStatus.Status.valueOf(status.name()))
                                .build()));
    }
}
