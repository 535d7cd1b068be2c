/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.codecs.wire;

import io.headrace.codecs.wire.FailureReply.AuthTokenCheckFailed;
import io.headrace.codecs.wire.FailureReply.ErrorMessage;
import io.headrace.codecs.wire.FailureReply.InvalidEventNumber;
import io.headrace.codecs.wire.FailureReply.NoSuchSegment;
import io.headrace.codecs.wire.FailureReply.OperationUnsupported;
import io.headrace.codecs.wire.FailureReply.SegmentAlreadyExists;
import io.headrace.codecs.wire.FailureReply.SegmentIsSealed;
import io.headrace.codecs.wire.FailureReply.SegmentIsTruncated;
import io.headrace.codecs.wire.FailureReply.TableKeyBadVersion;
import io.headrace.codecs.wire.FailureReply.TableKeyDoesNotExist;
import io.headrace.codecs.wire.FailureReply.TableSegmentNotEmpty;
import io.headrace.codecs.wire.FailureReply.WrongHost;
import java.util.List;

/** The layouts of {@link FailureReply}. */
final class FailureCodecs {

    static final List<Codec<?>> ALL = List.of(
            new Codec<>(
                    50,
                    WrongHost.class,
                    in -> new WrongHost(in.i64(), in.utf(), in.utf(), in.optionalUtf()),
                    (c, out) -> out.i64(c.requestId())
                            .utf(c.segment())
                            .utf(c.correctHost())
                            .text(c.serverStackTrace())),
            new Codec<>(
                    51,
                    SegmentIsSealed.class,
                    in -> new SegmentIsSealed(in.i64(), in.utf(), in.optionalUtf(), in.optionalI64(-1)),
                    (c, out) -> out.i64(c.requestId())
                            .utf(c.segment())
                            .text(c.serverStackTrace())
                            .i64(c.offset())),
            new Codec<>(
                    52,
                    SegmentAlreadyExists.class,
                    in -> new SegmentAlreadyExists(in.i64(), in.utf(), in.optionalUtf()),
                    (c, out) -> out.i64(c.requestId()).utf(c.segment()).text(c.serverStackTrace())),
            new Codec<>(
                    53,
                    NoSuchSegment.class,
                    in -> new NoSuchSegment(in.i64(), in.utf(), in.optionalUtf(), in.optionalI64(-1)),
                    (c, out) -> out.i64(c.requestId())
                            .utf(c.segment())
                            .text(c.serverStackTrace())
                            .i64(c.offset())),
            new Codec<>(
                    55,
                    InvalidEventNumber.class,
                    in -> new InvalidEventNumber(in.uuid(), in.i64(), in.optionalUtf(), in.optionalI64(-1)),
                    (c, out) -> out.uuid(c.writerId())
                            .i64(c.requestId())
                            .text(c.serverStackTrace())
                            .i64(c.eventNumber())),
            new Codec<>(
                    56,
                    SegmentIsTruncated.class,
                    in -> new SegmentIsTruncated(in.i64(), in.utf(), in.i64(), in.optionalUtf(), in.optionalI64(-1)),
                    (c, out) -> out.i64(c.requestId())
                            .utf(c.segment())
                            .i64(c.startOffset())
                            .text(c.serverStackTrace())
                            .i64(c.offset())),
            new Codec<>(
                    57,
                    OperationUnsupported.class,
                    in -> new OperationUnsupported(in.i64(), in.utf(), in.optionalUtf()),
                    (c, out) -> out.i64(c.requestId()).utf(c.operationName()).text(c.serverStackTrace())),
            new Codec<>(
                    60,
                    AuthTokenCheckFailed.class,
                    in -> new AuthTokenCheckFailed(in.i64(), in.optionalUtf(), in.optionalI32(-1)),
                    (c, out) ->
                            out.i64(c.requestId()).text(c.serverStackTrace()).i32(c.errorCode())),
            new Codec<>(
                    61,
                    ErrorMessage.class,
                    in -> new ErrorMessage(in.i64(), in.utf(), in.utf(), in.i32()),
                    (c, out) -> out.i64(c.requestId())
                            .utf(c.segment())
                            .text(c.message())
                            .i32(c.errorCode())),
            new Codec<>(
                    80,
                    TableSegmentNotEmpty.class,
                    in -> new TableSegmentNotEmpty(in.i64(), in.utf(), in.utf()),
                    (c, out) -> out.i64(c.requestId()).utf(c.segment()).text(c.serverStackTrace())),
            new Codec<>(
                    81,
                    TableKeyDoesNotExist.class,
                    in -> new TableKeyDoesNotExist(in.i64(), in.utf(), in.utf()),
                    (c, out) -> out.i64(c.requestId()).utf(c.segment()).text(c.serverStackTrace())),
            new Codec<>(
                    82,
                    TableKeyBadVersion.class,
                    in -> new TableKeyBadVersion(in.i64(), in.utf(), in.utf()),
                    (c, out) -> out.i64(c.requestId()).utf(c.segment()).text(c.serverStackTrace())));

    private FailureCodecs() {}
}
