/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.engine.segments;

import io.headrace.engine.partition.Turn;
import io.headrace.tiering.ChunkPage;
import io.headrace.tiering.ChunkSlice;
import io.headrace.tiering.ChunkStorage;
import io.headrace.tiering.ChunkWriter;
import io.headrace.tiering.Done;
import io.headrace.tiering.StorageException;
import io.netty.buffer.ByteBuf;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Calls of the storage in terms of chunk numbers, with answers that come in a turn. A chunk's name is {@code
 * partition-tag/number-epoch}, with the tag in hexadecimal.
 */
final class ChunkAccess {
    /** Receives an answer, in a turn. */
    interface Answered<T> extends BiConsumer<T, Turn<SegmentCommand, SegmentReply>> {}

    /** Receives a failure, in a turn. */
    interface Failed extends BiConsumer<StorageException, Turn<SegmentCommand, SegmentReply>> {}

    private final Tier tier;
    private final Chunks chunks;
    private final Completions completions;
    private String problem = "";
    private long epoch;
    private long number;

    ChunkAccess(Tier tier, Chunks chunks, Completions completions) {
        this.tier = tier;
        this.chunks = chunks;
        this.completions = completions;
    }

    void begin(long epoch) {
        this.epoch = epoch;
    }

    /** Epoch of this owner. */
    long epoch() {
        return epoch;
    }

    /** Has a segment brought into memory. */
    void load(long segment) {
        tier.self().accept(new SegmentCommand.Load(segment));
    }

    /** Whether there is a storage: without one nothing else may be asked for. */
    boolean isPossible() {
        return tier.storage() != null;
    }

    private ChunkStorage storage() {
        return Objects.requireNonNull(tier.storage(), "there is no long-term storage");
    }

    boolean readableBeforeSeal() {
        return storage().traits().readableBeforeSeal();
    }

    boolean merges() {
        return storage().traits().merges();
    }

    boolean mergeConsumesSources() {
        return storage().traits().mergeConsumesSources();
    }

    /** What the last failure said. */
    String problem() {
        return problem;
    }

    /** A number that no chunk of this epoch has had. */
    long nextNumber() {
        number = Math.max(number + 1, chunks.next());
        if (number > Extents.MAX_CHUNK_NUMBER) {
            throw new IllegalStateException("there are no numbers left for chunks");
        }
        return number;
    }

    /** What the names of all chunks of this partition begin with. */
    String prefix() {
        return tier.partition() + "-" + String.format(Locale.ROOT, "%016x", chunks.tag()) + "/";
    }

    private String name(long chunk, long epochOfChunk) {
        return prefix() + chunk + "-" + epochOfChunk;
    }

    void identity(Answered<String> done, Failed failed) {
        storage().identity(tier.loop(), completions.callback(done, noted(failed), ChunkAccess::nothing));
    }

    void create(long chunk, Answered<ChunkWriter> done, Failed failed) {
        storage()
                .create(name(chunk, epoch), tier.loop(), completions.callback(done, noted(failed), ChunkWriter::close));
    }

    void write(ChunkWriter writer, ByteBuf data, Answered<Long> done, Failed failed) {
        writer.write(writer.length(), data, completions.callback(done, noted(failed), ChunkAccess::nothing));
    }

    void seal(ChunkWriter writer, Answered<Long> done, Failed failed) {
        writer.seal(completions.callback(done, noted(failed), ChunkAccess::nothing));
    }

    void put(long chunk, ByteBuf data, Answered<Done> done, Failed failed) {
        storage()
                .put(
                        name(chunk, epoch),
                        data,
                        tier.loop(),
                        completions.callback(done, noted(failed), ChunkAccess::nothing));
    }

    void seal(Chunk chunk, Answered<Long> done, Failed failed) {
        storage()
                .seal(
                        name(chunk.number, chunk.epoch),
                        tier.loop(),
                        completions.callback(done, noted(failed), ChunkAccess::nothing));
    }

    void read(Chunk chunk, int offset, ByteBuf into, Answered<ByteBuf> done, Failed failed) {
        storage()
                .read(
                        name(chunk.number, chunk.epoch),
                        offset,
                        into,
                        tier.loop(),
                        completions.callback(done, noted(failed), ByteBuf::release));
    }

    void delete(Chunk chunk, Answered<Done> done, Failed failed) {
        delete(name(chunk.number, chunk.epoch), done, failed);
    }

    void delete(String name, Answered<Done> done, Failed failed) {
        storage().delete(name, tier.loop(), completions.callback(done, noted(failed), ChunkAccess::nothing));
    }

    void list(@Nullable String from, int limit, Answered<ChunkPage> done, Failed failed) {
        storage()
                .list(
                        prefix(),
                        from,
                        limit,
                        tier.loop(),
                        completions.callback(done, noted(failed), ChunkAccess::nothing));
    }

    /** Joins chunks, whose rows must be in memory. */
    void merge(ChunkJoin target, Answered<Long> done, Failed failed) {
        List<ChunkSlice> slices = target.sources.stream()
                .map(source -> new ChunkSlice(name(source.chunk(), epochOf(source.chunk())), source.length()))
                .toList();
        storage()
                .merge(
                        name(target.number, target.epoch),
                        slices,
                        tier.loop(),
                        completions.callback(done, noted(failed), ChunkAccess::nothing));
    }

    private long epochOf(long chunk) {
        Chunk row = chunks.find(chunk);
        if (row == null) {
            throw new IllegalStateException("chunk " + chunk + " is joined and not known");
        }
        return row.epoch;
    }

    private static void nothing(Object value) {}

    private Failed noted(Failed failed) {
        return (failure, turn) -> {
            problem = String.valueOf(failure.getMessage());
            failed.accept(failure, turn);
        };
    }
}
