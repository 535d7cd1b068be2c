/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.verticles.embedded;

import java.io.File;
import java.io.FileDescriptor;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.bookkeeper.bookie.BookieFileChannel;
import org.apache.bookkeeper.bookie.FileChannelProvider;
import org.apache.bookkeeper.conf.ServerConfiguration;

/**
 * The files of the bookie's journal. A new one takes the place of one that is not needed any more, blocks and all: the bookie
 * keeps some of those, and they are told by its mark, up to which it has all entries elsewhere.
 *
 * <p>BookKeeper has such a thing too ({@code journalReuseFiles}), but looks at how many files there are and not at the mark, and
 * reads what is left over from the former use as if it belonged to the new one.
 *
 * <p>Named in the bookie's configuration, and made by it. Called on the threads of its journal.
 */
public final class JournalFiles implements FileChannelProvider {
    private static final String SUFFIX = ".txn";
    private static final String LAST_MARK = "lastMark";
    private static final int MARK_BYTES = 16;
    private static final byte[] PLAIN_MAGIC = {'B', 'K', 'L', 'G'};

    /** For the bookie. */
    public JournalFiles() {}

    @Override
    public BookieFileChannel open(File file, ServerConfiguration configuration) {
        return file.exists() ? new Written(file.toPath()) : new New(file.toPath(), mark(configuration));
    }

    @Override
    public void close(BookieFileChannel file) throws IOException {
        file.close();
    }

    @Override
    public void close() {}

    /** File in which the bookie notes from where on it would have to read the journal. */
    private static Path mark(ServerConfiguration configuration) {
        return Path.of(configuration.getLedgerDirNames()[0], "current", LAST_MARK);
    }

    /** Number of the journal that an open would begin to read with; 0 if there is none. */
    private static long marked(Path mark) throws IOException {
        try {
            byte[] bytes = Files.readAllBytes(mark);
            return bytes.length == MARK_BYTES ? ByteBuffer.wrap(bytes).getLong() : 0;
        } catch (NoSuchFileException e) {
            return 0;
        }
    }

    /** The number that a journal file is named by; {@link Long#MAX_VALUE} if it is another file. */
    private static long number(Path file) {
        String name = Objects.toString(file.getFileName());
        try {
            return name.endsWith(SUFFIX)
                    ? Long.parseLong(name.substring(0, name.length() - SUFFIX.length()), 16)
                    : Long.MAX_VALUE;
        } catch (NumberFormatException e) {
            return Long.MAX_VALUE;
        }
    }

    /** What both kinds have in common. */
    private abstract static class JournalFile implements BookieFileChannel {
        final Path path;

        JournalFile(Path path) {
            this.path = path;
        }

        @Override
        public boolean fileExists(File file) {
            return file.exists();
        }

        /** For dropping pages from the system's memory, which is not done. */
        @Override
        public FileDescriptor getFD() {
            throw new UnsupportedOperationException();
        }

        /** The bookie closes what {@link #getFileChannel} has given. */
        @Override
        public void close() {}
    }

    /** One that is there, to be read. */
    private static final class Written extends JournalFile {
        Written(Path path) {
            super(path);
        }

        @Override
        public FileChannel getFileChannel() throws IOException {
            if (isPlain()) {
                return FileChannel.open(path, StandardOpenOption.READ);
            }
            try (FileChannel file = FileChannel.open(path, StandardOpenOption.READ)) {
                return new JournalReader(path, file, number(path));
            }
        }

        /** Whether a bookie without this class has written it. */
        private boolean isPlain() throws IOException {
            try (InputStream file = Files.newInputStream(path)) {
                return Arrays.equals(file.readNBytes(PLAIN_MAGIC.length), PLAIN_MAGIC);
            }
        }
    }

    /** One that is about to be made, to be written. */
    private static final class New extends JournalFile {
        private final Path mark;

        New(Path path, Path mark) {
            super(path);
            this.mark = mark;
        }

        @Override
        public FileChannel getFileChannel() throws IOException {
            Optional<Path> former = former();
            if (former.isPresent()) {
                Files.move(former.get(), path, StandardCopyOption.ATOMIC_MOVE);
                // Under its former name nothing that is written to it would be found again.
                try (FileChannel directory =
                        FileChannel.open(path.toAbsolutePath().getParent(), StandardOpenOption.READ)) {
                    directory.force(true);
                }
            }
            return new JournalWriter(FileChannel.open(path, StandardOpenOption.WRITE), number(path));
        }

        /** The last one that is not needed any more: the bookie deletes the first ones, if there are too many. */
        private Optional<Path> former() throws IOException {
            long marked = marked(mark);
            try (Stream<Path> files = Files.list(path.toAbsolutePath().getParent())) {
                return files.filter(file -> number(file) < marked).max(Comparator.comparingLong(JournalFiles::number));
            }
        }
    }
}
