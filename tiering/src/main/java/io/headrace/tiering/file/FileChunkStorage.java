/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.tiering.file;

import io.headrace.tiering.ChunkName;
import io.headrace.tiering.ChunkPage;
import io.headrace.tiering.StorageException;
import io.headrace.tiering.StorageException.Kind;
import io.headrace.tiering.StorageOptions;
import io.headrace.tiering.StorageTraits;
import io.headrace.tiering.worker.BlockingChunkStorage;
import io.headrace.tiering.worker.DirectoryWalk;
import io.headrace.tiering.worker.OpenChunk;
import io.netty.buffer.ByteBuf;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Chunks as files in a directory, of a local file system or of NFS; {@link Root} describes the layout. A file is created
 * exclusively; one that is made at once is written elsewhere and linked to its name when it is complete.
 */
public final class FileChunkStorage extends BlockingChunkStorage {
    private static final Logger LOG = LoggerFactory.getLogger(FileChunkStorage.class);
    private static final StorageTraits TRAITS = new StorageTraits(true, 1, true, false);
    private static final Set<StandardOpenOption> READ = Set.of(StandardOpenOption.READ);
    private static final Set<StandardOpenOption> CREATE =
            Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);

    private final Root root;
    private final Channels channels;
    private final Directories directories;

    FileChunkStorage(Root root, Channels channels, StorageOptions options) {
        super("the file system of " + root.path(), options);
        this.root = root;
        this.channels = channels;
        this.directories = new Directories(root, channels);
    }

    /**
     * Opens a directory, or makes one. Blocks.
     *
     * @throws StorageException BAD_REQUEST if the directory cannot be used, UNAVAILABLE if it cannot be reached
     */
    public static FileChunkStorage open(Path directory, StorageOptions options) {
        try {
            return new FileChunkStorage(Root.open(directory), Channels.REAL, options);
        } catch (IOException e) {
            throw Errors.of("opening " + directory, e, directory);
        }
    }

    @Override
    public StorageTraits traits() {
        return TRAITS;
    }

    @Override
    protected void put(ChunkName chunk, ByteBuf bytes) throws IOException {
        complete(chunk, channel -> FileChunk.writeFully(channel, 0, bytes));
    }

    @Override
    protected OpenChunk create(ChunkName chunk) throws IOException {
        root.verify();
        FileChannel channel = directories.make(chunk, file -> channels.open(file, CREATE));
        OpenChunk open = new FileChunk(directories.file(chunk), channels, channel);
        try {
            directories.syncNames(chunk);
            return open;
        } catch (IOException e) {
            open.close();
            throw e;
        }
    }

    @Override
    protected void read(ChunkName chunk, long offset, ByteBuf into) throws IOException {
        int start = into.writerIndex();
        try {
            readOnce(chunk, offset, into);
        } catch (IOException e) {
            if (!Errors.isStale(e)) {
                throw e;
            }
            readOnce(chunk, offset, into.writerIndex(start));
        }
    }

    private void readOnce(ChunkName chunk, long offset, ByteBuf into) throws IOException {
        try (FileChannel channel = openForReading(chunk)) {
            long end = offset + into.writableBytes();
            long size = channel.size();
            if (end > size) {
                throw beyond(chunk, end, size);
            }
            while (into.isWritable()) {
                int left = into.writableBytes();
                if (into.writeBytes(channel, end - left, left) < 0) {
                    throw beyond(chunk, end, end - left);
                }
            }
        }
    }

    @Override
    protected long length(ChunkName chunk) throws IOException {
        Path file = directories.file(chunk);
        try {
            BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
            if (attributes.isRegularFile()) {
                return attributes.size();
            }
        } catch (IOException e) {
            if (!directories.isAbsent(file, e)) {
                throw e;
            }
        }
        throw absent(chunk);
    }

    @Override
    protected long seal(ChunkName chunk) throws IOException {
        try (FileChannel channel = openForReading(chunk)) {
            channel.force(true);
            FileChunk.protect(directories.file(chunk));
            return channel.size();
        }
    }

    @Override
    protected void delete(ChunkName chunk) throws IOException {
        Path file = directories.file(chunk);
        try {
            Files.delete(file);
            directories.sync(directories.directory(chunk));
            directories.prune(chunk);
        } catch (DirectoryNotEmptyException e) {
            LOG.debug("{} is no chunk", file, e);
        } catch (IOException e) {
            if (!directories.isAbsent(file, e)) {
                throw e;
            }
            root.verify();
        }
    }

    @Override
    protected ChunkPage list(List<String> prefix, @Nullable String from, int limit) throws IOException {
        return DirectoryWalk.page(directories, prefix, from, limit);
    }

    @Override
    protected void merge(ChunkName target, List<ChunkName> sources, List<Long> lengths) throws IOException {
        long total = lengths.stream().mapToLong(Long::longValue).sum();
        if (isMerged(target, total)) {
            directories.syncNames(target);
            return;
        }
        complete(target, channel -> {
            for (int i = 0; i < sources.size(); i++) {
                append(channel, sources.get(i), lengths.get(i));
            }
        });
    }

    /** Whether a repeated merge has nothing to do any more. */
    private boolean isMerged(ChunkName target, long total) throws IOException {
        try {
            return length(target) == total;
        } catch (StorageException e) {
            if (e.kind() == Kind.NOT_FOUND) {
                return false;
            }
            throw e;
        }
    }

    /** The system copies, or shares the blocks if it can. */
    private void append(FileChannel into, ChunkName source, long length) throws IOException {
        try (FileChannel from = openForReading(source)) {
            if (from.size() < length) {
                throw beyond(source, length, from.size());
            }
            long copied = 0;
            while (copied < length) {
                long count = from.transferTo(copied, length - copied, into);
                if (count == 0) {
                    throw beyond(source, length, from.size());
                }
                copied += count;
            }
        }
    }

    @Override
    protected void closeNow() {
        // Files that are open belong to their writers.
    }

    @Override
    protected StorageException failure(String what, IOException cause) {
        return Errors.of(what, cause, root.path());
    }

    /** What fills a new file. */
    private interface Filling {
        void fill(FileChannel channel) throws IOException;
    }

    /** Makes a chunk that appears when it is complete and synced. */
    private void complete(ChunkName chunk, Filling filling) throws IOException {
        Path temporary = root.temporary();
        try {
            try (FileChannel channel = channels.open(temporary, CREATE)) {
                filling.fill(channel);
                channel.force(true);
            }
            FileChunk.protect(temporary);
            directories.make(chunk, file -> link(file, temporary));
            directories.syncNames(chunk);
        } finally {
            Files.deleteIfExists(temporary);
        }
    }

    private static Path link(Path file, Path temporary) throws IOException {
        try {
            return Files.createLink(file, temporary);
        } catch (FileAlreadyExistsException e) {
            // A server of files may have made the link, lost its answer, and been asked again.
            if (Files.isSameFile(file, temporary)) {
                return file;
            }
            throw e;
        }
    }

    private FileChannel openForReading(ChunkName chunk) throws IOException {
        Path file = directories.file(chunk);
        try {
            if (!Files.isDirectory(file)) {
                return channels.open(file, READ);
            }
        } catch (IOException e) {
            if (!directories.isAbsent(file, e)) {
                throw e;
            }
        }
        throw absent(chunk);
    }

    private StorageException absent(ChunkName chunk) throws IOException {
        root.verify();
        return new StorageException(
                Kind.NOT_FOUND, "there is no chunk " + chunk.name() + " in " + root.path() + "; check who deleted it");
    }

    private static StorageException beyond(ChunkName chunk, long wanted, long size) {
        return new StorageException(
                Kind.INVALID_OFFSET,
                "chunk " + chunk.name() + " has " + size + " bytes, not " + wanted + "; ask for what it has");
    }
}
