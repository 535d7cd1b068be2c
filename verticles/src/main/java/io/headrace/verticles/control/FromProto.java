/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.verticles.control;

import io.headrace.codecs.control.ContinuationToken;
import io.headrace.codecs.control.KeyValueTableConfig;
import io.headrace.codecs.control.StreamConfig;
import io.headrace.codecs.control.StreamInfo;
import io.headrace.codecs.control.TxnId;
import io.headrace.engine.streams.ReaderGroupConfiguration;
import io.headrace.engine.streams.RetentionPolicy;
import io.headrace.engine.streams.ScalingPolicy;
import io.headrace.engine.streams.StreamConfiguration;
import io.headrace.engine.streams.StreamCut;
import io.headrace.engine.streams.StreamName;
import io.headrace.engine.streams.TableConfiguration;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Reads protocol messages. What makes no sense is an {@link IllegalArgumentException} that says why. */
final class FromProto {
    private FromProto() {}

    static StreamName stream(StreamInfo info) {
        return new StreamName(info.getScope(), info.getStream());
    }

    static String token(ContinuationToken token) {
        return token.getToken();
    }

    static StreamCut cut(io.headrace.codecs.control.StreamCut cut) {
        return StreamCut.of(cut.getCutMap());
    }

    static UUID transaction(TxnId id) {
        return new UUID(id.getHighBits(), id.getLowBits());
    }

    static StreamConfiguration configuration(StreamConfig config) {
        return new StreamConfiguration(
                scaling(config.getScalingPolicy()),
                retention(config.getRetentionPolicy()),
                config.getTimestampAggregationTimeout(),
                new TreeSet<>(config.getTags().getTagList()),
                config.getRolloverSizeBytes());
    }

    private static ScalingPolicy scaling(io.headrace.codecs.control.ScalingPolicy policy) {
        ScalingPolicy.Type type =
                switch (policy.getScaleType()) {
                    case FIXED_NUM_SEGMENTS -> ScalingPolicy.Type.FIXED_NUM_SEGMENTS;
                    case BY_RATE_IN_KBYTES_PER_SEC -> ScalingPolicy.Type.BY_RATE_IN_KBYTES_PER_SEC;
                    case BY_RATE_IN_EVENTS_PER_SEC -> ScalingPolicy.Type.BY_RATE_IN_EVENTS_PER_SEC;
                    case UNRECOGNIZED ->
                        throw new IllegalArgumentException("unknown scaling policy " + policy.getScaleTypeValue());
                };
        return new ScalingPolicy(type, policy.getTargetRate(), policy.getScaleFactor(), policy.getMinNumSegments());
    }

    private static @Nullable RetentionPolicy retention(io.headrace.codecs.control.RetentionPolicy policy) {
        // On the wire 0 is how "no upper limit" looks when the sender does not know the field.
        long max = policy.getRetentionMax() == 0 ? Long.MAX_VALUE : policy.getRetentionMax();
        return switch (policy.getRetentionType()) {
            case UNKNOWN -> null;
            case TIME -> new RetentionPolicy(RetentionPolicy.Type.TIME, policy.getRetentionParam(), max);
            case SIZE -> new RetentionPolicy(RetentionPolicy.Type.SIZE, policy.getRetentionParam(), max);
            case UNRECOGNIZED ->
                throw new IllegalArgumentException("unknown retention policy " + policy.getRetentionTypeValue());
        };
    }

    static ReaderGroupConfiguration readerGroup(io.headrace.codecs.control.ReaderGroupConfiguration config) {
        return new ReaderGroupConfiguration(
                config.getGroupRefreshTimeMillis(),
                config.getAutomaticCheckpointIntervalMillis(),
                config.getMaxOutstandingCheckpointRequest(),
                config.getRetentionType(),
                config.getGeneration(),
                groupId(config.getReaderGroupId()),
                cuts(config.getStartingStreamCutsList()),
                cuts(config.getEndingStreamCutsList()),
                config.getRolloverSizeBytes());
    }

    /** An empty id is that of a caller who has none. */
    static UUID groupId(String text) {
        if (text.isEmpty()) {
            return ReaderGroupConfiguration.NO_ID;
        }
        try {
            return UUID.fromString(text);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("a reader group's id is the text of a UUID, not \"" + text + "\"", e);
        }
    }

    private static SortedMap<StreamName, StreamCut> cuts(List<io.headrace.codecs.control.StreamCut> cuts) {
        SortedMap<StreamName, StreamCut> byStream = new TreeMap<>();
        for (io.headrace.codecs.control.StreamCut cut : cuts) {
            byStream.put(stream(cut.getStreamInfo()), cut(cut));
        }
        return byStream;
    }

    static TableConfiguration table(KeyValueTableConfig config) {
        return new TableConfiguration(
                config.getPartitionCount(),
                config.getPrimaryKeyLength(),
                config.getSecondaryKeyLength(),
                config.getRolloverSizeBytes());
    }
}
