/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.codecs.wire;

import io.headrace.codecs.wire.SegmentReply.MergedSource;
import io.headrace.codecs.wire.SegmentReply.SegmentAttribute;
import io.headrace.codecs.wire.SegmentReply.SegmentAttributeUpdated;
import io.headrace.codecs.wire.SegmentReply.SegmentCreated;
import io.headrace.codecs.wire.SegmentReply.SegmentDeleted;
import io.headrace.codecs.wire.SegmentReply.SegmentPolicyUpdated;
import io.headrace.codecs.wire.SegmentReply.SegmentRead;
import io.headrace.codecs.wire.SegmentReply.SegmentSealed;
import io.headrace.codecs.wire.SegmentReply.SegmentTruncated;
import io.headrace.codecs.wire.SegmentReply.SegmentsBatchMerged;
import io.headrace.codecs.wire.SegmentReply.SegmentsMerged;
import io.headrace.codecs.wire.SegmentReply.StreamSegmentInfo;
import io.headrace.codecs.wire.SegmentRequest.AttributeUpdate;
import io.headrace.codecs.wire.SegmentRequest.CreateSegment;
import io.headrace.codecs.wire.SegmentRequest.CreateTransientSegment;
import io.headrace.codecs.wire.SegmentRequest.DeleteSegment;
import io.headrace.codecs.wire.SegmentRequest.GetSegmentAttribute;
import io.headrace.codecs.wire.SegmentRequest.GetStreamSegmentInfo;
import io.headrace.codecs.wire.SegmentRequest.MergeSegments;
import io.headrace.codecs.wire.SegmentRequest.MergeSegmentsBatch;
import io.headrace.codecs.wire.SegmentRequest.ReadSegment;
import io.headrace.codecs.wire.SegmentRequest.SealSegment;
import io.headrace.codecs.wire.SegmentRequest.TruncateSegment;
import io.headrace.codecs.wire.SegmentRequest.UpdateSegmentAttribute;
import io.headrace.codecs.wire.SegmentRequest.UpdateSegmentPolicy;
import java.util.List;

/** The layouts of {@link SegmentRequest} and {@link SegmentReply}. */
final class SegmentCodecs {
    private static final int UPDATE_BYTES = 16 + 1 + 2 * 8;
    private static final int MIN_MERGED_BYTES = 2 + 8;

