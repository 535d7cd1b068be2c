/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.tiering.file;

import io.headrace.tiering.StorageException;
import io.headrace.tiering.StorageException.Kind;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The directory that chunks lie in. The file {@value #MARKER} in it tells it from the empty directory that is left when a
 * file system is not mounted: where that file is missing, nothing is absent, it is only out of reach.
 *
 * <pre>
 * .headrace-chunks     the ASCII text "headrace chunks 1" and a line feed; 1 is the version of the layout
 * .temporary/          files that are being made, each to be linked to its name when it is complete
 * a/b/c                the chunk a/b/c, segments escaped
 * </pre>
 */
final class Root {
    static final String MARKER = ".headrace-chunks";
    static final String CONTENT = "headrace chunks 1\n";

    private static final Logger LOG = LoggerFactory.getLogger(Root.class);
    private static final String TEMPORARY = ".temporary";
    private static final Duration LEFT_BEHIND = Duration.ofDays(1);

    private final Path directory;

    private Root(Path directory) {
        this.directory = directory;
    }

    /**
     * Opens a directory of chunks, or makes one of an empty or missing directory.
     *
     * @throws StorageException BAD_REQUEST if something else lies there
     */
    static Root open(Path directory) throws IOException {
        Files.createDirectories(directory);
        Root root = new Root(directory);
        if (!root.isMarked()) {
            root.mark();
        }
        Files.createDirectories(root.temporaryDirectory());
        root.probeLinks();
        root.dropLeftBehind();
        return root;
    }

    Path path() {
        return directory;
    }

    /** A name for a file that is being made. */
    Path temporary() {
        return temporaryDirectory().resolve(UUID.randomUUID().toString());
    }

    /**
     * To be called before anything is said to be absent.
     *
     * @throws StorageException UNAVAILABLE if this is not the directory that was opened
     */
    void verify() throws IOException {
        if (!isMarked()) {
            throw new StorageException(
                    Kind.UNAVAILABLE,
                    directory.resolve(MARKER) + " has gone, so that nothing can be said about the chunks in "
                            + directory + "; mount the file system again");
        }
    }

    private boolean isMarked() throws IOException {
        String content;
        try {
            content = Files.readString(directory.resolve(MARKER), StandardCharsets.ISO_8859_1);
        } catch (NoSuchFileException e) {
            return false;
        }
        if (!content.equals(CONTENT)) {
            throw new StorageException(
                    Kind.BAD_REQUEST,
                    directory.resolve(MARKER) + " is of another version or damaged; use the program that wrote it, or"
                            + " another directory");
        }
        return true;
    }

    private void mark() throws IOException {
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory)) {
            for (Path entry : entries) {
                String name = entry.getFileName().toString();
                if (!name.startsWith(".") && !name.equals("lost+found")) {
                    throw new StorageException(
                            Kind.BAD_REQUEST,
                            directory + " has other files in it, " + name + " for one, and no " + MARKER
                                    + "; use an empty directory");
                }
            }
        }
        Path marker = directory.resolve(MARKER + "-" + UUID.randomUUID());
        Files.writeString(marker, CONTENT, StandardCharsets.ISO_8859_1);
        Files.move(marker, directory.resolve(MARKER), StandardCopyOption.ATOMIC_MOVE);
    }

    /** A chunk that is made at once appears at its name by a hard link: the one way that is atomic and never replaces. */
    private void probeLinks() throws IOException {
        Path file = temporary();
        Path link = temporary();
        Files.createFile(file);
        try {
            Files.createLink(link, file);
            Files.delete(link);
        } catch (UnsupportedOperationException e) {
            throw noLinks(e);
        } catch (FileAlreadyExistsException | NoSuchFileException e) {
            throw e;
        } catch (IOException e) {
            throw noLinks(e);
        } finally {
            Files.deleteIfExists(file);
        }
    }

    private StorageException noLinks(Exception e) {
        return new StorageException(
                Kind.BAD_REQUEST,
                "the file system of " + directory + " has no hard links (" + e.getMessage() + "); use another one",
                e);
    }

    /** Removes what a process has left that died long ago. */
    private void dropLeftBehind() throws IOException {
        Instant old = Instant.now().minus(LEFT_BEHIND);
        try (DirectoryStream<Path> files = Files.newDirectoryStream(temporaryDirectory())) {
            for (Path file : files) {
                if (Files.getLastModifiedTime(file).toInstant().isBefore(old)) {
                    LOG.info("Deleting {}, which a process has left unfinished", file);
                    Files.deleteIfExists(file);
                }
            }
        }
    }

    private Path temporaryDirectory() {
        return directory.resolve(TEMPORARY);
    }
}
