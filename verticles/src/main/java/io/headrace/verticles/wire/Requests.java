/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.verticles.wire;

import io.headrace.codecs.name.SegmentName;
import io.headrace.codecs.wire.FailureReply.ErrorMessage;
import io.headrace.codecs.wire.Reply;
import io.headrace.codecs.wire.Request;
import io.headrace.codecs.wire.SegmentReply.MergedSource;
import io.headrace.codecs.wire.SegmentReply.SegmentAttribute;
import io.headrace.codecs.wire.SegmentReply.SegmentAttributeUpdated;
import io.headrace.codecs.wire.SegmentReply.SegmentCreated;
import io.headrace.codecs.wire.SegmentReply.SegmentDeleted;
import io.headrace.codecs.wire.SegmentReply.SegmentPolicyUpdated;
import io.headrace.codecs.wire.SegmentReply.SegmentSealed;
import io.headrace.codecs.wire.SegmentReply.SegmentTruncated;
import io.headrace.codecs.wire.SegmentReply.SegmentsBatchMerged;
import io.headrace.codecs.wire.SegmentReply.SegmentsMerged;
import io.headrace.codecs.wire.SegmentReply.StreamSegmentInfo;
import io.headrace.codecs.wire.SegmentRequest;
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
import io.headrace.codecs.wire.TableRequest;
import io.headrace.codecs.wire.WireFormatException;
import io.headrace.engine.segments.SegmentCommand;
import io.headrace.engine.segments.SegmentReply;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Function;

/** Puts the requests of one connection, other than appends, to the partitions. */
final class Requests {
    private static final int MIN_READ_BYTES = 8;
    private static final int MAX_READ_BYTES = 2 << 20;

    private final WireConnection connection;
    private final TableRequests tables;

    Requests(WireConnection connection) {
        this.connection = connection;
        this.tables = new TableRequests(connection);
    }

    /** @throws WireFormatException if the request is not for this port */
    void execute(Request request) {
        if (request instanceof ReadSegment read) {
            read(read);
        } else if (request instanceof SegmentRequest segmentRequest) {
            execute(segmentRequest);
        } else if (request instanceof TableRequest tableRequest) {
            tables.execute(tableRequest);
        } else {
            throw new WireFormatException(request.getClass().getSimpleName() + " is not served on this port");
        }
    }

    private void read(ReadSegment read) {
        int length = read.suggestedLength() <= 0 ? MIN_READ_BYTES : Math.min(read.suggestedLength(), MAX_READ_BYTES);
        connection.submitRead(read, new SegmentCommand.Read(read.segment(), read.offset(), length, connection.id()));
    }

    private void execute(SegmentRequest request) {
        long id = request.requestId();
        String segment = request.segment();
        if (request instanceof GetStreamSegmentInfo) {
            submit(request, new SegmentCommand.GetInfo(segment), reply -> info(id, segment, reply));
        } else if (request instanceof CreateSegment create) {
            SegmentCommand command = new SegmentCommand.Create(
                    segment, create.scaleType(), create.targetRate(), create.rolloverSizeBytes());
            submit(request, command, reply -> new SegmentCreated(id, segment));
        } else if (request instanceof CreateTransientSegment create) {
            String name = SegmentName.transientSegment(segment, create.writerId(), randomId());
            SegmentCommand command = new SegmentCommand.CreateTransient(name, connection.id());
            submit(request, command, reply -> new SegmentCreated(id, name));
        } else if (request instanceof SealSegment) {
            submit(request, new SegmentCommand.Seal(segment), reply -> new SegmentSealed(id, segment));
        } else if (request instanceof DeleteSegment) {
            submit(request, new SegmentCommand.Delete(segment), reply -> new SegmentDeleted(id, segment));
        } else if (request instanceof TruncateSegment truncate) {
            long offset = truncate.truncationOffset();
            connection.submit(
                    new SegmentCommand.Truncate(segment, offset),
                    pending(id, segment, offset, reply -> new SegmentTruncated(id, segment)));
        } else if (request instanceof UpdateSegmentPolicy update) {
            SegmentCommand command = new SegmentCommand.UpdatePolicy(segment, update.scaleType(), update.targetRate());
            submit(request, command, reply -> new SegmentPolicyUpdated(id, segment));
        } else if (request instanceof GetSegmentAttribute get) {
            SegmentCommand command = new SegmentCommand.GetAttribute(segment, get.attributeId());
            submit(request, command, reply -> new SegmentAttribute(id, ((SegmentReply.Attribute) reply).value()));
        } else if (request instanceof UpdateSegmentAttribute update) {
            SegmentCommand command = new SegmentCommand.UpdateAttribute(
                    segment, update.attributeId(), update.newValue(), update.expectedValue());
            submit(request, command, reply -> attributeUpdated(id, reply));
        } else if (request instanceof MergeSegments merge) {
            merge(merge);
        } else if (request instanceof MergeSegmentsBatch merge) {
            merge(merge);
        } else {
            throw new IllegalStateException("no way to execute a " + request.getClass());
        }
    }

