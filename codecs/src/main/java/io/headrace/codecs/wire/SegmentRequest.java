/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.codecs.wire;

import java.util.List;
import java.util.UUID;

/** Requests about stream segments other than appends. */
public sealed interface SegmentRequest extends Request {

    /**
     * Reads from {@code offset}; at the end of an open segment the reply waits for data.
     *
     * @param suggestedLength how many bytes the reader would like
     */
    record ReadSegment(String segment, long offset, int suggestedLength, String delegationToken, long requestId)
            implements SegmentRequest {}

    record GetStreamSegmentInfo(long requestId, String segment, String delegationToken) implements SegmentRequest {}

    /**
     * Asks for a new, empty segment.
     *
     * @param targetRate per segment, in the unit of the scale type
     * @param scaleType 0 none, 1 KB/s, 2 events/s
     * @param rolloverSizeBytes chunk size in long-term storage; 0 for the store's default
     */
    record CreateSegment(
            long requestId,
            String segment,
            int targetRate,
            int scaleType,
            String delegationToken,
            long rolloverSizeBytes)
            implements SegmentRequest {}

    /** Asks for a segment that lives no longer than the connection; the server chooses its name. */
    record CreateTransientSegment(long requestId, UUID writerId, String parentSegment, String delegationToken)
            implements SegmentRequest {
        @Override
        public String segment() {
            return parentSegment;
        }
    }

    record SealSegment(long requestId, String segment, String delegationToken) implements SegmentRequest {}

    record DeleteSegment(long requestId, String segment, String delegationToken) implements SegmentRequest {}

    record TruncateSegment(long requestId, String segment, long truncationOffset, String delegationToken)
            implements SegmentRequest {}

    record UpdateSegmentPolicy(long requestId, String segment, int targetRate, int scaleType, String delegationToken)
            implements SegmentRequest {}

    record GetSegmentAttribute(long requestId, String segment, UUID attributeId, String delegationToken)
            implements SegmentRequest {}

    /** Compare-and-set; {@link AttributeUpdate#NO_VALUE} stands for "absent" on both sides. */
    record UpdateSegmentAttribute(
            long requestId, String segment, UUID attributeId, long newValue, long expectedValue, String delegationToken)
            implements SegmentRequest {}

    /** Appends {@code source} to {@code target} and deletes it, if the attributes of the target can be updated. */
    record MergeSegments(
            long requestId,
            String target,
            String source,
            String delegationToken,
            List<AttributeUpdate> attributeUpdates)
            implements SegmentRequest {
        public MergeSegments {
            attributeUpdates = List.copyOf(attributeUpdates);
        }

        @Override
        public String segment() {
            return target;
        }
    }

    /** Appends each of {@code sources} to {@code target}, in this order. */
    record MergeSegmentsBatch(long requestId, String target, List<String> sources, String delegationToken)
            implements SegmentRequest {
        public MergeSegmentsBatch {
            sources = List.copyOf(sources);
        }

        @Override
        public String segment() {
            return target;
        }
    }

    /**
     * An update of a target attribute that comes with a merge.
     *
     * @param updateType 0 only-if-absent, 1 replace, 2 replace-if-greater, 3 accumulate, 4 replace-if-equals
     * @param oldValue what type 4 expects
     */
    record AttributeUpdate(UUID attributeId, int updateType, long newValue, long oldValue) {
        /** Value of an attribute that is not set. */
        public static final long NO_VALUE = Long.MIN_VALUE;
    }
}
