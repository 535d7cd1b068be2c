/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.client.internal.control;

import io.headrace.client.ConflictException;
import io.headrace.client.NotFoundException;
import io.headrace.client.ReaderGroupConfiguration;
import io.headrace.client.ReaderGroupConfiguration.Bounds;
import io.headrace.client.ReaderGroupConfiguration.Retention;
import io.headrace.client.RejectedException;
import io.headrace.client.StreamCut;
import io.headrace.client.StreamName;
import io.headrace.client.internal.group.GroupConfig;
import io.headrace.codecs.control.CreateReaderGroupResponse;
import io.headrace.codecs.control.DeleteReaderGroupStatus;
import io.headrace.codecs.control.ReaderGroupConfigResponse;
import io.headrace.codecs.control.ReaderGroupInfo;
import io.headrace.codecs.control.StreamCutRange;
import io.headrace.codecs.control.StreamCutRangeResponse;
import io.headrace.codecs.control.SubscriberStreamCut;
import io.headrace.codecs.control.UpdateReaderGroupResponse;
import io.headrace.codecs.control.UpdateSubscriberStatus;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;

/** Reader groups, as the controller knows them. On the controller's loop. */
public final class GroupCalls {
    private static final long NO_CHECKPOINTS = -1;

    private final Controller controller;

    public GroupCalls(Controller controller) {
        this.controller = controller;
    }

    /** Makes a group, unless there is one; the result is what there is then. */
    public Future<GroupConfig> create(String scope, String group, GroupConfig config) {
        return controller
                .call(
                        "createReaderGroup",
                        toProto(scope, group, config),
                        CreateReaderGroupResponse.getDefaultInstance())
                .compose(reply -> switch (reply.getStatus()) {
                    case SUCCESS -> Future.succeededFuture(fromProto(reply.getConfig()));
                    case SCOPE_NOT_FOUND -> Future.failedFuture(new NotFoundException("there is no scope " + scope));
                    case INVALID_RG_NAME ->
                        Future.failedFuture(new RejectedException("no reader group can be called " + group));
                    default -> Future.failedFuture(ScopeCalls.failed("creating the reader group " + group));
                });
    }

    public Future<GroupConfig> get(String scope, String group) {
        return controller
                .call("getReaderGroupConfig", info(scope, group), ReaderGroupConfigResponse.getDefaultInstance())
                .compose(reply -> switch (reply.getStatus()) {
                    case SUCCESS -> Future.succeededFuture(fromProto(reply.getConfig()));
                    case RG_NOT_FOUND -> Future.failedFuture(noGroup(scope, group));
                    default -> Future.failedFuture(ScopeCalls.failed("asking for the reader group " + group));
                });
    }

    /**
     * Gives a group new settings; the result is the new generation. {@link ConflictException} if it has another id or
     * generation than {@code config} says.
     */
    public Future<Long> update(String scope, String group, GroupConfig config) {
        return controller
                .call(
                        "updateReaderGroup",
                        toProto(scope, group, config),
                        UpdateReaderGroupResponse.getDefaultInstance())
                .compose(reply -> switch (reply.getStatus()) {
                    case SUCCESS -> Future.succeededFuture(reply.getGeneration());
                    case RG_NOT_FOUND -> Future.failedFuture(noGroup(scope, group));
                    case INVALID_CONFIG ->
                        Future.failedFuture(new ConflictException(
                                "the reader group " + scope + '/' + group + " was changed before"));
                    default -> Future.failedFuture(ScopeCalls.failed("changing the reader group " + group));
                });
    }

    /** Deletes a group; false if there is none of that id. */
    public Future<Boolean> delete(String scope, String group, GroupConfig config) {
        ReaderGroupInfo info = info(scope, group).toBuilder()
                .setReaderGroupId(config.id().toString())
                .setGeneration(config.generation())
                .build();
        return controller
                .call("deleteReaderGroup", info, DeleteReaderGroupStatus.getDefaultInstance())
                .compose(reply -> switch (reply.getStatus()) {
                    case SUCCESS -> Future.succeededFuture(true);
                    case RG_NOT_FOUND -> Future.succeededFuture(false);
                    default -> Future.failedFuture(ScopeCalls.failed("deleting the reader group " + group));
                });
    }

