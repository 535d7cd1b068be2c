/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.codecs.wire;

import io.headrace.codecs.wire.TableReply.TableEntriesDeltaRead;
import io.headrace.codecs.wire.TableReply.TableEntriesRead;
import io.headrace.codecs.wire.TableReply.TableEntriesUpdated;
import io.headrace.codecs.wire.TableReply.TableKeysRead;
import io.headrace.codecs.wire.TableReply.TableKeysRemoved;
import io.headrace.codecs.wire.TableReply.TableRead;
import io.headrace.codecs.wire.TableReply.TableSegmentInfo;
import io.headrace.codecs.wire.TableRequest.CreateTableSegment;
import io.headrace.codecs.wire.TableRequest.DeleteTableSegment;
import io.headrace.codecs.wire.TableRequest.GetTableSegmentInfo;
import io.headrace.codecs.wire.TableRequest.ReadTable;
import io.headrace.codecs.wire.TableRequest.ReadTableEntries;
import io.headrace.codecs.wire.TableRequest.ReadTableEntriesDelta;
import io.headrace.codecs.wire.TableRequest.ReadTableKeys;
import io.headrace.codecs.wire.TableRequest.RemoveTableKeys;
import io.headrace.codecs.wire.TableRequest.UpdateTableEntries;
import java.util.List;

/** The layouts of {@link TableRequest} and {@link TableReply}. */
final class TableCodecs {

    static final List<Codec<?>> ALL = List.of(
            new Codec<>(
                    68,
                    GetTableSegmentInfo.class,
                    in -> new GetTableSegmentInfo(in.i64(), in.utf(), in.utf()),
                    (c, out) -> out.i64(c.requestId()).utf(c.segment()).utf(c.delegationToken())),
            new Codec<>(
                    69,
                    TableSegmentInfo.class,
                    in -> new TableSegmentInfo(in.i64(), in.utf(), in.i64(), in.i64(), in.i64(), in.i32()),
                    (c, out) -> out.i64(c.requestId())
                            .utf(c.segment())
                            .i64(c.startOffset())
                            .i64(c.length())
                            .i64(c.entryCount())
                            .i32(c.keyLength())),
            new Codec<>(
                    70,
                    CreateTableSegment.class,
                    in -> new CreateTableSegment(
                            in.i64(), in.utf(), in.utf(), in.optionalBool(), in.optionalI32(0), in.optionalI64(0)),
                    (c, out) -> out.i64(c.requestId())
                            .utf(c.segment())
                            .utf(c.delegationToken())
                            .bool(c.sortedDeprecated())
                            .i32(c.keyLength())
                            .i64(c.rolloverSizeBytes())),
            new Codec<>(
                    71,
                    DeleteTableSegment.class,
                    in -> new DeleteTableSegment(in.i64(), in.utf(), in.bool(), in.utf()),
                    (c, out) -> out.i64(c.requestId())
                            .utf(c.segment())
                            .bool(c.mustBeEmpty())
                            .utf(c.delegationToken())),
            new Codec<>(
                    74,
                    UpdateTableEntries.class,
                    in -> new UpdateTableEntries(in.i64(), in.utf(), in.utf(), in.entries(), in.i64IfAnyLeft(-1)),
                    (c, out) -> out.i64(c.requestId())
                            .utf(c.segment())
                            .utf(c.delegationToken())
                            .entries(c.entries())
                            .i64(c.tableSegmentOffset())),
            new Codec<>(
                    75,
                    TableEntriesUpdated.class,
                    in -> new TableEntriesUpdated(in.i64(), in.list(8, FieldReader::i64)),
                    (c, out) -> out.i64(c.requestId()).list(c.updatedVersions(), FieldWriter::i64)),
            new Codec<>(
                    76,
                    RemoveTableKeys.class,
                    in -> new RemoveTableKeys(in.i64(), in.utf(), in.utf(), in.keys(), in.i64IfAnyLeft(-1)),
                    (c, out) -> out.i64(c.requestId())
                            .utf(c.segment())
                            .utf(c.delegationToken())
                            .keys(c.keys())
                            .i64(c.tableSegmentOffset())),
            new Codec<>(77, TableKeysRemoved.class, in -> new TableKeysRemoved(in.i64(), in.utf()), (c, out) -> out.i64(
                            c.requestId())
                    .utf(c.segment())),
            new Codec<>(
                    78,
                    ReadTable.class,
                    in -> new ReadTable(in.i64(), in.utf(), in.utf(), in.keys()),
                    (c, out) -> out.i64(c.requestId())
                            .utf(c.segment())
                            .utf(c.delegationToken())
                            .keys(c.keys())),
            new Codec<>(79, TableRead.class, in -> new TableRead(in.i64(), in.utf(), in.entries()), (c, out) -> out.i64(
                            c.requestId())
                    .utf(c.segment())
                    .entries(c.entries())),
            new Codec<>(
                    83,
                    ReadTableKeys.class,
                    in -> new ReadTableKeys(in.i64(), in.utf(), in.utf(), in.i32(), in.iteratorArgs()),
                    (c, out) -> out.i64(c.requestId())
                            .utf(c.segment())
                            .utf(c.delegationToken())
                            .i32(c.suggestedKeyCount())
                            .iteratorArgs(c.args())),
            new Codec<>(
                    84,
                    TableKeysRead.class,
                    in -> new TableKeysRead(in.i64(), in.utf(), in.keys(), in.bytes()),
                    (c, out) -> out.i64(c.requestId())
                            .utf(c.segment())
                            .keys(c.keys())
                            .bytes(c.continuationToken())),
            new Codec<>(
                    85,
                    ReadTableEntries.class,
                    in -> new ReadTableEntries(in.i64(), in.utf(), in.utf(), in.i32(), in.iteratorArgs()),
                    (c, out) -> out.i64(c.requestId())
                            .utf(c.segment())
                            .utf(c.delegationToken())
                            .i32(c.suggestedEntryCount())
                            .iteratorArgs(c.args())),
            new Codec<>(
                    86,
                    TableEntriesRead.class,
                    in -> new TableEntriesRead(in.i64(), in.utf(), in.entries(), in.bytes()),
                    (c, out) -> out.i64(c.requestId())
                            .utf(c.segment())
                            .entries(c.entries())
                            .bytes(c.continuationToken())),
            new Codec<>(
                    87,
                    TableEntriesDeltaRead.class,
                    in -> new TableEntriesDeltaRead(in.i64(), in.utf(), in.entries(), in.bool(), in.bool(), in.i64()),
                    (c, out) -> out.i64(c.requestId())
                            .utf(c.segment())
                            .entries(c.entries())
                            .bool(c.shouldClear())
                            .bool(c.reachedEnd())
                            .i64(c.lastPosition())),
            new Codec<>(
                    88,
                    ReadTableEntriesDelta.class,
                    in -> new ReadTableEntriesDelta(in.i64(), in.utf(), in.utf(), in.i64(), in.i32()),
                    (c, out) -> out.i64(c.requestId())
                            .utf(c.segment())
                            .utf(c.delegationToken())
                            .i64(c.fromPosition())
                            .i32(c.suggestedEntryCount())));

    private TableCodecs() {}
}
