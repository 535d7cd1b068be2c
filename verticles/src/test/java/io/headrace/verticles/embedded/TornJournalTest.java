/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.verticles.embedded;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import java.util.zip.CRC32C;
import org.apache.bookkeeper.proto.checksum.DigestManager;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TornJournalTest {
    private static final int FILE_BYTES = 1 << 20;
    private static final int ENTRY_BYTES = 100_000;

    @TempDir
    private Path directory;

    private Path file;
    private Path mark;
    private final ByteBuffer journal = ByteBuffer.allocate(FILE_BYTES);

    @BeforeEach
    void begin() {
        file = directory.resolve("1a2b.txn");
        mark = directory.resolve("lastMark");
        journal.put(new byte[] {'B', 'K', 'L', 'G'}).putInt(6).position(512);
    }

    @Test
    void whatIsWholeStays() throws Exception {
        key(3);
        entry(3, 0);
        padding(8);
        meta(3, -0x2000);
        meta(3, -0x4000);
        entry(3, 1);
        padding(300);
        assertUntouched();
    }

    @Test
    void anEntryThatWasCutShortIsCutOff() throws Exception {
        key(3);
        entry(3, 0);
        int end = journal.position();
        entry(3, 1);
        for (int written : new int[] {1, 3, 4, 5, 12, 20, 40, 50_000, ENTRY_BYTES}) {
            assertCutAfter(written, end);
        }
    }

    @Test
    void aShortRecordThatWasCutShortIsCutOff() throws Exception {
        entry(3, 0);
        int end = journal.position();
        key(4);
        for (int written = 1; written < 20; written++) {
            assertCutAfter(written, end);
        }
        journal.position(end);
        meta(4, -0x2000);
        for (int written = 1; written < 19; written++) { // its last byte is zero
            assertCutAfter(written, end);
        }
        journal.position(end);
        padding(200);
        for (int written = 1; written < 3; written++) {
            assertCutAfter(written, end);
        }
    }

    @Test
    void anEntryWithAPageThatNeverReachedTheDiskIsCutOff() throws Exception {
        entry(3, 0);
        int end = journal.position();
        entry(3, 1);
        int second = journal.position();
        padding(200);
        assertCut(withoutPage(end + ENTRY_BYTES / 2), end);

        // The end of one record and the beginning of the next.
        journal.position(second);
        entry(3, 2);
        assertCut(withoutPage(second), end);
    }

    @Test
    void zerosBeforeWholeEntriesMayHaveBeenData() throws Exception {
        entry(3, 0);
        int end = journal.position();
        entry(3, 1);
        padding(200);
        entry(3, 2);
        assertCut(withoutPage(end + ENTRY_BYTES / 2), FILE_BYTES);
    }

    /** What is on the disk if the page that holds a position was not written. */
    private byte[] withoutPage(int position) {
        byte[] bytes = journal.array().clone();
        int page = position & -4096;
        Arrays.fill(bytes, page, page + 4096, (byte) 0);
        return bytes;
    }

    @Test
    void otherDamageIsLeftAlone() throws Exception {
        entry(3, 0);
        int damaged = journal.position() - 5_000;
        entry(3, 1);
        byte[] bytes = journal.array().clone();
        bytes[damaged] ^= 1;
        assertCut(bytes, FILE_BYTES);
    }

    @Test
    void whatTheBookieDoesNotReadIsLeftAlone() throws Exception {
        entry(3, 0);
        int marked = journal.position();
        entry(3, 1);
        int end = journal.position();
        byte[] bytes = Arrays.copyOf(Arrays.copyOf(journal.array(), marked - 10), FILE_BYTES);
        System.arraycopy(journal.array(), marked, bytes, marked, end - marked);
        Files.write(
                mark, ByteBuffer.allocate(16).putLong(0x1a2b).putLong(marked).array());
        assertCut(bytes, FILE_BYTES);

        Files.write(mark, ByteBuffer.allocate(16).putLong(0x1a2c).putLong(512).array());
        assertCut(Arrays.copyOf(Arrays.copyOf(bytes, end - 10), FILE_BYTES), FILE_BYTES);
    }

    @Test
    void filesOfOthersAreLeftAlone() throws Exception {
        Files.writeString(directory.resolve("VERSION"), "1");
        Files.writeString(directory.resolve("notes.txn"), "x".repeat(600));
        Files.writeString(directory.resolve("ff.txn"), "x".repeat(600));
        TornJournal.cut(directory, mark);
        assertThat(directory.resolve("ff.txn")).hasSize(600);
        TornJournal.cut(directory.resolve("absent"), mark);
    }

    /** Checks that the last record is cut off at {@code end} if only {@code written} bytes of it were written. */
    private void assertCutAfter(int written, int end) throws IOException {
        byte[] bytes = Arrays.copyOf(Arrays.copyOf(journal.array(), end + written), FILE_BYTES);
        boolean begun = ByteBuffer.wrap(bytes).getInt(end) != 0;
        assertCut(bytes, begun ? end : FILE_BYTES);
    }

    private void assertCut(byte[] bytes, int end) throws IOException {
        Files.write(file, bytes);
        TornJournal.cut(directory, mark);
        byte[] left = Files.readAllBytes(file);
        assertThat(left).hasSize(end);
        assertThat(Arrays.mismatch(left, Arrays.copyOf(bytes, end))).isEqualTo(-1);
    }

    private void assertUntouched() throws IOException {
        assertCut(journal.array().clone(), FILE_BYTES);
    }

    private void entry(long ledger, long entry) {
        byte[] data = new byte[ENTRY_BYTES];
        new Random(entry).nextBytes(data);
        ByteBuffer header = ByteBuffer.allocate(32)
                .putLong(ledger)
                .putLong(entry)
                .putLong(entry - 1)
                .putLong((entry + 1) * ENTRY_BYTES);
        CRC32C digest = new CRC32C();
        digest.update(header.array());
        digest.update(data);
        journal.putInt(36 + data.length)
                .put(header.array())
                .putInt((int) digest.getValue())
                .put(data);
    }

    private void key(long ledger) throws Exception {
        byte[] key = DigestManager.generateMasterKey(new byte[0]);
        journal.putInt(20 + key.length)
                .putLong(ledger)
                .putLong(-0x1000)
                .putInt(key.length)
                .put(key);
    }

    private void meta(long ledger, long what) {
        journal.putInt(16).putLong(ledger).putLong(what);
    }

    private void padding(int length) {
        journal.putInt(-0x100).putInt(length).put(new byte[length]);
    }
}
