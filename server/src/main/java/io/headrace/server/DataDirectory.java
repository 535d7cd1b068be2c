/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.server;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The directory that holds all data of a server, in use by this process alone from opening to closing. */
final class DataDirectory implements AutoCloseable {
    private static final String LOCK = "lock";

    private final Path path;
    private final FileChannel lockFile;

    private DataDirectory(Path path, FileChannel lockFile) {
        this.path = path;
        this.lockFile = lockFile;
    }

    /**
     * Takes the directory into use, creating it if there is none.
     *
     * @param marker file that is in each directory of this kind, but in a new one
     * @throws StartException if another server uses it, it is not one of Headrace, or it cannot be written to
     */
    static DataDirectory open(Path path, String marker) {
        FileChannel lockFile = null;
        try {
            Files.createDirectories(path);
            lockFile = FileChannel.open(
                    path.resolve(LOCK), StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
            lock(path, lockFile);
            checkContents(path, marker);
            return new DataDirectory(path, lockFile);
        } catch (FileAlreadyExistsException e) {
            throw new StartException(
                    "the data directory " + path + " is a file: remove it, or choose another with --data", e);
        } catch (IOException e) {
            close(lockFile, e);
            if (StartException.isFull(e)) {
                throw StartException.of(e);
            }
            throw new StartException(
                    "cannot write to the data directory " + path + " (" + reason(e)
                            + "): give this user the right to, or choose another with --data",
                    e);
        } catch (StartException e) {
            close(lockFile, e);
            throw e;
        }
    }

    Path path() {
        return path;
    }

    private static void lock(Path path, FileChannel lockFile) throws IOException {
        FileLock lock;
        try {
            lock = lockFile.tryLock();
        } catch (OverlappingFileLockException e) {
            lock = null;
        }
        if (lock == null) {
            throw new StartException("the data directory " + path
                    + " is in use by another server: stop that one, or choose another directory with --data");
        }
    }

    private static void checkContents(Path path, String marker) throws IOException {
        if (!Files.notExists(path.resolve(marker))) {
            return;
        }
        List<String> ours = List.of(LOCK, marker + ".new");
        try (Stream<Path> files = Files.list(path)) {
            boolean strange = files.map(file -> Objects.toString(file.getFileName()))
                    .anyMatch(name -> !ours.contains(name) && !name.equals("lost+found"));
            if (strange) {
                throw new StartException("the directory " + path + " is not empty and has no " + marker
                        + ": if it is a Headrace data directory, restore that file; else choose another with --data");
            }
        }
    }

    private static String reason(IOException e) {
        if (e instanceof AccessDeniedException) {
            return "permission denied";
        }
        if (e instanceof FileSystemException file && file.getReason() != null) {
            return file.getReason();
        }
        return e.getClass().getSimpleName() + ": " + e.getMessage();
    }

    private static void close(@Nullable FileChannel channel, Throwable cause) {
        if (channel != null) {
            try {
                channel.close();
            } catch (IOException e) {
                cause.addSuppressed(e);
            }
        }
    }

    /** Lets another server use it. The lock file stays: only its lock means something. */
    @Override
    public void close() throws IOException {
        lockFile.close();
    }
}
