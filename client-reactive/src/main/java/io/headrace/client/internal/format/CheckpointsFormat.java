/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.client.internal.format;

import io.headrace.client.internal.group.Checkpoints;
import io.headrace.codecs.versioned.VersionedReader;
import io.headrace.codecs.versioned.VersionedWriter;
import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The checkpoints of a reader group. Revision 0: collection of names; map of name to collection of readers; map of name to
 * map of segment to offset; the offsets of the last. Revision 1: whether the last was published; true if left out.
 */
final class CheckpointsFormat {
    private static final int VERSION = 0;

    private CheckpointsFormat() {}

    static void write(ByteBuf out, Checkpoints checkpoints) {
        VersionedWriter.write(
                out,
                VERSION,
                fields -> {
                    fields.compactInt(checkpoints.names().size());
                    checkpoints.names().forEach(fields::utf);
                    fields.map(checkpoints.waiting(), (name, readers) -> {
                        fields.utf(name).compactInt(readers.size());
                        readers.forEach(fields::utf);
                    });
                    fields.map(checkpoints.offsets(), (name, offsets) -> {
                        fields.utf(name);
                        GroupFields.writeOffsets(fields, offsets);
                    });
                    GroupFields.writeOffsets(fields, checkpoints.last());
                },
                fields -> fields.bool(checkpoints.lastPublished()));
    }

    static Checkpoints read(ByteBuf in) {
        VersionedReader.Found found = VersionedReader.read(in, VERSION);
        VersionedReader fields = found.required(0);
        List<String> names = readNames(fields);
        SortedMap<String, SortedSet<String>> waiting = new TreeMap<>();
        for (int left = fields.count(3); left > 0; left--) {
            waiting.put(fields.utf(), new TreeSet<>(readNames(fields)));
        }
        SortedMap<String, SortedMap<String, Long>> offsets = new TreeMap<>();
        for (int left = fields.count(3); left > 0; left--) {
            offsets.put(fields.utf(), GroupFields.readOffsets(fields));
        }
        SortedMap<String, Long> last = GroupFields.readOffsets(fields);
        waiting.values().removeIf(readers -> readers.isEmpty());
        return new Checkpoints(
                names,
                waiting,
                offsets,
                last,
                found.revision(1).map(VersionedReader::bool).orElse(true));
    }

    private static List<String> readNames(VersionedReader fields) {
        List<String> names = new ArrayList<>();
        for (int left = fields.count(2); left > 0; left--) {
            names.add(fields.utf());
        }
        return names;
    }
}
