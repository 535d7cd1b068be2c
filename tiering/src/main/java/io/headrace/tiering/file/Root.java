/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.tiering.file;

import io.headrace.tiering.StorageException;
import io.headrace.tiering.StorageException.Kind;
import io.headrace.tiering.worker.Marker;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The directory that chunks lie in. The file {@value Marker#NAME} in it tells it from the empty directory that is left when a
 * file system is not mounted: where that file is missing, nothing is absent, it is only out of reach.
 *
 * <pre>
 * .headrace-chunks     the marker
 * .temporary/          files that are being made, each to be linked to its name when it is complete
 * a/b/c                the chunk a/b/c, segments escaped
 * </pre>
 */
final class Root {
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
        makeDirectories(directory);
        Root root = new Root(directory);
        if (!root.isMarked()) {
            root.verifyEmpty();
        }
        Files.createDirectories(root.temporaryDirectory());
        root.probeLinks();
        if (!root.isMarked()) {
            root.mark();
        }
        root.dropLeftBehind();
        return root;
    }

    /** Makes a directory and those above it that are missing, and syncs their names. */
    private static void makeDirectories(Path directory) throws IOException {
        Path parent = directory.toAbsolutePath().getParent();
        if (parent == null || Files.isDirectory(directory)) {
            return;
        }
        makeDirectories(parent);
        Files.createDirectories(directory);
        Directories.sync(parent, Channels.REAL);
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
                    marker() + " has gone, so that nothing can be said about the chunks in " + directory
                            + "; mount the file system again");
        }
    }

    private boolean isMarked() throws IOException {
        try {
            Marker.identity(Files.readAllBytes(marker()), directory.toString());
            return true;
        } catch (NoSuchFileException e) {
            return false;
        }
    }

    private void verifyEmpty() throws IOException {
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory)) {
            for (Path entry : entries) {
                String name = entry.getFileName().toString();
                if (!name.startsWith(".") && !name.equals("lost+found")) {
                    throw new StorageException(
                            Kind.BAD_REQUEST,
                            directory + " has other files in it, " + name + " for one, and no " + Marker.NAME
                                    + "; use an empty directory");
                }
            }
        }
    }

    /** The marker is synced before anything else is, since without it nothing can be read. */
    private void mark() throws IOException {
        Path complete = temporary();
        try (FileChannel channel =
                FileChannel.open(complete, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            FileChunk.writeFully(channel, 0, Unpooled.wrappedBuffer(Marker.make()));
            channel.force(true);
            Files.createLink(marker(), complete);
            Directories.sync(directory, Channels.REAL);
        } catch (FileAlreadyExistsException e) {
            LOG.debug("Another process has just marked {}", directory, e);
        } finally {
            Files.delete(complete);
        }
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

    private Path marker() {
        return directory.resolve(Marker.NAME);
    }

    private Path temporaryDirectory() {
        return directory.resolve(TEMPORARY);
    }
}