    /** Says that a group does not need what lies before a cut any more. */
    public Future<Void> release(String scope, String group, GroupConfig config, StreamCut cut) {
        SubscriberStreamCut request = SubscriberStreamCut.newBuilder()
                .setSubscriber(scope + '/' + group)
                .setGeneration(config.generation())
                .setReaderGroupId(config.id().toString())
                .setStreamCut(StreamCalls.toProto(cut.stream(), cut.offsets()))
                .build();
        return controller
                .call("updateSubscriberStreamCut", request, UpdateSubscriberStatus.getDefaultInstance())
                .compose(reply -> switch (reply.getStatus()) {
                    case SUCCESS -> Future.succeededFuture();
                    case STREAM_NOT_FOUND ->
                        Future.failedFuture(new NotFoundException("there is no stream " + cut.stream()));
                    case SUBSCRIBER_NOT_FOUND, STREAM_CUT_NOT_VALID, GENERATION_MISMATCH ->
                        Future.failedFuture(new ConflictException("the reader group " + scope + '/' + group
                                + " cannot release " + cut.stream() + ": " + reply.getStatus()));
                    default -> Future.failedFuture(ScopeCalls.failed("releasing " + cut.stream()));
                });
    }

    /**
     * The segments that have data between two cuts.
     *
     * @param to none: up to what is there now
     */
    public Future<List<Long>> segmentsBetween(StreamName stream, Map<Long, Long> from, Map<Long, Long> to) {
        StreamCutRange request = StreamCutRange.newBuilder()
                .setStreamInfo(StreamCalls.toProto(stream))
                .putAllFrom(from)
                .putAllTo(to)
                .build();
        return controller
                .call("getSegmentsBetween", request, StreamCutRangeResponse.getDefaultInstance())
                .map(reply -> reply.getSegmentsList().stream()
                        .map(segment -> segment.getSegmentId())
                        .toList())
                .recover(cause -> StreamCalls.missing(cause, stream));
    }

    private static NotFoundException noGroup(String scope, String group) {
        return new NotFoundException("there is no reader group " + scope + '/' + group);
    }

    private static ReaderGroupInfo info(String scope, String group) {
        return ReaderGroupInfo.newBuilder()
                .setScope(scope)
                .setReaderGroup(group)
                .build();
    }

    private static io.headrace.codecs.control.ReaderGroupConfiguration toProto(
            String scope, String group, GroupConfig config) {
        ReaderGroupConfiguration settings = config.settings();
        long interval = settings.checkpointInterval().toMillis();
        var proto = io.headrace.codecs.control.ReaderGroupConfiguration.newBuilder()
                .setScope(scope)
                .setReaderGroupName(group)
                .setGroupRefreshTimeMillis(settings.refreshInterval().toMillis())
                .setAutomaticCheckpointIntervalMillis(interval == 0 ? NO_CHECKPOINTS : interval)
                .setMaxOutstandingCheckpointRequest(settings.maxCheckpoints())
                .setRetentionType(settings.retention().number())
                .setGeneration(config.generation())
                .setReaderGroupId(config.id().toString());
        settings.streams().forEach((name, bounds) -> {
            StreamName stream = StreamName.of(name);
            proto.addStartingStreamCuts(toProto(stream, bounds.from()));
            proto.addEndingStreamCuts(toProto(stream, bounds.to()));
        });
        return proto.build();
    }

    private static io.headrace.codecs.control.StreamCut toProto(StreamName stream, Optional<StreamCut> cut) {
        return StreamCalls.toProto(
                stream, cut.<Map<Long, Long>>map(StreamCut::offsets).orElse(Map.of()));
    }

    private static GroupConfig fromProto(io.headrace.codecs.control.ReaderGroupConfiguration proto) {
        Map<String, Optional<StreamCut>> ends = cuts(proto.getEndingStreamCutsList());
        SortedMap<String, Bounds> streams = new TreeMap<>();
        cuts(proto.getStartingStreamCutsList())
                .forEach((stream, start) ->
                        streams.put(stream, new Bounds(start, ends.getOrDefault(stream, Optional.empty()))));
        ReaderGroupConfiguration settings = new ReaderGroupConfiguration(
                streams,
                Duration.ofMillis(Math.max(0, proto.getAutomaticCheckpointIntervalMillis())),
                Duration.ofMillis(Math.max(1, proto.getGroupRefreshTimeMillis())),
                Math.max(1, proto.getMaxOutstandingCheckpointRequest()),
                Retention.of(proto.getRetentionType()));
        return new GroupConfig(settings, UUID.fromString(proto.getReaderGroupId()), proto.getGeneration());
    }

    private static Map<String, Optional<StreamCut>> cuts(List<io.headrace.codecs.control.StreamCut> protos) {
        Map<String, Optional<StreamCut>> cuts = new TreeMap<>();
        for (io.headrace.codecs.control.StreamCut proto : protos) {
            StreamName stream = new StreamName(
                    proto.getStreamInfo().getScope(), proto.getStreamInfo().getStream());
            cuts.put(
                    stream.toString(),
                    proto.getCutMap().isEmpty()
                            ? Optional.empty()
                            : Optional.of(new StreamCut(stream, proto.getCutMap())));
        }
        return cuts;
    }
}
