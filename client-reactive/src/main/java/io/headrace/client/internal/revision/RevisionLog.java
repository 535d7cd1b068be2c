/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.client.internal.revision;

import io.headrace.client.HeadraceException;
import io.headrace.client.NotFoundException;
import io.headrace.client.ProtocolException;
import io.headrace.client.Revision;
import io.headrace.client.SealedException;
import io.headrace.client.StreamName;
import io.headrace.client.StreamSegment;
import io.headrace.client.TruncatedException;
import io.headrace.client.internal.Resources;
import io.headrace.client.internal.SegmentInfo;
import io.headrace.client.internal.read.SegmentPage;
import io.headrace.codecs.name.RoutingKeyHash;
import io.headrace.codecs.name.SegmentName;
import io.headrace.codecs.wire.EventFrames;
import io.headrace.codecs.wire.FailureReply.NoSuchSegment;
import io.headrace.codecs.wire.FailureReply.SegmentIsTruncated;
import io.headrace.codecs.wire.Reply;
import io.headrace.codecs.wire.SegmentReply.SegmentAttribute;
import io.headrace.codecs.wire.SegmentReply.SegmentAttributeUpdated;
import io.headrace.codecs.wire.SegmentReply.SegmentTruncated;
import io.headrace.codecs.wire.SegmentRequest.GetSegmentAttribute;
import io.headrace.codecs.wire.SegmentRequest.TruncateSegment;
import io.headrace.codecs.wire.SegmentRequest.UpdateSegmentAttribute;
import io.vertx.core.Future;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The segment of a revisioned stream, in bytes and offsets. On its loop. */
public final class RevisionLog {
    /** The value of a mark that is not set. */
    public static final long NO_MARK = Long.MIN_VALUE;

    private static final UUID MARK = RoutingKeyHash.attributeId("RevisionStreamClientMark");

    /**
     * How far the data reaches.
     *
     * @param start the first offset that is left
     * @param tail where the next entry will begin
     */
    public record Ends(long start, long tail) {}

    private final Resources resources;
    private final StreamName stream;
    private @Nullable String segment;
    private @Nullable RevisionWriter writer;

    public RevisionLog(Resources resources, StreamName stream) {
        this.resources = resources;
        this.stream = stream;
    }

    /** Listens to nothing more; what is under way fails. */
    public void end() {
        if (writer != null) {
            writer.end();
        }
    }

    /** {@link SealedException} if the stream takes nothing any more. */
    private Future<String> segment() {
        String known = segment;
        if (known != null) {
            return Future.succeededFuture(known);
        }
        return resources.streams().currentSegments(stream).compose(current -> {
            Optional<StreamSegment> first =
                    current.stream().filter(one -> one.low() <= 0).findFirst();
            if (first.isEmpty()) {
                return Future.failedFuture(new SealedException("the stream " + stream + " is sealed"));
            }
            String found = SegmentName.of(
                            stream.scope(), stream.name(), first.get().id())
                    .qualified();
            segment = found;
            return Future.succeededFuture(found);
        });
    }

    public Future<Revision> revision(long offset) {
        return segment().map(name -> new Revision(name, offset, 0));
    }

    public Future<Ends> ends() {
        return segment()
                .compose(name -> SegmentInfo.of(resources, name))
                .map(info -> new Ends(info.startOffset(), info.writeOffset()));
    }

    /** Entries between two offsets, not many more bytes than {@code enoughBytes}. */
    public Future<SegmentPage> read(long from, long to, int enoughBytes) {
        return segment()
                .compose(name -> SegmentPage.read(resources, name, from, to, EventFrames.MAX_EVENT, enoughBytes));
    }

    /** Appends if the segment ends at an offset; tells where the entry ends, or nothing if the segment does not. */
    public Future<Optional<Long>> append(byte[] payload, long expected) {
        return writer().compose(to -> to.write(payload, expected));
    }

    /** Appends wherever the segment ends. */
    public Future<Void> append(byte[] payload) {
        return writer().compose(to -> to.write(payload, -1)).mapEmpty();
    }

    private Future<RevisionWriter> writer() {
        return segment().map(name -> {
            RevisionWriter known = writer;
            if (known == null) {
                known = new RevisionWriter(resources, name);
                writer = known;
            }
            return known;
        });
    }

    /** The offset that is marked; empty if there is none. */
    public Future<OptionalLong> mark() {
        return segment().compose(name -> resources
                .stores()
                .request(name, id -> new GetSegmentAttribute(id, name, MARK, ""))
                .compose(reply -> reply instanceof SegmentAttribute attribute
                        ? Future.succeededFuture(
                                attribute.value() == NO_MARK
                                        ? OptionalLong.empty()
                                        : OptionalLong.of(attribute.value()))
                        : Future.failedFuture(unexpected(name, reply))));
    }

    /** Moves the mark from one offset, or {@link #NO_MARK}, to another; false if it is not there. */
    public Future<Boolean> moveMark(long expected, long next) {
        return segment().compose(name -> resources
                .stores()
                .request(name, id -> new UpdateSegmentAttribute(id, name, MARK, next, expected, ""))
                .compose(reply -> reply instanceof SegmentAttributeUpdated updated
                        ? Future.succeededFuture(updated.success())
                        : Future.failedFuture(unexpected(name, reply))));
    }

    /** Deletes what is before the offset; also if it is deleted already. */
    public Future<Void> truncate(long offset) {
        return segment().compose(name -> resources
                .stores()
                .request(name, id -> new TruncateSegment(id, name, offset, ""))
                .compose(reply -> reply instanceof SegmentTruncated || reply instanceof SegmentIsTruncated
                        ? Future.succeededFuture()
                        : Future.failedFuture(unexpected(name, reply))));
    }

    public static TruncatedException truncated(String segment, long start) {
        return new TruncatedException("the entries of " + segment + " before " + start + " have been deleted", start);
    }

    private static HeadraceException unexpected(String segment, Reply reply) {
        return reply instanceof NoSuchSegment
                ? new NotFoundException("there is no segment " + segment)
                : new ProtocolException("the store answered " + reply + " about " + segment);
    }
}
