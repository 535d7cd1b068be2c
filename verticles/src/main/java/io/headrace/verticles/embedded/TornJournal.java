/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.verticles.embedded;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Cuts off what a killed process, a full disk or a power failure left half-written at the end of the bookie's journal.
 *
 * <p>The bookie extends a journal file ahead of its writes, so a record that was cut short is followed by zeros; at its
 * next start the bookie takes them for the rest of the record, and a log whose last entry is such a record could never
 * be opened again. With several bookies another copy would help; here there is none. What is cut off had not been
 * acknowledged, because an entry is acknowledged only when the journal up to its end is synced: then no part of it is
 * missing. A record that is damaged in any other way, or that whole entries follow, is left alone: what cannot be read is
 * not taken for absent.
 */
final class TornJournal {
    private static final Logger LOG = LoggerFactory.getLogger(TornJournal.class);
    private static final String SUFFIX = ".txn";
    private static final byte[] MAGIC = {'B', 'K', 'L', 'G'};
    private static final int MIN_VERSION = 5;
    private static final int HEADER_BYTES = 512;
    private static final int MARK_BYTES = 16;

    /** What reaches the disk as a whole or not at all. */
    private static final int PAGE_BYTES = 4096;

    /** Fewer zeros than these may well be data. */
    private static final int MIN_HOLE_BYTES = 512;

    private final Path file;
    private final ByteBuffer bytes;

    private TornJournal(Path file, ByteBuffer bytes) {
        this.file = file;
        this.bytes = bytes;
    }

    /**
     * To be called before the bookie is started.
     *
     * @param journal directory with the journal files; may be absent
     * @param lastMark file in which the bookie notes from where it reads them; may be absent
     */
    static void cut(Path journal, Path lastMark) throws IOException {
        if (!Files.isDirectory(journal)) {
            return;
        }
        ByteBuffer mark = readMark(lastMark);
        long markedFile = mark.getLong();
        long markedOffset = mark.getLong();
        List<Path> files;
        try (Stream<Path> found = Files.list(journal)) {
            files = found.filter(file -> id(file) >= markedFile).sorted().toList();
        }
        for (Path file : files) {
            cut(file, id(file) == markedFile ? Math.max(HEADER_BYTES, markedOffset) : HEADER_BYTES);
        }
    }

    private static ByteBuffer readMark(Path lastMark) throws IOException {
        try {
            byte[] mark = Files.readAllBytes(lastMark);
            return ByteBuffer.wrap(mark.length == MARK_BYTES ? mark : new byte[MARK_BYTES]);
        } catch (NoSuchFileException e) {
            return ByteBuffer.allocate(MARK_BYTES);
        }
    }

    /** The number that a journal file is named by; -1 if it is another file. */
    private static long id(Path file) {
        String name = Objects.toString(file.getFileName());
        try {
            return name.endsWith(SUFFIX) ? Long.parseLong(name.substring(0, name.length() - SUFFIX.length()), 16) : -1;
        } catch (NumberFormatException e) {
            return -1;
        }
    }

    private static void cut(Path file, long start) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            long size = channel.size();
            if (size <= start || size > Integer.MAX_VALUE) {
                return;
            }
            TornJournal journal = new TornJournal(file, channel.map(FileChannel.MapMode.READ_ONLY, 0, size));
            int end = journal.isKnown() ? journal.tornRecord((int) start) : -1;
            if (end >= 0) {
                LOG.info(
                        "Journal file {} ends in a record that was not written to its end; it is cut at {}", file, end);
                channel.truncate(end);
                channel.force(true);
            }
        }
    }

    private boolean isKnown() {
        byte[] magic = new byte[MAGIC.length];
        bytes.get(0, magic);
        return Arrays.equals(magic, MAGIC) && bytes.getInt(MAGIC.length) >= MIN_VERSION;
    }

    /** Position of the first record after {@code start} that was not written to its end; -1 if there is none. */
    private int tornRecord(int start) {
        int torn = -1;
        int position = start;
        while (position + Integer.BYTES <= bytes.limit() && bytes.getInt(position) != 0) {
            JournalRecord record = JournalRecord.at(bytes, position);
            if (record.end() > bytes.limit()) {
                break; // the bookie sees that itself
            }
            int end = (int) record.end();
            if (!record.isIntact()) {
                if (torn < 0 && (isZero(end - 1, bytes.limit()) || hasZeroPage(position, end))) {
                    torn = position;
                } else {
                    LOG.warn("Journal file {} has a damaged record at {}", file, position);
                }
            } else if (torn >= 0 && record.isProvenEntry()) {
                // What follows may have been acknowledged, and zeros may have been data.
                LOG.warn("Journal file {} has a damaged record at {}, before whole ones", file, torn);
                torn = -1;
            }
            position = end;
        }
        return torn;
    }

    private boolean hasZeroPage(int from, int end) {
        for (int page = from & -PAGE_BYTES; page < end; page += PAGE_BYTES) {
            int first = Math.max(from, page);
            int last = Math.min(end, page + PAGE_BYTES);
            if (last - first >= MIN_HOLE_BYTES && isZero(first, last)) {
                return true;
            }
        }
        return false;
    }

    private boolean isZero(int from, int end) {
        for (int i = from; i < end; i++) {
            if (bytes.get(i) != 0) {
                return false;
            }
        }
        return true;
    }
}
