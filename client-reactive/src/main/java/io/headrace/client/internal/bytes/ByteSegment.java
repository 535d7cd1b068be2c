/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.client.internal.bytes;

import io.headrace.client.NotFoundException;
import io.headrace.client.ProtocolException;
import io.headrace.client.RejectedException;
import io.headrace.client.SealedException;
import io.headrace.client.StreamName;
import io.headrace.client.internal.Resources;
import io.headrace.client.internal.SegmentInfo;
import io.headrace.client.internal.Segments;
import io.headrace.codecs.name.SegmentName;
import io.headrace.codecs.wire.FailureReply.ErrorMessage;
import io.headrace.codecs.wire.FailureReply.NoSuchSegment;
import io.headrace.codecs.wire.FailureReply.SegmentIsSealed;
import io.headrace.codecs.wire.FailureReply.SegmentIsTruncated;
import io.headrace.codecs.wire.Reply;
import io.headrace.codecs.wire.SegmentReply.SegmentSealed;
import io.headrace.codecs.wire.SegmentReply.SegmentTruncated;
import io.headrace.codecs.wire.SegmentReply.StreamSegmentInfo;
import io.headrace.codecs.wire.SegmentRequest.SealSegment;
import io.headrace.codecs.wire.SegmentRequest.TruncateSegment;
import io.vertx.core.Future;
import org.jspecify.annotations.Nullable;

/** The one segment of a stream of bytes. On the loop. */
public final class ByteSegment {
    private final Resources resources;
    private final StreamName stream;
    private @Nullable Future<String> name;

    public ByteSegment(Resources resources, StreamName stream) {
        this.resources = resources;
        this.stream = stream;
    }

    /** Its full name; is asked for once, unless it could not be had. */
    public Future<String> name() {
        resources.loop().check();
        Future<String> known = name;
        if (known != null && !known.failed()) {
            return known;
        }
        Future<String> asked = Segments.singleAtHead(resources, stream)
                .map(id -> SegmentName.of(stream.scope(), stream.name(), id).qualified());
        name = asked;
        return asked;
    }

    /** How far it reaches. */
    public Future<StreamSegmentInfo> info() {
        return name().compose(segment -> SegmentInfo.of(resources, segment));
    }

    /** Lets it take no more data; also if it is sealed already. */
    public Future<Void> seal() {
        return name().compose(segment -> resources
                .stores()
                .request(segment, id -> new SealSegment(id, segment, ""))
                .compose(reply -> reply instanceof SegmentSealed || reply instanceof SegmentIsSealed
                        ? Future.succeededFuture()
                        : refused("sealing", segment, reply)));
    }

    /** Deletes all bytes before an offset; also if they have been deleted already. */
    public Future<Void> truncate(long offset) {
        return info().compose(info -> {
            if (offset > info.writeOffset()) {
                return Future.failedFuture(new IllegalArgumentException(
                        info.segment() + " ends at " + info.writeOffset() + ", before " + offset));
            }
            return resources
                    .stores()
                    .request(info.segment(), id -> new TruncateSegment(id, info.segment(), offset, ""))
                    .compose(reply -> reply instanceof SegmentTruncated || reply instanceof SegmentIsTruncated
                            ? Future.succeededFuture()
                            : refused("truncating", info.segment(), reply));
        });
    }

    private static Future<Void> refused(String what, String segment, Reply reply) {
        if (reply instanceof NoSuchSegment) {
            return Future.failedFuture(new NotFoundException("there is no segment " + segment));
        }
        if (reply instanceof SegmentIsSealed) {
            return Future.failedFuture(new SealedException("the segment " + segment + " is sealed"));
        }
        String message = "the store answered " + what + " of " + segment + " with " + reply;
        return Future.failedFuture(
                reply instanceof ErrorMessage ? new RejectedException(message) : new ProtocolException(message));
    }
}
