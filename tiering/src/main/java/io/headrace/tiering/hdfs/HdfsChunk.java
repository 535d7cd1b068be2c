/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.tiering.hdfs;

import io.headrace.tiering.StorageException;
import io.headrace.tiering.StorageException.Kind;
import io.headrace.tiering.worker.OpenChunk;
import io.netty.buffer.ByteBuf;
import java.io.IOException;
import java.util.EnumSet;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.hdfs.DistributedFileSystem;
import org.apache.hadoop.hdfs.client.HdfsDataOutputStream;
import org.apache.hadoop.hdfs.client.HdfsDataOutputStream.SyncFlag;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A file of HDFS that is being written. */
final class HdfsChunk implements OpenChunk {
    private static final Logger LOG = LoggerFactory.getLogger(HdfsChunk.class);

    private final DistributedFileSystem hdfs;
    private final Path file;
    private final HdfsDataOutputStream out;

    HdfsChunk(DistributedFileSystem hdfs, Path file, HdfsDataOutputStream out) {
        this.hdfs = hdfs;
        this.file = file;
        this.out = out;
    }

    /** The name node is told the new length, so that it survives this client even if nobody asks the data nodes. */
    @Override
    public void append(long offset, ByteBuf bytes) throws IOException {
        bytes.getBytes(bytes.readerIndex(), out, bytes.readableBytes());
        out.hsync(EnumSet.of(SyncFlag.UPDATE_LENGTH));
    }

    @Override
    public void seal(long length) throws IOException {
        out.close();
        long size = hdfs.getFileStatus(file).getLen();
        if (size != length) {
            throw new StorageException(
                    Kind.CORRUPT,
                    file + " has " + size + " bytes, but " + length
                            + " were written; find out who else writes there, and do not delete anything");
        }
    }

    @Override
    public void close() {
        try {
            out.close();
        } catch (IOException e) {
            // What was acknowledged has been synced; the lease is recovered by whoever seals the chunk.
            LOG.debug("{} did not close", file, e);
        }
    }
}
