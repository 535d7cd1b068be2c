/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.tiering.hdfs;

import io.headrace.tiering.ChunkName;
import io.headrace.tiering.worker.DirectoryWalk;
import io.headrace.tiering.worker.DirectoryWalk.Entry;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import org.apache.hadoop.fs.CreateFlag;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.PathIsNotEmptyDirectoryException;
import org.apache.hadoop.fs.permission.FsPermission;
import org.apache.hadoop.hdfs.DistributedFileSystem;
import org.apache.hadoop.hdfs.client.HdfsDataOutputStream;
import org.apache.hadoop.hdfs.protocol.DirectoryListing;
import org.apache.hadoop.hdfs.protocol.HdfsFileStatus;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The directories and files below the root. */
final class Tree implements DirectoryWalk.Directories {
    private static final Logger LOG = LoggerFactory.getLogger(Tree.class);
    private static final String TEMPORARY = ".temporary";
    private static final int BUFFER_BYTES = 64 << 10;

    private final DistributedFileSystem hdfs;
    private final Path root;

    Tree(DistributedFileSystem hdfs, Path root) {
        this.hdfs = hdfs;
        this.root = root;
    }

    Path file(ChunkName chunk) {
        return path(chunk.segments());
    }

    Path temporary() {
        return new Path(root, TEMPORARY);
    }

    private Path path(List<String> segments) {
        Path path = root;
        for (String segment : segments) {
            path = new Path(path, segment);
        }
        return path;
    }

    /** Creates a file, and its directories, if there is none. */
    HdfsDataOutputStream create(Path file) throws IOException {
        return create(file, hdfs.getDefaultBlockSize(file));
    }

    /** A sync reaches the last block only, so that blocks have to be synced when they are complete. */
    HdfsDataOutputStream create(Path file, long blockSize) throws IOException {
        return (HdfsDataOutputStream) hdfs.create(
                file,
                FsPermission.getFileDefault(),
                EnumSet.of(CreateFlag.CREATE, CreateFlag.SYNC_BLOCK),
                BUFFER_BYTES,
                hdfs.getDefaultReplication(file),
                blockSize,
                null,
                null);
    }

    /** Deletes the directories of a chunk that has been deleted if they are empty. If that fails they stay: they do no harm. */
    void prune(ChunkName chunk) {
        try {
            for (int depth = chunk.directory().size(); depth > 0; depth--) {
                hdfs.delete(path(chunk.directory().subList(0, depth)), false);
            }
        } catch (PathIsNotEmptyDirectoryException e) {
            LOG.trace("{} has other chunks beside it", chunk, e);
        } catch (IOException e) {
            LOG.debug("The directories of {} could not be deleted", chunk, e);
        }
    }

    /** Whether a directory of the chunk is in fact a file. */
    boolean isBelowAFile(ChunkName chunk) throws IOException {
        try {
            for (int depth = 1; depth <= chunk.directory().size(); depth++) {
                if (hdfs.getFileStatus(path(chunk.directory().subList(0, depth)))
                        .isFile()) {
                    return true;
                }
            }
            return false;
        } catch (FileNotFoundException e) {
            return false;
        }
    }

    void deleteQuietly(Path temporary) {
        try {
            hdfs.delete(temporary, false);
        } catch (IOException e) {
            LOG.debug("{} could not be deleted, and will be when it is old", temporary, e);
        }
    }

    @Override
    public List<Entry> entries(List<String> directory, String after, int max) throws IOException {
        String path = path(directory).toUri().getPath();
        byte[] last = after.getBytes(StandardCharsets.UTF_8);
        List<Entry> entries = new ArrayList<>();
        boolean more = true;
        while (more && entries.size() < max) {
            DirectoryListing listing = hdfs.getClient().listPaths(path, last);
            more = listing != null && listing.hasMore();
            if (listing != null) {
                last = listing.getLastName();
                for (HdfsFileStatus status : listing.getPartialListing()) {
                    entries.add(new Entry(status.getLocalName(), status.isDirectory(), status.getLen()));
                }
            }
        }
        return entries.size() <= max ? entries : entries.subList(0, max);
    }

    /** Removes what a process has left that died long ago. */
    void dropTemporary(Duration age) throws IOException {
        for (FileStatus status : hdfs.listStatus(temporary())) {
            if (status.getModificationTime() < System.currentTimeMillis() - age.toMillis()) {
                LOG.info("Deleting {}, which a process has left unfinished", status.getPath());
                hdfs.delete(status.getPath(), false);
            }
        }
    }
}
