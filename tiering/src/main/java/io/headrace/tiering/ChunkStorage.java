/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.tiering;

import io.netty.buffer.ByteBuf;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Long-term storage. It holds chunks: sequences of bytes that are created once, by one writer, and never change after
 * they are sealed. A chunk's name carries the epoch of the partition that makes it, so that no two owners ever write to
 * the same chunk; all that a storage guarantees between processes is that a name is created once.
 *
 * <p>A storage knows nothing of what chunks mean. In particular, bytes beyond the length that a chunk's owner has recorded
 * elsewhere do not count, and a chunk that nobody has recorded is garbage.
 *
 * <p>All methods can be called from any thread, never block and never throw for a fault of the storage or of a name: that
 * is told to the callback, which is called exactly once, on the executor given. Each operation has a deadline, after which
 * it fails with UNAVAILABLE. Buffers passed in belong to the storage, whatever happens; buffers passed out belong to the
 * receiver.
 *
 * <p>Names are described in {@link ChunkName}. No name may go on where another one ends: if there is a chunk {@code a/b},
 * there can be none called {@code a/b/c}.
 */
public interface ChunkStorage extends AutoCloseable {

    StorageTraits traits();

    /**
     * The identity of this storage: a UUID, made up when it is first asked for and kept beside the chunks. Whoever keeps
     * the names of chunks should keep it, too, and compare: an empty directory where a file system is not mounted, and a
     * wrong bucket, look like a storage from which everything was deleted.
     */
    void identity(CallbackExecutor executor, Callback<String> identity);

    /**
     * Creates a chunk with all its bytes and seals it. The chunk appears whole or not at all, and is durable when this is
     * acknowledged. After UNAVAILABLE it may have appeared, or may yet appear: use another name.
     *
     * @param put fails with ALREADY_EXISTS if there is a chunk of that name
     */
    void put(String chunk, ByteBuf bytes, CallbackExecutor executor, Callback<Done> put);

    /**
     * Creates an empty chunk to write to. After UNAVAILABLE it may have been created: use another name.
     *
     * @param executor also for the writer
     * @param created fails with ALREADY_EXISTS if there is a chunk of that name. Of several who create the same chunk at
     *     the same time at most one succeeds; where {@link StorageTraits#readableBeforeSeal} is false, the others may
     *     learn it when they seal
     */
    void create(String chunk, CallbackExecutor executor, Callback<ChunkWriter> created);

    /**
     * Reads a part of a chunk.
     *
     * @param into says by its writable bytes, at least one, how much to read
     * @param read receives {@code into}, filled. Fails with INVALID_OFFSET if the chunk ends before that
     */
    void read(String chunk, long offset, ByteBuf into, CallbackExecutor executor, Callback<ByteBuf> read);

    /** Length of a chunk in bytes: at least what has been acknowledged to its writer, if it can be read yet. */
    void length(String chunk, CallbackExecutor executor, Callback<Long> length);

    /** Whether there is a chunk of that name. A chunk that cannot be read just now fails; it never counts as absent. */
    void exists(String chunk, CallbackExecutor executor, Callback<Boolean> exists);

    /**
     * Ends a chunk whose writer is gone, so that it can be merged. Sealing twice does no harm.
     *
     * @param sealed receives the length, which can be more than what was acknowledged to the writer
     */
    void seal(String chunk, CallbackExecutor executor, Callback<Long> sealed);

    /**
     * Deletes a chunk, sealed or not, and what its writer has left behind of it. Succeeds if there is none, so that it can
     * be repeated.
     */
    void delete(String chunk, CallbackExecutor executor, Callback<Done> deleted);

    /**
     * Lists chunks. What exists from the first page to the last is listed once.
     *
     * @param prefix empty, or whole segments of names with a {@code /} at the end: {@code a/b/}
     * @param from null, then {@link ChunkPage#next} of the page before
     * @param limit of chunks in the page, 1 to 1,000
     */
    void list(String prefix, @Nullable String from, int limit, CallbackExecutor executor, Callback<ChunkPage> listed);

    /**
     * Joins sealed chunks into a new, sealed one, if {@link StorageTraits#merges} says so. All are in the same directory,
     * that is, their names differ in the last segment only.
     *
     * <p>After UNAVAILABLE the same merge, with the same target and sources, must be repeated until it is known how it
     * ended, since a merge that consumes its sources may have consumed them. Its owner therefore records the intent
     * first.
     *
     * @param target a new name, used for this merge only
     * @param sources at least one, each once. Bytes beyond a slice are left out
     * @param merged receives the length of the target, the sum of the slices. Fails with ALREADY_EXISTS if the target
     *     exists and has another length
     */
    void merge(String target, List<ChunkSlice> sources, CallbackExecutor executor, Callback<Long> merged);

    /** Closes the storage. Operations that are under way fail with UNAVAILABLE. Blocks for a moment. */
    @Override
    void close();
}
