/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.tiering.file;

import io.headrace.tiering.StorageException;
import io.headrace.tiering.StorageException.Kind;
import io.headrace.tiering.worker.OpenChunk;
import io.netty.buffer.ByteBuf;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A file that is being written. */
final class FileChunk implements OpenChunk {
    private static final Logger LOG = LoggerFactory.getLogger(FileChunk.class);

    private final Path file;
    private final Channels channels;
    private FileChannel channel;

    FileChunk(Path file, Channels channels, FileChannel channel) {
        this.file = file;
        this.channels = channels;
        this.channel = channel;
    }

    /**
     * Writes and syncs. A handle that has become stale is replaced, and everything that it has not synced is written
     * again, which is these bytes and no others. Any other failure is final: after a failed sync the system may have
     * thrown away what was to be synced, and a second one would succeed without having written anything.
     */
    @Override
    public void append(long offset, ByteBuf bytes) throws IOException {
        try {
            write(offset, bytes);
        } catch (IOException e) {
            if (!Errors.isStale(e)) {
                throw e;
            }
            LOG.info("The handle of {} is stale, opening the file again", file, e);
            reopen(offset);
            write(offset, bytes);
        }
    }

    private void write(long offset, ByteBuf bytes) throws IOException {
        writeFully(channel, offset, bytes);
        channel.force(false);
    }

    private void reopen(long offset) throws IOException {
        close();
        channel = channels.open(file, Set.of(StandardOpenOption.WRITE));
        if (channel.size() < offset) {
            throw shorter(offset);
        }
    }

    /** The length is checked, since this is the last chance to notice that somebody else has touched the file. */
    @Override
    public void seal(long length) throws IOException {
        long size = channel.size();
        if (size < length) {
            throw shorter(length);
        }
        channel.force(true);
        protect(file);
    }

    private StorageException shorter(long length) throws IOException {
        return new StorageException(
                Kind.CORRUPT,
                file + " has " + channel.size() + " of the " + length
                        + " bytes that were written; find out who else writes there, and do not delete anything");
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            // Everything that was acknowledged has been synced.
            LOG.debug("{} did not close", file, e);
        }
    }

    static void writeFully(FileChannel channel, long offset, ByteBuf bytes) throws IOException {
        int count = bytes.readableBytes();
        int written = 0;
        while (written < count) {
            written += bytes.getBytes(bytes.readerIndex() + written, channel, offset + written, count - written);
        }
    }

    /** Keeps people from changing a sealed chunk by mistake. That it works is not relied on. */
    static void protect(Path file) {
        if (!file.toFile().setReadOnly()) {
            LOG.debug("{} cannot be made read-only", file);
        }
    }
}