    static final List<Codec<?>> ALL = List.of(
            new Codec<>(
                    9,
                    ReadSegment.class,
                    in -> new ReadSegment(in.utf(), in.i64(), in.i32(), in.utf(), in.optionalI64(-1)),
                    (c, out) -> out.utf(c.segment())
                            .i64(c.offset())
                            .i32(c.suggestedLength())
                            .utf(c.delegationToken())
                            .i64(c.requestId())),
            new Codec<>(
                    10,
                    SegmentRead.class,
                    in -> new SegmentRead(in.utf(), in.i64(), in.bool(), in.bool(), in.bytes(), in.optionalI64(-1)),
                    (c, out) -> out.utf(c.segment())
                            .i64(c.offset())
                            .bool(c.atTail())
                            .bool(c.endOfSegment())
                            .payload(c.data())
                            .i64(c.requestId())),
            new Codec<>(
                    11,
                    GetStreamSegmentInfo.class,
                    in -> new GetStreamSegmentInfo(in.i64(), in.utf(), in.utf()),
                    (c, out) -> out.i64(c.requestId()).utf(c.segment()).utf(c.delegationToken())),
            new Codec<>(
                    12,
                    StreamSegmentInfo.class,
                    in -> new StreamSegmentInfo(
                            in.i64(), in.utf(), in.bool(), in.bool(), in.bool(), in.i64(), in.i64(), in.optionalI64(0)),
                    (c, out) -> out.i64(c.requestId())
                            .utf(c.segment())
                            .bool(c.exists())
                            .bool(c.isSealed())
                            .bool(c.isDeleted())
                            .i64(c.lastModified())
                            .i64(c.writeOffset())
                            .i64(c.startOffset())),
            new Codec<>(
                    20,
                    CreateSegment.class,
                    in -> new CreateSegment(in.i64(), in.utf(), in.i32(), in.i8(), in.utf(), in.optionalI64(0)),
                    (c, out) -> out.i64(c.requestId())
                            .utf(c.segment())
                            .i32(c.targetRate())
                            .i8(c.scaleType())
                            .utf(c.delegationToken())
                            .i64(c.rolloverSizeBytes())),
            new Codec<>(21, SegmentCreated.class, in -> new SegmentCreated(in.i64(), in.utf()), (c, out) -> out.i64(
                            c.requestId())
                    .utf(c.segment())),
            new Codec<>(28, SealSegment.class, in -> new SealSegment(in.i64(), in.utf(), in.utf()), (c, out) -> out.i64(
                            c.requestId())
                    .utf(c.segment())
                    .utf(c.delegationToken())),
            new Codec<>(29, SegmentSealed.class, in -> new SegmentSealed(in.i64(), in.utf()), (c, out) -> out.i64(
                            c.requestId())
                    .utf(c.segment())),
            new Codec<>(
                    30,
                    DeleteSegment.class,
                    in -> new DeleteSegment(in.i64(), in.utf(), in.utf()),
                    (c, out) -> out.i64(c.requestId()).utf(c.segment()).utf(c.delegationToken())),
            new Codec<>(31, SegmentDeleted.class, in -> new SegmentDeleted(in.i64(), in.utf()), (c, out) -> out.i64(
                            c.requestId())
                    .utf(c.segment())),
            new Codec<>(
                    32,
                    UpdateSegmentPolicy.class,
                    in -> new UpdateSegmentPolicy(in.i64(), in.utf(), in.i32(), in.i8(), in.utf()),
                    (c, out) -> out.i64(c.requestId())
                            .utf(c.segment())
                            .i32(c.targetRate())
                            .i8(c.scaleType())
                            .utf(c.delegationToken())),
            new Codec<>(
                    33,
                    SegmentPolicyUpdated.class,
                    in -> new SegmentPolicyUpdated(in.i64(), in.utf()),
                    (c, out) -> out.i64(c.requestId()).utf(c.segment())),
            new Codec<>(
                    34,
                    GetSegmentAttribute.class,
                    in -> new GetSegmentAttribute(in.i64(), in.utf(), in.uuid(), in.utf()),
                    (c, out) -> out.i64(c.requestId())
                            .utf(c.segment())
                            .uuid(c.attributeId())
                            .utf(c.delegationToken())),
            new Codec<>(35, SegmentAttribute.class, in -> new SegmentAttribute(in.i64(), in.i64()), (c, out) -> out.i64(
                            c.requestId())
                    .i64(c.value())),
            new Codec<>(
                    36,
                    UpdateSegmentAttribute.class,
                    in -> new UpdateSegmentAttribute(in.i64(), in.utf(), in.uuid(), in.i64(), in.i64(), in.utf()),
                    (c, out) -> out.i64(c.requestId())
                            .utf(c.segment())
                            .uuid(c.attributeId())
                            .i64(c.newValue())
                            .i64(c.expectedValue())
                            .utf(c.delegationToken())),
            new Codec<>(
                    37,
                    SegmentAttributeUpdated.class,
                    in -> new SegmentAttributeUpdated(in.i64(), in.bool()),
                    (c, out) -> out.i64(c.requestId()).bool(c.success())),
            new Codec<>(
                    38,
                    TruncateSegment.class,
                    in -> new TruncateSegment(in.i64(), in.utf(), in.i64(), in.utf()),
                    (c, out) -> out.i64(c.requestId())
                            .utf(c.segment())
                            .i64(c.truncationOffset())
                            .utf(c.delegationToken())),
            new Codec<>(39, SegmentTruncated.class, in -> new SegmentTruncated(in.i64(), in.utf()), (c, out) -> out.i64(
                            c.requestId())
                    .utf(c.segment())),
            new Codec<>(
                    40,
                    CreateTransientSegment.class,
                    in -> new CreateTransientSegment(in.i64(), in.uuid(), in.utf(), in.utf()),
                    (c, out) -> out.i64(c.requestId())
                            .uuid(c.writerId())
                            .utf(c.parentSegment())
                            .utf(c.delegationToken())),
            new Codec<>(
                    58,
                    MergeSegments.class,
                    in -> new MergeSegments(
                            in.i64(),
                            in.utf(),
                            in.utf(),
                            in.utf(),
                            in.left() > 0 ? in.list(UPDATE_BYTES, SegmentCodecs::readUpdate) : List.of()),
                    (c, out) -> out.i64(c.requestId())
                            .utf(c.target())
                            .utf(c.source())
                            .utf(c.delegationToken())
                            .list(c.attributeUpdates(), SegmentCodecs::writeUpdate)),
            new Codec<>(
                    59,
                    SegmentsMerged.class,
                    in -> new SegmentsMerged(in.i64(), in.utf(), in.utf(), in.i64IfAnyLeft(-1)),
                    (c, out) -> out.i64(c.requestId())
                            .utf(c.target())
                            .utf(c.source())
                            .i64(c.newTargetWriteOffset())),
            new Codec<>(
                    90,
                    MergeSegmentsBatch.class,
                    in -> new MergeSegmentsBatch(in.i64(), in.utf(), in.list(2, FieldReader::utf), in.utf()),
                    (c, out) -> out.i64(c.requestId())
                            .utf(c.target())
                            .list(c.sources(), FieldWriter::utf)
                            .utf(c.delegationToken())),
            new Codec<>(
                    91,
                    SegmentsBatchMerged.class,
                    in -> new SegmentsBatchMerged(
                            in.i64(), in.utf(), in.list(MIN_MERGED_BYTES, SegmentCodecs::readMerged)),
                    (c, out) -> out.i64(c.requestId()).utf(c.target()).list(c.merged(), SegmentCodecs::writeMerged)));

    private SegmentCodecs() {}

    private static AttributeUpdate readUpdate(FieldReader in) {
        return new AttributeUpdate(in.uuid(), in.i8(), in.i64(), in.i64());
    }

    private static void writeUpdate(FieldWriter out, AttributeUpdate update) {
        out.uuid(update.attributeId())
                .i8(update.updateType())
                .i64(update.newValue())
                .i64(update.oldValue());
    }

    private static MergedSource readMerged(FieldReader in) {
        return new MergedSource(in.utf(), in.i64());
    }

    private static void writeMerged(FieldWriter out, MergedSource merged) {
        out.utf(merged.source()).i64(merged.newTargetWriteOffset());
    }
}
