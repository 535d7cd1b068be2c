/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.tiering.hdfs;

import io.headrace.tiering.ChunkName;
import io.headrace.tiering.StorageException;
import io.headrace.tiering.StorageException.Kind;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.hdfs.DistributedFileSystem;

/**
 * One merge by moving blocks. The name node does the move itself at one stroke: before it the sources are whole and the
 * target is missing or empty, after it the target is whole and the sources are gone. So a merge can be repeated, whatever
 * has become of it.
 *
 * <p>What the name node does not accept is taken care of before: sources that are open, empty, or longer than they should
 * be.
 */
final class Concat {
    private final HdfsChunkStorage storage;
    private final DistributedFileSystem hdfs;
    private final ChunkName target;
    private final List<ChunkName> sources;
    private final List<Long> lengths;
    private final long total;

    Concat(HdfsChunkStorage storage, ChunkName target, List<ChunkName> sources, List<Long> lengths) {
        this.storage = storage;
        this.hdfs = storage.hdfs();
        this.target = target;
        this.sources = sources;
        this.lengths = lengths;
        this.total = lengths.stream().mapToLong(Long::longValue).sum();
    }

    void run() throws IOException {
        Path file = storage.tree().file(target);
        FileStatus status = storage.status(target);
        if (status == null || status.getLen() != total || total == 0) {
            if (status != null && (status.getLen() != 0 || !status.isFile())) {
                throw new StorageException(
                        Kind.ALREADY_EXISTS,
                        target.name() + " has " + status.getLen() + " bytes, not the " + total
                                + " of this merge; use another name");
            }
            move(file, status != null);
        }
        for (int i = 0; i < sources.size(); i++) {
            if (lengths.get(i) == 0) {
                hdfs.delete(storage.tree().file(sources.get(i)), false);
            }
        }
    }

    private void move(Path file, boolean exists) throws IOException {
        List<Path> moved = new ArrayList<>();
        long blockSize = hdfs.getDefaultBlockSize(file);
        for (int i = 0; i < sources.size(); i++) {
            if (lengths.get(i) > 0) {
                FileStatus source = prepare(sources.get(i), lengths.get(i));
                blockSize = Math.max(blockSize, source.getBlockSize());
                moved.add(source.getPath());
            }
        }
        if (!exists) {
            storage.tree().create(file, blockSize).close();
        }
        if (!moved.isEmpty()) {
            storage.leases().recover(file);
            hdfs.concat(file, moved.toArray(new Path[0]));
        }
    }

    /** Closes a source and cuts it to length. */
    private FileStatus prepare(ChunkName source, long length) throws IOException {
        storage.seal(source);
        FileStatus status = storage.file(source);
        if (status.getLen() < length) {
            throw HdfsChunkStorage.beyond(source, length, status.getLen());
        }
        if (status.getLen() > length) {
            storage.leases().truncate(status.getPath(), length);
        }
        return status;
    }
}
