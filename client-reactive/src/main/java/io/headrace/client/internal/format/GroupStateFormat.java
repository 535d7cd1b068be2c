/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.client.internal.format;

import io.headrace.client.KeyRange;
import io.headrace.client.internal.group.GroupConfig;
import io.headrace.client.internal.group.GroupState;
import io.headrace.codecs.versioned.VersionedReader;
import io.headrace.codecs.versioned.VersionedReader.Found;
import io.headrace.codecs.versioned.VersionedWriter;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;

/**
 * The whole state of a reader group. Revision 0: settings and checkpoints, as bytes; map of reader to i64 distance; map of
 * segment to ids that it waits for; map of reader to offsets; offsets of what nobody has; offsets of the ends. Revision 1:
 * offsets of what was read last; map of segment to range, for every segment above. Revision 2: whether it is being updated.
 */
final class GroupStateFormat {
    static final int VERSION = 0;

    private GroupStateFormat() {}

    static void write(ByteBuf out, GroupState state) {
        VersionedWriter.write(
                out,
                VERSION,
                fields -> {
                    writeBuffer(fields, bytes -> GroupConfigFormat.write(bytes, state.config()));
                    writeBuffer(fields, bytes -> CheckpointsFormat.write(bytes, state.checkpoints()));
                    fields.map(state.distances(), (reader, distance) -> fields.utf(reader)
                            .i64(distance));
                    fields.map(state.future(), (segment, ids) -> {
                        fields.utf(segment);
                        GroupFields.writeIds(fields, ids);
                    });
                    fields.map(state.assigned(), (reader, offsets) -> {
                        fields.utf(reader);
                        GroupFields.writeOffsets(fields, offsets);
                    });
                    GroupFields.writeOffsets(fields, state.unassigned());
                    GroupFields.writeOffsets(fields, state.ends());
                },
                fields -> {
                    GroupFields.writeOffsets(fields, state.lastRead());
                    SortedSet<String> segments = segments(state);
                    fields.compactInt(segments.size());
                    for (String segment : segments) {
                        fields.utf(segment);
                        GroupFields.writeRange(
                                fields, Optional.ofNullable(state.ranges().get(segment)));
                    }
                },
                fields -> fields.bool(state.updating()));
    }

    static void writeBuffer(VersionedWriter fields, Consumer<ByteBuf> writer) {
        ByteBuf bytes = Unpooled.buffer();
        writer.accept(bytes);
        fields.compactInt(bytes.readableBytes()).buffer().writeBytes(bytes);
    }

    static ByteBuf readBuffer(VersionedReader fields) {
        return fields.bytes(fields.compactInt());
    }

    private static SortedSet<String> segments(GroupState state) {
        SortedSet<String> all = new TreeSet<>(state.future().keySet());
        state.assigned().values().forEach(offsets -> all.addAll(offsets.keySet()));
        all.addAll(state.unassigned().keySet());
        all.addAll(state.ends().keySet());
        all.addAll(state.lastRead().keySet());
        return all;
    }

    static GroupState read(Found found) {
        VersionedReader fields = found.required(0);
        GroupConfig config = GroupConfigFormat.read(readBuffer(fields));
        var checkpoints = CheckpointsFormat.read(readBuffer(fields));
        SortedMap<String, Long> distances = GroupFields.readOffsets(fields);
        SortedMap<String, SortedSet<Long>> future = new TreeMap<>();
        for (int left = fields.count(3); left > 0; left--) {
            future.put(fields.utf(), GroupFields.readIds(fields));
        }
        SortedMap<String, SortedMap<String, Long>> assigned = new TreeMap<>();
        for (int left = fields.count(3); left > 0; left--) {
            assigned.put(fields.utf(), GroupFields.readOffsets(fields));
        }
        SortedMap<String, Long> unassigned = GroupFields.readOffsets(fields);
        SortedMap<String, Long> ends = GroupFields.readOffsets(fields);
        Optional<VersionedReader> second = found.revision(1);
        SortedMap<String, Long> lastRead = second.map(GroupFields::readOffsets).orElseGet(TreeMap::new);
        return new GroupState(
                config,
                distances,
                assigned,
                unassigned,
                future,
                ends,
                lastRead,
                second.map(GroupStateFormat::readRanges).orElseGet(TreeMap::new),
                checkpoints,
                found.revision(2).map(VersionedReader::bool).orElse(false));
    }

    static SortedMap<String, KeyRange> readRanges(VersionedReader fields) {
        SortedMap<String, KeyRange> ranges = new TreeMap<>();
        for (int left = fields.count(2 + 2 * Double.BYTES); left > 0; left--) {
            String segment = fields.utf();
            GroupFields.readRange(fields).ifPresent(range -> ranges.put(segment, range));
        }
        return ranges;
    }

    static void writeRanges(VersionedWriter fields, Map<String, Optional<KeyRange>> ranges) {
        fields.map(ranges, (segment, range) -> {
            fields.utf(segment);
            GroupFields.writeRange(fields, range);
        });
    }
}
