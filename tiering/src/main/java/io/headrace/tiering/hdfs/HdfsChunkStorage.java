/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.tiering.hdfs;

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
import java.io.EOFException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Options.Rename;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.hdfs.DistributedFileSystem;
import org.apache.hadoop.hdfs.client.HdfsDataInputStream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Chunks as files in a directory of HDFS. One that is made at once is written in {@code .temporary} and renamed when it
 * is complete, which never replaces a file.
 */
public final class HdfsChunkStorage extends BlockingChunkStorage {
    private static final Logger LOG = LoggerFactory.getLogger(HdfsChunkStorage.class);
    private static final StorageTraits TRAITS = new StorageTraits(true, 1, true, true);
    private static final Duration LEFT_BEHIND = Duration.ofDays(1);
    private static final int ATTEMPTS = 10;

    private final DistributedFileSystem hdfs;
    private final Path root;
    private final Tree tree;
    private final Leases leases;

    HdfsChunkStorage(DistributedFileSystem hdfs, Path root, StorageOptions options) {
        super(hdfs.getUri() + root.toString(), options);
        this.hdfs = hdfs;
        this.root = root;
        this.tree = new Tree(hdfs, root);
        this.leases = new Leases(hdfs);
    }

    /**
     * Opens a directory of HDFS, which is made when the first chunk is. Does not ask the name node yet.
     *
     * @param directory {@code hdfs://host:port/path} or {@code hdfs://nameservice/path}
     * @param configuration directory with Hadoop's configuration files, or null if none is needed
     * @throws StorageException BAD_REQUEST if that cannot be a directory of HDFS
     */
    public static HdfsChunkStorage open(
            URI directory, java.nio.file.@Nullable Path configuration, StorageOptions options) {
        Configuration settings = Settings.load(configuration);
        try {
            FileSystem opened = FileSystem.newInstance(directory, settings);
            if (opened instanceof DistributedFileSystem hdfs) {
                HdfsChunkStorage storage = new HdfsChunkStorage(hdfs, new Path(directory.getPath()), options);
                storage.inBackground("looking for unfinished files", () -> storage.tree.dropTemporary(LEFT_BEHIND));
                return storage;
            }
            opened.close();
            throw new StorageException(
                    Kind.BAD_REQUEST,
                    directory + " is served by " + opened.getClass().getName() + "; give one of HDFS");
        } catch (IOException | IllegalArgumentException e) {
            throw new StorageException(
                    Kind.BAD_REQUEST,
                    directory + " cannot be opened (" + e + "); check its host, and name the directory with Hadoop's"
                            + " configuration if it is a name service",
                    e);
        }
    }

    @Override
    public StorageTraits traits() {
        return TRAITS;
    }

    @Override
    protected void put(ChunkName chunk, ByteBuf bytes) throws IOException {
        Path temporary = new Path(tree.temporary(), UUID.randomUUID().toString());
        try {
            HdfsChunk open = new HdfsChunk(hdfs, temporary, tree.create(temporary));
            try {
                if (bytes.isReadable()) {
                    open.append(0, bytes);
                }
                open.seal(bytes.readableBytes());
            } finally {
                open.close();
            }
            rename(temporary, chunk);
        } catch (IOException | StorageException e) {
            tree.deleteQuietly(temporary);
            throw e;
        }
    }

    private void rename(Path temporary, ChunkName chunk) throws IOException {
        Path file = tree.file(chunk);
        for (int attempt = 1; ; attempt++) {
            try {
                hdfs.rename(temporary, file, Rename.NONE);
                return;
            } catch (FileNotFoundException e) {
                // The directory may be deleted again, with the last chunk in it.
                if (attempt == ATTEMPTS) {
                    throw e;
                }
                makeDirectory(chunk);
            } catch (IOException e) {
                throw inTheWay(chunk, e);
            }
        }
    }

    private void makeDirectory(ChunkName chunk) throws IOException {
        try {
            hdfs.mkdirs(tree.file(chunk).getParent());
        } catch (IOException e) {
            throw inTheWay(chunk, e);
        }
    }

    @Override
    protected OpenChunk create(ChunkName chunk) throws IOException {
        Path file = tree.file(chunk);
        try {
            return new HdfsChunk(hdfs, file, tree.create(file));
        } catch (IOException e) {
            throw inTheWay(chunk, e);
        }
    }

