/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.verticles.embedded;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;

/**
 * Writes a journal file, a {@link JournalFrame} for each buffer.
 *
 * <p>The file has its blocks before they are written to, from a former use or filled with zeros a little ahead, so that a sync
 * has nothing to tell the file system: it takes half the time. Pages are written whole; one that has left the system's
 * memory is not read back for what is behind the end.
 *
 * <p>The bookie writes with one thread and syncs with another.
 */
final class JournalWriter extends SequentialChannel {
    private static final int PAGE_BYTES = 4_096;
    private static final int AHEAD_BYTES = 1 << 20;
    private static final int ZERO_BYTES = 64 << 10;

    private final FileChannel file;
    private final long journal;
    private final ByteBuffer header = ByteBuffer.allocateDirect(JournalFrame.HEADER_BYTES);
    private final ByteBuffer zeros = ByteBuffer.allocateDirect(ZERO_BYTES);
    private long end;
    private long size;
    private volatile long written;
    private volatile long synced;

    /**
     * Begins at the beginning of a file.
     *
     * @param file whatever it holds is written over
     * @param journal number of the journal
     */
    JournalWriter(FileChannel file, long journal) throws IOException {
        this.file = file;
        this.journal = journal;
        size = file.size();
    }

    @Override
    public int write(ByteBuffer source) throws IOException {
        int length = source.remaining();
        if (length == 0) {
            return 0;
        }
        long offset = written;
        JournalFrame.putHeader(header, journal, offset, synced, source);
        long next = JournalFrame.roundUp(end + JournalFrame.HEADER_BYTES + length, JournalFrame.SECTOR_BYTES);
        long page = JournalFrame.roundUp(next, PAGE_BYTES);
        fill(page);
        zeros.clear().limit((int) (page - end - JournalFrame.HEADER_BYTES - length));
        ByteBuffer[] frame = {header, source, zeros};
        file.position(end);
        while (zeros.hasRemaining() || source.hasRemaining()) {
            file.write(frame);
        }
        end = next;
        written = offset + length;
        return length;
    }

    /** Only what the bookie would set aside for later comes here, which {@link #fill} sees to. */
    @Override
    public int write(ByteBuffer source, long position) {
        int length = source.remaining();
        source.position(source.limit());
        return length;
    }

    /** Sees that the file has blocks up to a position. */
    private void fill(long to) throws IOException {
        if (to <= size) {
            return;
        }
        long filled = JournalFrame.roundUp(to, AHEAD_BYTES);
        while (size < filled) {
            zeros.clear().limit((int) Math.min(ZERO_BYTES, filled - size));
            size += file.write(zeros, size);
        }
    }

    @Override
    public long position() {
        return written;
    }

    @Override
    public void force(boolean metadata) throws IOException {
        long before = written;
        file.force(metadata);
        synced = before;
    }

    @Override
    protected void implCloseChannel() throws IOException {
        file.close();
    }
}
