/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.verticles.embedded;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Reads what a {@link JournalWriter} has written: up to the first frame that did not reach the disk as a whole, as after a
 * kill or a power failure. It had not been synced, so that nothing from there on has been acknowledged. Unless a frame further
 * on says that it had: then the file is damaged, and what cannot be read is not taken for absent.
 */
final class JournalReader extends SequentialChannel {
    private final TreeMap<Long, ByteBuffer> payloads = new TreeMap<>();
    private long position;

    /**
     * Looks through the file, which may be closed then.
     *
     * @throws IOException if it cannot be read, or is damaged
     */
    JournalReader(Path path, FileChannel file, long journal) throws IOException {
        ByteBuffer bytes = file.map(MapMode.READ_ONLY, 0, file.size());
        long offset = 0;
        int end = 0;
        JournalFrame frame = JournalFrame.at(bytes, 0, journal);
        while (frame != null && frame.offset() == offset) {
            payloads.put(offset, frame.payload());
            offset += frame.payload().limit();
            end = frame.end();
            frame = JournalFrame.at(bytes, end, journal);
        }
        for (int at = end; at < bytes.limit(); at += JournalFrame.SECTOR_BYTES) {
            JournalFrame later = JournalFrame.at(bytes, at, journal);
            if (later != null && later.synced() > offset) {
                throw new IOException("the journal file " + path + " is damaged at byte " + end
                        + ": what was there had been synced, as that at byte " + at + " says");
            }
        }
    }

    @Override
    public int read(ByteBuffer target) {
        Map.@Nullable Entry<Long, ByteBuffer> payload = payloads.floorEntry(position);
        if (payload == null) {
            return -1;
        }
        int from = (int) Math.min(payload.getValue().limit(), position - payload.getKey());
        int length = Math.min(target.remaining(), payload.getValue().limit() - from);
        if (length == 0) {
            return target.hasRemaining() ? -1 : 0;
        }
        target.put(payload.getValue().slice(from, length));
        position += length;
        return length;
    }

    @Override
    public long position() {
        return position;
    }

    @Override
    public FileChannel position(long newPosition) {
        position = newPosition;
        return this;
    }

    @Override
    protected void implCloseChannel() {
        payloads.clear();
    }
}