    /** What a failure to make a chunk means: that there is one, perhaps. */
    private IOException inTheWay(ChunkName chunk, IOException e) throws IOException {
        FileStatus status = status(chunk);
        if (status != null && status.isFile() && Errors.isThere(e)) {
            throw new StorageException(
                    Kind.ALREADY_EXISTS, "there is a chunk " + chunk.name() + " already; use another name", e);
        }
        if ((status != null && status.isDirectory()) || tree.isBelowAFile(chunk)) {
            throw new StorageException(
                    Kind.BAD_REQUEST,
                    "chunk " + chunk.name() + " cannot be made where another name goes on or ends; use another name",
                    e);
        }
        return e;
    }

    @Override
    protected void read(ChunkName chunk, long offset, ByteBuf into) throws IOException {
        int length = into.writableBytes();
        try (FSDataInputStream in = open(chunk)) {
            try {
                long at = offset;
                for (ByteBuffer part : into.nioBuffers(into.writerIndex(), length)) {
                    int count = part.remaining();
                    in.readFully(at, part);
                    at += count;
                }
                into.writerIndex(into.writerIndex() + length);
            } catch (EOFException e) {
                long size = ((HdfsDataInputStream) in).getVisibleLength();
                throw beyond(chunk, offset + length, size);
            }
        }
    }

    private FSDataInputStream open(ChunkName chunk) throws IOException {
        try {
            return hdfs.open(tree.file(chunk));
        } catch (IOException e) {
            if (isAbsent(chunk, e)) {
                throw absent(chunk);
            }
            throw e;
        }
    }

    @Override
    protected long length(ChunkName chunk) throws IOException {
        return file(chunk).getLen();
    }

    @Override
    protected long seal(ChunkName chunk) throws IOException {
        try {
            leases.recover(tree.file(chunk));
        } catch (IOException e) {
            if (isAbsent(chunk, e)) {
                throw absent(chunk);
            }
            throw e;
        }
        return length(chunk);
    }

    @Override
    protected void delete(ChunkName chunk) throws IOException {
        FileStatus status = status(chunk);
        if (status != null && status.isFile()) {
            hdfs.delete(tree.file(chunk), false);
            tree.prune(chunk);
        }
    }

    @Override
    protected ChunkPage list(List<String> prefix, @Nullable String from, int limit) throws IOException {
        return DirectoryWalk.page(tree, prefix, from, limit);
    }

    @Override
    protected void merge(ChunkName target, List<ChunkName> sources, List<Long> lengths) throws IOException {
        new Concat(this, target, sources, lengths).run();
    }

    @Override
    protected void closeNow() {
        try {
            // What still is open belongs to workers that are stuck.
            hdfs.getClient().closeAllFilesBeingWritten(true);
            hdfs.close();
        } catch (IOException e) {
            LOG.debug("The client of {} did not close", root, e);
        }
    }

    @Override
    protected StorageException failure(String what, IOException cause) {
        return Errors.of(what, cause, hdfs.getUri() + root.toString());
    }

    DistributedFileSystem hdfs() {
        return hdfs;
    }

    Tree tree() {
        return tree;
    }

    Leases leases() {
        return leases;
    }

    /** The file of a chunk; NOT_FOUND if there is none. */
    FileStatus file(ChunkName chunk) throws IOException {
        FileStatus status = status(chunk);
        if (status == null || !status.isFile()) {
            throw absent(chunk);
        }
        return status;
    }

    /** What lies at that name, or null if the name node says that nothing does. */
    @Nullable
    FileStatus status(ChunkName chunk) throws IOException {
        try {
            return hdfs.getFileStatus(tree.file(chunk));
        } catch (IOException e) {
            if (isAbsent(chunk, e)) {
                return null;
            }
            throw e;
        }
    }

    private boolean isAbsent(ChunkName chunk, IOException e) throws IOException {
        return Errors.isAbsent(e) || (Errors.isDenied(e) && tree.isBelowAFile(chunk));
    }

    private StorageException absent(ChunkName chunk) {
        return new StorageException(
                Kind.NOT_FOUND, "there is no chunk " + chunk.name() + " in " + root + "; check who deleted it");
    }

    static StorageException beyond(ChunkName chunk, long wanted, long size) {
        return new StorageException(
                Kind.INVALID_OFFSET,
                "chunk " + chunk.name() + " has " + size + " bytes, not " + wanted + "; ask for what it has");
    }
}
