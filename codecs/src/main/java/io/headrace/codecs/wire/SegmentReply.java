/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.codecs.wire;

import io.netty.buffer.ByteBuf;
import java.util.List;

/** Answers to {@link SegmentRequest}s, and to the creation and deletion of tables. */
public sealed interface SegmentReply extends Reply {

    /**
     * Data from a segment.
     *
     * @param segment as in the request
     * @param offset as in the request; the data starts exactly here
     * @param endOfSegment the segment is sealed and nothing follows the data
     */
    record SegmentRead(String segment, long offset, boolean atTail, boolean endOfSegment, ByteBuf data, long requestId)
            implements SegmentReply {}

    /**
     * How far a segment reaches.
     *
     * @param lastModified milliseconds since 1970
     */
    record StreamSegmentInfo(
            long requestId,
            String segment,
            boolean exists,
            boolean isSealed,
            boolean isDeleted,
            long lastModified,
            long writeOffset,
            long startOffset)
            implements SegmentReply {}

    /** Also answers the creation of tables and of transient segments; then {@code segment} is the name that was chosen. */
    record SegmentCreated(long requestId, String segment) implements SegmentReply {}

    record SegmentSealed(long requestId, String segment) implements SegmentReply {}

    /** Also answers the deletion of tables. */
    record SegmentDeleted(long requestId, String segment) implements SegmentReply {}

    record SegmentTruncated(long requestId, String segment) implements SegmentReply {}

    record SegmentPolicyUpdated(long requestId, String segment) implements SegmentReply {}

    /**
     * The value of an attribute.
     *
     * @param value {@link SegmentRequest.AttributeUpdate#NO_VALUE} if it is not set
     */
    record SegmentAttribute(long requestId, long value) implements SegmentReply {}

    /** Not successful: the value was not the expected one. Also answers a merge whose attribute condition failed. */
    record SegmentAttributeUpdated(long requestId, boolean success) implements SegmentReply {}

    /**
     * The source is now the end of the target.
     *
     * @param newTargetWriteOffset length of the target after the merge
     */
    record SegmentsMerged(long requestId, String target, String source, long newTargetWriteOffset)
            implements SegmentReply {}

    /**
     * All sources are now the end of the target.
     *
     * @param merged one for each source, in the order of the request
     */
    record SegmentsBatchMerged(long requestId, String target, List<MergedSource> merged) implements SegmentReply {
        public SegmentsBatchMerged {
            merged = List.copyOf(merged);
        }
    }

    /**
     * A source and where it ended up.
     *
     * @param newTargetWriteOffset length of the target after this source was merged
     */
    record MergedSource(String source, long newTargetWriteOffset) {}
}
