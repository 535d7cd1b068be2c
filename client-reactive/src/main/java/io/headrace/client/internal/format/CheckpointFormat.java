/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.client.internal.format;

import io.headrace.client.Checkpoint;
import io.headrace.client.StreamCut;
import io.headrace.codecs.versioned.VersionedReader;
import io.headrace.codecs.versioned.VersionedWriter;
import java.util.Map;
import java.util.TreeMap;

/** Checkpoints: utf name, map of utf {@code scope/stream} to the cut as an object of its own. */
public final class CheckpointFormat {
    private static final int VERSION = 0;

    private CheckpointFormat() {}

    public static byte[] toBytes(Checkpoint checkpoint) {
        return Bytes.written(out -> VersionedWriter.write(
                out, VERSION, fields -> fields.utf(checkpoint.name()).map(checkpoint.cuts(), (stream, cut) -> {
                    fields.utf(stream);
                    CutFormat.write(fields.buffer(), cut);
                })));
    }

    public static Checkpoint fromBytes(byte[] bytes) {
        return Bytes.read("checkpoint", bytes, in -> {
            VersionedReader fields = VersionedReader.read(in, VERSION).required(0);
            String name = fields.utf();
            Map<String, StreamCut> cuts = new TreeMap<>();
            for (int left = fields.count(2); left > 0; left--) {
                cuts.put(fields.utf(), CutFormat.read(fields.buffer()));
            }
            return new Checkpoint(name, cuts);
        });
    }
}
