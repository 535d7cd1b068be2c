/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.verticles.control;

import io.headrace.codecs.control.ContinuationToken;
import io.headrace.codecs.control.KeyValueTableConfig;
import io.headrace.codecs.control.SegmentId;
import io.headrace.codecs.control.SegmentRanges;
import io.headrace.codecs.control.SegmentsAtTime;
import io.headrace.codecs.control.StreamConfig;
import io.headrace.codecs.control.StreamInfo;
import io.headrace.codecs.control.SuccessorResponse;
import io.headrace.codecs.control.Tags;
import io.headrace.codecs.control.TxnId;
import io.headrace.engine.streams.ReaderGroupConfiguration;
import io.headrace.engine.streams.RetentionPolicy;
import io.headrace.engine.streams.ScalingPolicy;
import io.headrace.engine.streams.SegmentRange;
import io.headrace.engine.streams.StreamConfiguration;
import io.headrace.engine.streams.StreamCut;
import io.headrace.engine.streams.StreamName;
import io.headrace.engine.streams.StreamReply;
import io.headrace.engine.streams.TableConfiguration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Writes protocol messages. */
final class ToProto {
    private ToProto() {}

    static ContinuationToken token(String token) {
        return ContinuationToken.newBuilder().setToken(token).build();
    }

    static StreamInfo info(StreamName stream) {
        return StreamInfo.newBuilder()
                .setScope(stream.scope())
                .setStream(stream.stream())
                .build();
    }

    static SegmentId segmentId(StreamInfo stream, long id) {
        return SegmentId.newBuilder().setStreamInfo(stream).setSegmentId(id).build();
    }

    static TxnId transaction(UUID id) {
        return TxnId.newBuilder()
                .setHighBits(id.getMostSignificantBits())
                .setLowBits(id.getLeastSignificantBits())
                .build();
    }

    static io.headrace.codecs.control.SegmentRange range(StreamInfo stream, SegmentRange range) {
        return io.headrace.codecs.control.SegmentRange.newBuilder()
                .setSegmentId(segmentId(stream, range.id()))
                .setMinKey(range.low())
                .setMaxKey(range.high())
                .build();
    }

    static SegmentRanges ranges(StreamInfo stream, List<SegmentRange> segments) {
        SegmentRanges.Builder ranges = SegmentRanges.newBuilder();
        segments.forEach(segment -> ranges.addSegmentRanges(range(stream, segment)));
        return ranges.build();
    }

    static SegmentsAtTime head(StreamInfo stream, StreamCut cut) {
        SegmentsAtTime.Builder head = SegmentsAtTime.newBuilder();
        cut.offsets().forEach((id, offset) -> head.addSegmentsBuilder()
                .setSegmentId(segmentId(stream, id))
                .setOffset(offset));
        return head.build();
    }

    static SuccessorResponse successors(StreamInfo stream, StreamReply.Successors reply) {
        SuccessorResponse.Builder response = SuccessorResponse.newBuilder();
        for (StreamReply.Successor successor : reply.successors()) {
            response.addSegmentsBuilder()
                    .setSegment(range(stream, successor.segment()))
                    .addAllValue(successor.predecessors());
        }
        return response.build();
    }

    static StreamConfig configuration(StreamName stream, StreamConfiguration configuration) {
        StreamConfig.Builder config = StreamConfig.newBuilder()
                .setStreamInfo(info(stream))
                .setScalingPolicy(scaling(configuration.scaling()))
                .setTags(Tags.newBuilder().addAllTag(configuration.tags()))
                .setTimestampAggregationTimeout(configuration.timestampAggregationTimeoutMillis())
                .setRolloverSizeBytes(configuration.rolloverBytes());
        RetentionPolicy retention = configuration.retention();
        if (retention != null) {
            config.setRetentionPolicy(retention(retention));
        }
        return config.build();
    }

    private static io.headrace.codecs.control.ScalingPolicy scaling(ScalingPolicy policy) {
        return io.headrace.codecs.control.ScalingPolicy.newBuilder()
                .setScaleType(io.headrace.codecs.control.ScalingPolicy.ScalingPolicyType.valueOf(
                        policy.type().name()))
                .setTargetRate(policy.targetRate())
                .setScaleFactor(policy.scaleFactor())
                .setMinNumSegments(policy.minSegments())
                .build();
    }

    private static io.headrace.codecs.control.RetentionPolicy retention(RetentionPolicy policy) {
        return io.headrace.codecs.control.RetentionPolicy.newBuilder()
                .setRetentionType(io.headrace.codecs.control.RetentionPolicy.RetentionPolicyType.valueOf(
                        policy.type().name()))
                .setRetentionParam(policy.min())
                .setRetentionMax(policy.max())
                .build();
    }

    /** Without a configuration, the empty message that the protocol wants in its place. */
    static io.headrace.codecs.control.ReaderGroupConfiguration readerGroup(
            String scope, String group, @Nullable ReaderGroupConfiguration configuration) {
        if (configuration == null) {
            return io.headrace.codecs.control.ReaderGroupConfiguration.getDefaultInstance();
        }
        io.headrace.codecs.control.ReaderGroupConfiguration.Builder message =
                io.headrace.codecs.control.ReaderGroupConfiguration.newBuilder()
                        .setScope(scope)
                        .setReaderGroupName(group)
                        .setGroupRefreshTimeMillis(configuration.groupRefreshMillis())
                        .setAutomaticCheckpointIntervalMillis(configuration.automaticCheckpointMillis())
                        .setMaxOutstandingCheckpointRequest(configuration.maxOutstandingCheckpoints())
                        .setRetentionType(configuration.retentionType())
                        .setGeneration(configuration.generation())
                        .setReaderGroupId(configuration.id().toString())
                        .setRolloverSizeBytes(configuration.rolloverBytes());
        configuration.startCuts().forEach((stream, cut) -> message.addStartingStreamCuts(cut(stream, cut)));
        configuration.endCuts().forEach((stream, cut) -> message.addEndingStreamCuts(cut(stream, cut)));
        return message.build();
    }

    private static io.headrace.codecs.control.StreamCut cut(StreamName stream, StreamCut cut) {
        Map<Long, Long> offsets = cut.offsets();
        return io.headrace.codecs.control.StreamCut.newBuilder()
                .setStreamInfo(info(stream))
                .putAllCut(offsets)
                .build();
    }

    static KeyValueTableConfig table(String scope, String table, @Nullable TableConfiguration configuration) {
        if (configuration == null) {
            return KeyValueTableConfig.getDefaultInstance();
        }
        return KeyValueTableConfig.newBuilder()
                .setScope(scope)
                .setKvtName(table)
                .setPartitionCount(configuration.partitions())
                .setPrimaryKeyLength(configuration.primaryKeyLength())
                .setSecondaryKeyLength(configuration.secondaryKeyLength())
                .setRolloverSizeBytes(configuration.rolloverBytes())
                .build();
    }
}
