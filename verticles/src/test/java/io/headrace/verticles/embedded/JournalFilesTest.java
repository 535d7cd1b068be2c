/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.verticles.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.apache.bookkeeper.bookie.BookieFileChannel;
import org.apache.bookkeeper.conf.ServerConfiguration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JournalFilesTest {
    private static final int PAGE = 4_096;

    private final JournalFiles files = new JournalFiles();
    private final ServerConfiguration configuration = new ServerConfiguration();

    @TempDir
    private Path directory;

    private Path journals;

    @BeforeEach
    void prepare() throws IOException {
        journals = Files.createDirectories(directory.resolve("journal/current"));
    }

    @Test
    void whatIsWrittenIsRead() throws IOException {
        Random random = new Random(1);
        for (int round = 0; round < 20; round++) {
            List<byte[]> chunks = chunks(random, 1 + random.nextInt(30));
            write(round + 1, chunks, true);
            byte[] all = join(chunks);
            assertThat(read(round + 1, 0)).isEqualTo(all);
            int from = random.nextInt(all.length + 1);
            assertThat(read(round + 1, from)).isEqualTo(Arrays.copyOfRange(all, from, all.length));
        }
    }

    /** Whatever is behind it, be it zeros or what the file was used for before. */
    @Test
    void whatWasCutShortIsReadUpToTheLastWholeFrame() throws IOException {
        Random random = new Random(2);
        for (int round = 0; round < 40; round++) {
            List<byte[]> former = chunks(random, random.nextInt(20));
            Path file = write(1, former, true);
            byte[] before = Files.readAllBytes(file);
            Files.delete(file);
            List<byte[]> chunks = chunks(random, 1 + random.nextInt(20));
            file = write(2, chunks, false);
            byte[] after = Files.readAllBytes(file);

            // Pages reach the disk in any order.
            byte[] found = Arrays.copyOf(before, Math.max(before.length, after.length));
            int first = found.length;
            for (int page = 0; page < after.length; page += PAGE) {
                if (random.nextInt(10) > 0) {
                    System.arraycopy(after, page, found, page, Math.min(PAGE, after.length - page));
                } else if (!Arrays.equals(found, page, page + PAGE, after, page, page + PAGE)) {
                    first = Math.min(first, page);
                }
            }
            Files.write(file, found);
            assertThat(read(2, 0)).isEqualTo(join(wholeUpTo(first, chunks)));
            Files.delete(file);
        }
    }

    /** Of what was written behind the last sync, any pages may be missing. */
    @Test
    void whatHadBeenSyncedIsRead() throws IOException {
        Random random = new Random(6);
        for (int round = 0; round < 40; round++) {
            List<byte[]> chunks = chunks(random, 2 + random.nextInt(20));
            int synced = 1 + random.nextInt(chunks.size() - 1);
            Path file = file(1);
            byte[] atSync = new byte[0];
            try (FileChannel channel = create(1)) {
                for (int i = 0; i < chunks.size(); i++) {
                    channel.write(ByteBuffer.wrap(chunks.get(i)));
                    if (i == synced - 1) {
                        channel.force(false);
                        atSync = Files.readAllBytes(file);
                    }
                }
            }
            byte[] found = Files.readAllBytes(file);
            byte[] before = Arrays.copyOf(atSync, found.length);
            for (int page = 0; page < found.length; page += PAGE) {
                if (random.nextInt(3) == 0) {
                    System.arraycopy(before, page, found, page, PAGE);
                }
            }
            Files.write(file, found);
            byte[] read = read(1, 0);
            byte[] all = join(chunks);
            assertThat(read).hasSizeGreaterThanOrEqualTo(join(chunks.subList(0, synced)).length);
            assertThat(read).isEqualTo(Arrays.copyOf(all, read.length));
            Files.delete(file);
        }
    }

    /** The chunks whose frames end before a position of the file. */
    private static List<byte[]> wholeUpTo(int position, List<byte[]> chunks) {
        List<byte[]> whole = new ArrayList<>();
        long end = 0;
        for (byte[] chunk : chunks) {
            if (end + JournalFrame.HEADER_BYTES + chunk.length > position) {
                break;
            }
            end = JournalFrame.roundUp(end + JournalFrame.HEADER_BYTES + chunk.length, JournalFrame.SECTOR_BYTES);
            whole.add(chunk);
        }
        return whole;
    }

    @Test
    void aFrameThatIsDamagedAndHadBeenSyncedIsNotTakenForTheEnd() throws IOException {
        Random random = new Random(3);
        List<byte[]> chunks = chunks(random, 8);
        Path file = write(1, chunks, true);
        byte[] bytes = Files.readAllBytes(file);
        int damaged = JournalFrame.HEADER_BYTES + chunks.get(0).length / 2;
        bytes[damaged] ^= 1;
        Files.write(file, bytes);
        assertThatThrownBy(() -> read(1, 0))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("is damaged at byte 0")
                .hasMessageContaining(file.toString());
    }

    @Test
    void theLastFrameMayBeDamaged() throws IOException {
        List<byte[]> chunks = List.of(new byte[3_000], new byte[5_000]);
        Path file = write(1, chunks, true);
        byte[] bytes = Files.readAllBytes(file);
        bytes[3_600] ^= 1;
        Files.write(file, bytes);
        assertThat(read(1, 0)).hasSize(3_000);
    }

    @Test
    void anyBytesAreAnEmptyJournal() throws IOException {
        Random random = new Random(4);
        Path file = write(1, chunks(random, 10), true);
        byte[] bytes = Files.readAllBytes(file);
        // Under another name it belongs to another journal.
        Path other = file(2);
        Files.write(other, bytes);
        assertThat(read(2, 0)).isEmpty();
        for (int round = 0; round < 200; round++) {
            byte[] any = new byte[random.nextInt(3 * PAGE)];
            random.nextBytes(any);
            if (any.length >= JournalFrame.HEADER_BYTES && random.nextBoolean()) {
                ByteBuffer.wrap(any).putInt(JournalFrame.MAGIC).putInt(0).putLong(2);
            }
            Files.write(other, any);
            assertThat(read(2, 0)).isEmpty();
        }
    }

    /** The bytes of version 1, which there are journals of. */
    @Test
    void theFormatStays() throws IOException {
        Path file = write(
                0x1a2b,
                List.of("abc".getBytes(StandardCharsets.US_ASCII), "defg".getBytes(StandardCharsets.US_ASCII)),
                true);
        byte[] bytes = Files.readAllBytes(file);
        HexFormat hex = HexFormat.of();
        assertThat(hex.formatHex(bytes, 0, 40))
                .isEqualTo("48524a31" + "efcc768f" + "0000000000001a2b" + "0000000000000000" + "0000000000000000"
                        + "00000003" + "61626300");
        assertThat(hex.formatHex(bytes, 512, 552))
                .isEqualTo("48524a31" + "e5300ff7" + "0000000000001a2b" + "0000000000000003" + "0000000000000003"
                        + "00000004" + "64656667");
    }

    @Test
    void aFileThatWasDeletedIsWrittenOver() throws IOException {
        configuration.setProperty(JournalFiles.SPARES, 2);
        for (int journal = 1; journal <= 5; journal++) {
            write(journal, List.of(new byte[100_000]), true);
        }
        Object third = inode(3);
        Files.delete(file(3));
        write(6, List.of(new byte[10]), true);
        assertThat(inode(6)).isEqualTo(third);
        assertThat(Files.size(file(6))).isEqualTo(1 << 20);
        assertThat(read(6, 0)).hasSize(10);
        for (int journal : new int[] {1, 2, 4, 5}) {
            assertThat(read(journal, 0)).hasSize(100_000);
        }

        // It is kept again, under its new name.
        Files.delete(file(6));
        write(7, List.of(new byte[20]), true);
        assertThat(inode(7)).isEqualTo(third);
        assertThat(read(7, 0)).hasSize(20);
    }

    /** Whatever it is called: a file in use is never written over. */
    @Test
    void aFileThatHasAnotherNameIsNotTaken() throws IOException {
        configuration.setProperty(JournalFiles.SPARES, 2);
        write(1, List.of(new byte[100]), true);
        Path spare = journals.resolveSibling("spare");
        Files.move(spare.resolve("1.txn"), spare.resolve("0.txn"));
        write(2, List.of(new byte[10]), true);
        assertThat(read(1, 0)).hasSize(100);
        assertThat(inode(2)).isNotEqualTo(inode(1));
    }

    @Test
    void noMoreAreKeptThanSaid() throws IOException {
        configuration.setProperty(JournalFiles.SPARES, 2);
        for (int journal = 1; journal <= 5; journal++) {
            write(journal, List.of(new byte[10]), true);
        }
        for (int journal = 1; journal <= 4; journal++) {
            Files.delete(file(journal));
        }
        write(6, List.of(new byte[10]), true);
        // One that can be written over, and those that are in use.
        assertThat(journals.resolveSibling("spare")).isDirectoryContaining("glob:**/{5,6}.txn");
        try (Stream<Path> kept = Files.list(journals.resolveSibling("spare"))) {
            assertThat(kept).hasSize(3);
        }
        assertThat(read(5, 0)).hasSize(10);
    }

    @Test
    void onASmallDiskNoneAreKept() throws IOException {
        write(1, List.of(new byte[10]), true);
        Files.delete(file(1));
        write(2, List.of(new byte[10]), true);
        assertThat(journals.resolveSibling("spare")).doesNotExist();
    }

    private Object inode(long journal) throws IOException {
        return Files.getAttribute(file(journal), "unix:ino");
    }

    /** As a bookie has it that was not given {@link JournalFiles}. */
    @Test
    void aPlainJournalIsReadAsItIs() throws IOException {
        byte[] plain = new byte[3_000];
        new Random(5).nextBytes(plain);
        ByteBuffer.wrap(plain).put("BKLG".getBytes(StandardCharsets.US_ASCII));
        Files.write(file(1), plain);
        assertThat(read(1, 0)).isEqualTo(plain);
        assertThat(read(1, 512)).isEqualTo(Arrays.copyOfRange(plain, 512, plain.length));
    }

    private static List<byte[]> chunks(Random random, int count) {
        List<byte[]> chunks = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            byte[] chunk = new byte[1 + random.nextInt(random.nextBoolean() ? 100_000 : 1_000)];
            random.nextBytes(chunk);
            chunks.add(chunk);
        }
        return chunks;
    }

    private static byte[] join(List<byte[]> chunks) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        chunks.forEach(all::writeBytes);
        return all.toByteArray();
    }

    private Path file(long journal) {
        return journals.resolve(Long.toHexString(journal) + ".txn");
    }

    /** As the bookie does it. */
    private FileChannel create(long journal) throws IOException {
        File file = file(journal).toFile();
        BookieFileChannel opened = files.open(file, configuration);
        assertThat(opened.fileExists(file)).isFalse();
        assertThat(file.createNewFile()).isTrue();
        return opened.getFileChannel();
    }

    private Path write(long journal, List<byte[]> chunks, boolean sync) throws IOException {
        try (FileChannel channel = create(journal)) {
            long position = 0;
            for (byte[] chunk : chunks) {
                assertThat(channel.write(ByteBuffer.wrap(chunk))).isEqualTo(chunk.length);
                position += chunk.length;
                assertThat(channel.position()).isEqualTo(position);
                if (sync) {
                    channel.force(false);
                }
            }
        }
        return file(journal);
    }

    private byte[] read(long journal, long from) throws IOException {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        try (FileChannel channel =
                files.open(file(journal).toFile(), configuration).getFileChannel()) {
            channel.position(from);
            ByteBuffer buffer = ByteBuffer.allocate(1_000);
            while (channel.read(buffer.clear()) > 0) {
                all.write(buffer.array(), 0, buffer.position());
            }
            assertThat(channel.position()).isEqualTo(from + all.size());
        }
        return all.toByteArray();
    }
}
