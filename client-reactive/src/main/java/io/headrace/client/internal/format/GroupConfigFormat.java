/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.client.internal.format;

import io.headrace.client.ReaderGroupConfiguration;
import io.headrace.client.ReaderGroupConfiguration.Bounds;
import io.headrace.client.ReaderGroupConfiguration.Retention;
import io.headrace.client.StreamCut;
import io.headrace.client.internal.group.GroupConfig;
import io.headrace.codecs.versioned.VersionedReader;
import io.headrace.codecs.versioned.VersionedWriter;
import io.netty.buffer.ByteBuf;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Function;

/**
 * Settings of a reader group. Revision 0: i64 interval of checkpoints in ms, -1 for none; i64 interval of refreshing in ms;
 * map of stream to its start as bytes, none for no bound; the same for its end. Revision 1: all of revision 0 again; i32
 * number of checkpoints. Revision 2: compact i32 retention; i64 generation; uuid.
 */
final class GroupConfigFormat {
    private static final int VERSION = 0;
    private static final long NO_CHECKPOINTS = -1;
    private static final int DEFAULT_MAX_CHECKPOINTS = 3;

    private GroupConfigFormat() {}

    static void write(ByteBuf out, GroupConfig config) {
        ReaderGroupConfiguration settings = config.settings();
        VersionedWriter.write(
                out,
                VERSION,
                fields -> writeBasics(fields, settings),
                fields -> {
                    writeBasics(fields, settings);
                    fields.i32(settings.maxCheckpoints());
                },
                fields -> fields.compactInt(settings.retention().number())
                        .i64(config.generation())
                        .uuid(config.id()));
    }

    private static void writeBasics(VersionedWriter fields, ReaderGroupConfiguration settings) {
        long interval = settings.checkpointInterval().toMillis();
        fields.i64(interval == 0 ? NO_CHECKPOINTS : interval)
                .i64(settings.refreshInterval().toMillis());
        writeCuts(fields, settings, Bounds::from);
        writeCuts(fields, settings, Bounds::to);
    }

    private static void writeCuts(
            VersionedWriter fields, ReaderGroupConfiguration settings, Function<Bounds, Optional<StreamCut>> which) {
        fields.map(settings.streams(), (stream, bounds) -> {
            byte[] cut = which.apply(bounds).map(CutFormat::toBytes).orElse(new byte[0]);
            fields.utf(stream).compactInt(cut.length).buffer().writeBytes(cut);
        });
    }

    static GroupConfig read(ByteBuf in) {
        VersionedReader.Found found = VersionedReader.read(in, VERSION);
        Optional<VersionedReader> second = found.revision(1);
        VersionedReader fields = second.orElseGet(() -> found.required(0));
        long interval = fields.i64();
        long refresh = fields.i64();
        Map<String, Optional<StreamCut>> starts = readCuts(fields);
        Map<String, Optional<StreamCut>> ends = readCuts(fields);
        SortedMap<String, Bounds> streams = new TreeMap<>();
        starts.forEach(
                (stream, start) -> streams.put(stream, new Bounds(start, ends.getOrDefault(stream, Optional.empty()))));
        int maxCheckpoints = second.isPresent() ? fields.i32() : DEFAULT_MAX_CHECKPOINTS;
        Retention retention = Retention.NONE;
        long generation = -1;
        UUID id = new UUID(0, 0);
        if (found.revision(2).isPresent()) {
            VersionedReader last = found.required(2);
            retention = Retention.of(last.compactInt());
            generation = last.i64();
            id = last.uuid();
        }
        ReaderGroupConfiguration settings = new ReaderGroupConfiguration(
                streams,
                Duration.ofMillis(Math.max(0, interval)),
                Duration.ofMillis(Math.max(1, refresh)),
                Math.max(1, maxCheckpoints),
                retention);
        return new GroupConfig(settings, id, generation);
    }

    private static Map<String, Optional<StreamCut>> readCuts(VersionedReader fields) {
        Map<String, Optional<StreamCut>> cuts = new TreeMap<>();
        for (int left = fields.count(3); left > 0; left--) {
            String stream = fields.utf();
            ByteBuf cut = fields.bytes(fields.compactInt());
            cuts.put(stream, cut.isReadable() ? Optional.of(CutFormat.read(cut)) : Optional.empty());
        }
        return cuts;
    }
}
