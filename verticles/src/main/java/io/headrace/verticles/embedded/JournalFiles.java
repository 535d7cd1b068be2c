/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.verticles.embedded;

import java.io.File;
import java.io.FileDescriptor;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.apache.bookkeeper.bookie.BookieFileChannel;
import org.apache.bookkeeper.bookie.FileChannelProvider;
import org.apache.bookkeeper.conf.ServerConfiguration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The files of the bookie's journal. A new one takes the place of one that the bookie has deleted, blocks and all: each has a
 * second name, in another directory, by which it stays when the bookie deletes the first.
 *
 * <p>BookKeeper has such a thing too ({@code journalReuseFiles}), but looks at how many files there are instead of at whether
 * they are still needed, and reads what is left over from the former use as if it belonged to the new one.
 *
 * <p>Named in the bookie's configuration, and made by it. Called on the threads of its journal.
 */
public final class JournalFiles implements FileChannelProvider {
    /** Property of the bookie's configuration: how many files to keep; with 0, each file is a new one. */
    static final String SPARES = "headraceSpareJournals";

    private static final Logger LOG = LoggerFactory.getLogger(JournalFiles.class);
    private static final String SPARE_DIRECTORY = "spare";
    /** Attribute of a file: how many names it has. */
    private static final String NAMES = "unix:nlink";

    private static final byte[] PLAIN_MAGIC = {'B', 'K', 'L', 'G'};

    /** For the bookie. */
    public JournalFiles() {}

    @Override
    public BookieFileChannel open(File file, ServerConfiguration configuration) {
        Path path = file.toPath().toAbsolutePath();
        return file.exists() ? new Written(path) : new New(path, configuration.getInt(SPARES, 0));
    }

    @Override
    public void close(BookieFileChannel file) throws IOException {
        file.close();
    }

    @Override
    public void close() {}

    /** The number that a journal file is named by. */
    private static long number(Path file) {
        String name = Objects.toString(file.getFileName());
        return Long.parseLong(name.substring(0, name.indexOf('.')), 16);
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
            throw new UnsupportedOperationException("journalRemovePagesFromCache must be false with these files");
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
        private final int mostSpares;
        private final Path directory;
        private final Path spareDirectory;

        New(Path path, int mostSpares) {
            super(path);
            this.mostSpares = mostSpares;
            directory = Objects.requireNonNull(path.getParent());
            spareDirectory = directory.resolveSibling(SPARE_DIRECTORY);
        }

        @Override
        public FileChannel getFileChannel() throws IOException {
            takePlaceOfSpare();
            if (mostSpares > 0 && countsNames()) {
                keep();
            }
            return new JournalWriter(FileChannel.open(path, StandardOpenOption.WRITE), number(path));
        }

        private void takePlaceOfSpare() throws IOException {
            List<Path> spares = spares();
            if (!spares.isEmpty()) {
                Files.move(spares.get(0), path, StandardCopyOption.ATOMIC_MOVE);
                // Under its former name nothing that is written to it would be found again.
                try (FileChannel names = FileChannel.open(directory, StandardOpenOption.READ)) {
                    names.force(true);
                }
            }
            for (int i = Math.max(1, mostSpares); i < spares.size(); i++) {
                Files.delete(spares.get(i));
            }
        }

        /** Those that the bookie has deleted: the name here is the only one. */
        private List<Path> spares() throws IOException {
            List<Path> spares = new ArrayList<>();
            if (Files.isDirectory(spareDirectory) && countsNames()) {
                try (DirectoryStream<Path> files = Files.newDirectoryStream(spareDirectory)) {
                    for (Path file : files) {
                        if (Files.getAttribute(file, NAMES).equals(1)) {
                            spares.add(file);
                        }
                    }
                }
            }
            return spares;
        }

        /** Whether it can be told that a file has another name. */
        private boolean countsNames() {
            return directory.getFileSystem().supportedFileAttributeViews().contains("unix");
        }

        private void keep() {
            try {
                Files.createDirectories(spareDirectory);
                Files.createLink(spareDirectory.resolve(path.getFileName()), path);
            } catch (IOException | UnsupportedOperationException e) {
                LOG.debug("{} will not be written over: the file system does not give it a second name", path, e);
            }
        }
    }
}
