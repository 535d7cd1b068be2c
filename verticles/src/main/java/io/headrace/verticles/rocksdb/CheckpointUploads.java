/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.verticles.rocksdb;

import io.headrace.engine.log.Checkpoint;
import io.headrace.engine.log.LogException;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What one owner of a partition knows to be stored, and adds to it. Each chunk's name begins with the owner's epoch, so no
 * two owners write the same, and an owner that does not know that it was replaced deletes nothing of its successor's.
 *
 * <pre>
 * chunk      checkpoints/ partition / epoch - number . kind, which is sst, snapshot or manifest
 * location   identity of the storage : chunk of the manifest
 * </pre>
 *
 * <p>Blocks; used by one thread at a time.
 */
final class CheckpointUploads {
    private static final Logger LOG = LoggerFactory.getLogger(CheckpointUploads.class);
    private static final String TABLE = ".sst";
    private static final Pattern NUMBERED = Pattern.compile("(\\d{1,18})-\\d{1,18}\\.[a-z]+");
    private static final Pattern OTHER_FILE = Pattern.compile("CURRENT|MANIFEST-\\d+");

    private final CheckpointChunks chunks;
    private final String prefix;
    private final long epoch;
    private final BooleanSupplier stopped;

    /** Table files of the database that are stored already, by name. */
    private final Map<String, StoredFile> tables = new HashMap<>();

    /** Checkpoints that this owner has restored or stored, by location. */
    private final Map<String, Manifest> known = new HashMap<>();

    /** Chunks that are there, or may be, and that this owner may delete. */
    private final Set<String> disposable = new HashSet<>();

    private @Nullable String identity;
    private long number;
    private boolean listed;

    /** @param stopped whether there is no use any more in going on */
    CheckpointUploads(CheckpointChunks chunks, String partition, long epoch, BooleanSupplier stopped) {
        this.chunks = chunks;
        this.prefix = "checkpoints/" + partition + "/";
        this.epoch = epoch;
        this.stopped = stopped;
    }

    private String identity() {
        String known = identity;
        if (known == null) {
            known = chunks.identity();
            identity = known;
        }
        return known;
    }

    /**
     * Reads the manifest of a checkpoint.
     *
     * @throws LogException CORRUPT if it is damaged or missing; UNAVAILABLE if it is in another storage
     */
    Manifest open(Checkpoint checkpoint) {
        String chunk = manifest(checkpoint);
        String other = checkpoint.location().substring(0, checkpoint.location().length() - chunk.length() - 1);
        if (!other.equals(identity())) {
            throw new LogException(
                    LogException.Kind.UNAVAILABLE,
                    checkpoint + " is in the storage " + other + ", not in " + identity()
                            + ", which is configured: is it another directory or bucket?");
        }
        ByteBuf bytes = chunks.load(chunk);
        try {
            Manifest manifest = Manifest.decode(bytes);
            if (manifest.frame() != checkpoint.frame()) {
                throw new IllegalArgumentException("it is that of frame " + manifest.frame());
            }
            return manifest;
        } catch (IllegalArgumentException e) {
            throw CheckpointChunks.damaged(chunk, String.valueOf(e.getMessage()));
        } finally {
            bytes.release();
        }
    }

    private static String manifest(Checkpoint checkpoint) {
        String location = checkpoint.location();
        int colon = location.indexOf(':');
        if (colon < 0) {
            throw new LogException(
                    LogException.Kind.CORRUPT, "\"" + location + "\" is not the location of a checkpoint");
        }
        return location.substring(colon + 1);
    }

    /** A checkpoint was restored: its table files need not be stored again, unless a chunk is missing. */
    void restored(Checkpoint checkpoint, Manifest manifest) {
        known.put(checkpoint.location(), manifest);
        for (StoredFile table : manifest.tables()) {
            if (chunks.isThere(table)) {
                tables.put(table.name(), table);
            }
        }
    }

    /**
     * Stores a checkpoint.
     *
     * @param files directory with the database's files; null if there is none
     */
    Checkpoint save(long frame, @Nullable Path files, ByteBuf snapshot) {
        Map<String, StoredFile> present = new TreeMap<>();
        Map<String, ByteBuf> others = new TreeMap<>();
        if (files != null) {
            store(files, present, others);
        }
        StoredFile stored = chunks.store(newChunk("snapshot"), snapshot);
        Manifest manifest = new Manifest(frame, stored, new ArrayList<>(present.values()), others);
        String chunk = newChunk("manifest");
        chunks.store(chunk, manifest.encode());
        Checkpoint checkpoint = new Checkpoint(identity() + ":" + chunk, frame);
        known.put(checkpoint.location(), manifest);
        tables.keySet().retainAll(present.keySet());
        return checkpoint;
    }

    private void store(Path files, Map<String, StoredFile> present, Map<String, ByteBuf> others) {
        try (Stream<Path> all = Files.list(files)) {
            for (Path file : all.sorted().toList()) {
                if (stopped.getAsBoolean()) {
                    throw new LogException(LogException.Kind.UNAVAILABLE, "the partition is gone");
                }
                String name = CheckpointChunks.fileName(file);
                if (name.endsWith(TABLE)) {
                    StoredFile table = tables.get(name);
                    if (table == null) {
                        table = chunks.store(newChunk("sst"), file);
                        tables.put(name, table);
                    }
                    present.put(name, table);
                } else if (OTHER_FILE.matcher(name).matches()) {
                    others.put(name, Unpooled.wrappedBuffer(Files.readAllBytes(file)));
                }
            }
        } catch (IOException e) {
            throw new LogException(LogException.Kind.UNAVAILABLE, files + " cannot be read: " + e, e);
        }
    }

    private String newChunk(String kind) {
        String chunk = prefix + epoch + "-" + ++number + "." + kind;
        disposable.add(chunk);
        return chunk;
    }

    /** Deletes what belongs to none of the checkpoints that the descriptor names now. */
    void published(List<Checkpoint> kept) {
        Set<String> needed = new HashSet<>();
        for (Checkpoint checkpoint : kept) {
            Manifest manifest = known.get(checkpoint.location());
            if (manifest != null) {
                needed.add(manifest(checkpoint));
                needed.add(manifest.snapshot().chunk());
                manifest.tables().forEach(table -> needed.add(table.chunk()));
            }
        }
        known.keySet().retainAll(kept.stream().map(Checkpoint::location).toList());
        // A table file that is stored but belongs to no checkpoint yet is one of the next.
        tables.values().forEach(table -> needed.add(table.chunk()));
        try {
            if (!listed) {
                chunks.list(prefix).stream().filter(this::isOfFormerOwner).forEach(disposable::add);
                listed = true;
            }
            for (String chunk : disposable.stream().sorted().toList()) {
                if (!needed.contains(chunk)) {
                    chunks.delete(chunk);
                    disposable.remove(chunk);
                }
            }
        } catch (LogException e) {
            LOG.warn("what no checkpoint needs in {} is left for later: {}", prefix, e.getMessage());
        }
    }

    private boolean isOfFormerOwner(String chunk) {
        Matcher numbered = NUMBERED.matcher(chunk.substring(prefix.length()));
        return numbered.matches() && Long.parseLong(numbered.group(1)) < epoch;
    }
}
