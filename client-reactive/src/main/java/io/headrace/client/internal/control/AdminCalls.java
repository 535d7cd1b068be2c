/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.client.internal.control;

import static io.headrace.client.internal.control.StreamCalls.toProto;

import io.headrace.client.ConflictException;
import io.headrace.client.KeyRange;
import io.headrace.client.NotFoundException;
import io.headrace.client.RejectedException;
import io.headrace.client.SealedException;
import io.headrace.client.StreamConfiguration;
import io.headrace.client.StreamCut;
import io.headrace.client.StreamName;
import io.headrace.client.StreamSegment;
import io.headrace.codecs.control.CreateStreamStatus;
import io.headrace.codecs.control.DeleteStreamStatus;
import io.headrace.codecs.control.ExistsResponse;
import io.headrace.codecs.control.ScaleRequest;
import io.headrace.codecs.control.ScaleResponse;
import io.headrace.codecs.control.ScaleStatusRequest;
import io.headrace.codecs.control.ScaleStatusResponse;
import io.headrace.codecs.control.StreamConfig;
import io.headrace.codecs.control.UpdateStreamStatus;
import io.vertx.core.Future;
import java.util.List;
import java.util.Set;

/** Administration of streams. On the controller's loop. */
public final class AdminCalls {

    /**
     * A scaling that has begun.
     *
     * @param epoch that {@link #isScaled} wants to know
     */
    public record Scaling(int epoch, List<StreamSegment> newSegments) {
        public Scaling {
            newSegments = List.copyOf(newSegments);
        }
    }

    private final Controller controller;

    public AdminCalls(Controller controller) {
        this.controller = controller;
    }

    public Future<Boolean> create(StreamName stream, StreamConfiguration settings) {
        return controller
                .call("createStream", Configurations.toProto(stream, settings), CreateStreamStatus.getDefaultInstance())
                .compose(reply -> switch (reply.getStatus()) {
                    case SUCCESS -> Future.succeededFuture(true);
                    case STREAM_EXISTS -> Future.succeededFuture(false);
                    case SCOPE_NOT_FOUND ->
                        Future.failedFuture(new NotFoundException("there is no scope " + stream.scope()));
                    case INVALID_STREAM_NAME ->
                        Future.failedFuture(new RejectedException("no stream can be called " + stream.name()));
                    default -> Future.failedFuture(ScopeCalls.failed("creating the stream " + stream));
                });
    }

    public Future<Void> update(StreamName stream, StreamConfiguration settings) {
        return updated("updateStream", Configurations.toProto(stream, settings), stream);
    }

    public Future<Void> truncate(StreamCut cut) {
        return updated("truncateStream", toProto(cut.stream(), cut.offsets()), cut.stream());
    }

    public Future<Void> seal(StreamName stream) {
        return updated("sealStream", toProto(stream), stream);
    }

    private Future<Void> updated(String method, com.google.protobuf.Message question, StreamName stream) {
        return controller
                .call(method, question, UpdateStreamStatus.getDefaultInstance())
                .compose(reply -> switch (reply.getStatus()) {
                    case SUCCESS -> Future.succeededFuture();
                    case STREAM_NOT_FOUND, SCOPE_NOT_FOUND -> Future.failedFuture(noStream(stream));
                    case STREAM_SEALED ->
                        Future.failedFuture(new SealedException("the stream " + stream + " is sealed"));
                    default ->
                        Future.failedFuture(new ConflictException(
                                method + ": the controller does not do this to " + stream + " now, or as it is asked"));
                });
    }

    public Future<Boolean> delete(StreamName stream) {
        return controller
                .call("deleteStream", toProto(stream), DeleteStreamStatus.getDefaultInstance())
                .compose(reply -> switch (reply.getStatus()) {
                    case SUCCESS -> Future.succeededFuture(true);
                    case STREAM_NOT_FOUND -> Future.succeededFuture(false);
                    case STREAM_NOT_SEALED ->
                        Future.failedFuture(new ConflictException("the stream " + stream + " is not sealed"));
                    default -> Future.failedFuture(ScopeCalls.failed("deleting the stream " + stream));
                });
    }

    public Future<Boolean> exists(StreamName stream) {
        return controller
                .call("checkStreamExists", toProto(stream), ExistsResponse.getDefaultInstance())
                .map(ExistsResponse::getExists);
    }

    public Future<StreamConfiguration> configuration(StreamName stream) {
        return controller
                .call("getStreamConfiguration", toProto(stream), StreamConfig.getDefaultInstance())
                .map(Configurations::fromProto)
                .recover(cause -> StreamCalls.missing(cause, stream));
    }

    /** Begins to replace segments; fails if they are not the current ones or the ranges do not fit. */
    public Future<Scaling> scale(StreamName stream, Set<Long> segments, List<KeyRange> ranges) {
        ScaleRequest.Builder request = ScaleRequest.newBuilder()
                .setStreamInfo(toProto(stream))
                .addAllSealedSegments(segments)
                .setScaleTimestamp(System.currentTimeMillis());
        for (KeyRange range : ranges) {
            request.addNewKeyRanges(ScaleRequest.KeyRangeEntry.newBuilder()
                    .setStart(range.low())
                    .setEnd(range.high()));
        }
        return controller
                .call("scale", request.build(), ScaleResponse.getDefaultInstance())
                .compose(reply -> switch (reply.getStatus()) {
                    case STARTED ->
                        Future.succeededFuture(
                                new Scaling(reply.getEpoch(), StreamCalls.segments(reply.getSegmentsList())));
                    case PRECONDITION_FAILED ->
                        Future.failedFuture(new ConflictException("segments " + segments + " of " + stream
                                + " are not the current ones, or are too few"));
                    default ->
                        Future.failedFuture(new ConflictException("segments " + segments + " of " + stream
                                + " cannot be replaced by " + ranges + " now"));
                });
    }

    /** Whether a scaling that was begun has been done. */
    public Future<Boolean> isScaled(StreamName stream, int epoch) {
        ScaleStatusRequest request = ScaleStatusRequest.newBuilder()
                .setStreamInfo(toProto(stream))
                .setEpoch(epoch)
                .build();
        return controller
                .call("checkScale", request, ScaleStatusResponse.getDefaultInstance())
                .compose(reply -> switch (reply.getStatus()) {
                    case SUCCESS -> Future.succeededFuture(true);
                    case IN_PROGRESS -> Future.succeededFuture(false);
                    case INVALID_INPUT -> Future.failedFuture(noStream(stream));
                    default -> Future.failedFuture(ScopeCalls.failed("scaling the stream " + stream));
                });
    }

    private static NotFoundException noStream(StreamName stream) {
        return new NotFoundException("there is no stream " + stream);
    }
}
