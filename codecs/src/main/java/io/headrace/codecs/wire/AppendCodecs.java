/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.codecs.wire;

import io.headrace.codecs.wire.AppendCommand.AppendBlock;
import io.headrace.codecs.wire.AppendCommand.AppendBlockEnd;
import io.headrace.codecs.wire.AppendCommand.ConditionalAppend;
import io.headrace.codecs.wire.AppendCommand.ConditionalBlockEnd;
import io.headrace.codecs.wire.AppendCommand.SetupAppend;
import io.headrace.codecs.wire.AppendReply.AppendSetup;
import io.headrace.codecs.wire.AppendReply.ConditionalCheckFailed;
import io.headrace.codecs.wire.AppendReply.DataAppended;
import java.util.List;

/** The layouts of {@link AppendCommand} and {@link AppendReply}. */
final class AppendCodecs {

    static final List<Codec<?>> ALL = List.of(
            new Codec<>(
                    1,
                    SetupAppend.class,
                    in -> new SetupAppend(in.i64(), in.uuid(), in.utf(), in.utf()),
                    (c, out) -> out.i64(c.requestId())
                            .uuid(c.writerId())
                            .utf(c.segment())
                            .utf(c.delegationToken())),
            new Codec<>(
                    2,
                    AppendSetup.class,
                    in -> new AppendSetup(in.i64(), in.utf(), in.uuid(), in.i64()),
                    (c, out) -> out.i64(c.requestId())
                            .utf(c.segment())
                            .uuid(c.writerId())
                            .i64(c.lastEventNumber())),
            new Codec<>(3, AppendBlock.class, in -> new AppendBlock(in.uuid(), in.rest()), (c, out) -> out.uuid(
                            c.writerId())
                    .rest(c.data())),
            new Codec<>(
                    4,
                    AppendBlockEnd.class,
                    in -> new AppendBlockEnd(in.uuid(), in.i32(), in.bytes(), in.i32(), in.i64(), in.optionalI64(-1)),
                    (c, out) -> out.uuid(c.writerId())
                            .i32(c.sizeOfWholeEvents())
                            .payload(c.data())
                            .i32(c.numEvents())
                            .i64(c.lastEventNumber())
                            .i64(c.requestId())),
            new Codec<>(
                    5,
                    ConditionalAppend.class,
                    in -> new ConditionalAppend(in.uuid(), in.i64(), in.i64(), in.event(), in.optionalI64(-1)),
                    (c, out) -> out.uuid(c.writerId())
                            .i64(c.eventNumber())
                            .i64(c.expectedOffset())
                            .raw(c.event())
                            .i64(c.requestId())),
            new Codec<>(
                    7,
                    DataAppended.class,
                    in -> new DataAppended(
                            in.uuid(), in.i64(), in.optionalI64(-1), in.optionalI64(-1), in.optionalI64(-1)),
                    (c, out) -> out.uuid(c.writerId())
                            .i64(c.eventNumber())
                            .i64(c.previousEventNumber())
                            .i64(c.requestId())
                            .i64(c.currentSegmentWriteOffset())),
            new Codec<>(
                    8,
                    ConditionalCheckFailed.class,
                    in -> new ConditionalCheckFailed(in.uuid(), in.i64(), in.optionalI64(-1)),
                    (c, out) -> out.uuid(c.writerId()).i64(c.eventNumber()).i64(c.requestId())),
            new Codec<>(
                    89,
                    ConditionalBlockEnd.class,
                    in -> new ConditionalBlockEnd(in.uuid(), in.i64(), in.i64(), in.bytes(), in.i64()),
                    (c, out) -> out.uuid(c.writerId())
                            .i64(c.eventNumber())
                            .i64(c.expectedOffset())
                            .payload(c.data())
                            .i64(c.requestId())));

    private AppendCodecs() {}
}