    /** Refusals of a merge name its source, whatever was missing or sealed. */
    private void merge(MergeSegments merge) {
        long id = merge.requestId();
        String target = merge.target();
        String source = merge.source();
        if (!together(target, List.of(source))) {
            connection.send(cannotMerge(id, target));
            return;
        }
        List<SegmentCommand.AttributeCondition> conditions = merge.attributeUpdates().stream()
                .map(update -> new SegmentCommand.AttributeCondition(
                        update.attributeId(), update.updateType(), update.newValue(), update.oldValue()))
                .toList();
        connection.submit(
                new SegmentCommand.Merge(target, source, conditions),
                pending(
                        id,
                        source,
                        -1,
                        reply -> reply instanceof SegmentReply.AttributeUpdated
                                ? attributeUpdated(id, reply)
                                : new SegmentsMerged(
                                        id, target, source, lengths(reply, 1).get(0))));
    }

    private void merge(MergeSegmentsBatch merge) {
        long id = merge.requestId();
        String target = merge.target();
        List<String> sources = merge.sources();
        if (!together(target, sources)) {
            connection.send(cannotMerge(id, target));
            return;
        }
        submit(merge, new SegmentCommand.MergeBatch(target, sources), reply -> {
            List<Long> lengths = lengths(reply, sources.size());
            List<MergedSource> merged = new ArrayList<>(sources.size());
            for (int i = 0; i < sources.size(); i++) {
                merged.add(new MergedSource(sources.get(i), lengths.get(i)));
            }
            return new SegmentsBatchMerged(id, target, merged);
        });
    }

    private void submit(
            SegmentRequest request, SegmentCommand command, Function<SegmentReply, ? extends Reply> success) {
        connection.submit(command, pending(request.requestId(), request.segment(), -1, success));
    }

    private PendingRequest pending(
            long requestId, String segment, long offset, Function<SegmentReply, ? extends Reply> success) {
        return new PendingRequest(connection, requestId, segment, offset, 0, success);
    }

    private static StreamSegmentInfo info(long requestId, String segment, SegmentReply reply) {
        SegmentReply.Info info = (SegmentReply.Info) reply;
        return new StreamSegmentInfo(
                requestId,
                segment,
                true,
                info.sealed(),
                false,
                info.lastModifiedMillis(),
                info.length(),
                info.startOffset());
    }

    private static SegmentAttributeUpdated attributeUpdated(long requestId, SegmentReply reply) {
        return new SegmentAttributeUpdated(requestId, ((SegmentReply.AttributeUpdated) reply).success());
    }

    private static List<Long> lengths(SegmentReply reply, int count) {
        List<Long> lengths = ((SegmentReply.Merged) reply).lengths();
        if (lengths.size() != count) {
            throw new IllegalStateException(count + " merges gave " + lengths.size() + " lengths");
        }
        return lengths;
    }

    /** Whether one partition has all of them: segments of one number do, whatever their epochs and suffixes. */
    private boolean together(String target, List<String> sources) {
        int owner = connection.partitionOf(target);
        return sources.stream().allMatch(source -> connection.partitionOf(source) == owner);
    }

    private static ErrorMessage cannotMerge(long requestId, String target) {
        return new ErrorMessage(
                requestId,
                target,
                "only segments of the same stream and segment number can be merged",
                ErrorMessage.ILLEGAL_ARGUMENT);
    }

    private static UUID randomId() {
        ThreadLocalRandom random = ThreadLocalRandom.current();
        return new UUID(random.nextLong(), random.nextLong());
    }
}
