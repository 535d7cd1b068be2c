/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.tiering.file;

import io.headrace.tiering.ChunkName;
import io.headrace.tiering.StorageException;
import io.headrace.tiering.StorageException.Kind;
import io.headrace.tiering.worker.DirectoryWalk;
import io.headrace.tiering.worker.DirectoryWalk.Entry;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The directories below the root: made when the first chunk comes, synced, deleted after the last one has gone. */
final class Directories implements DirectoryWalk.Directories {
    private static final Logger LOG = LoggerFactory.getLogger(Directories.class);
    private static final int MAX_SYNCED = 10_000;
    private static final int ATTEMPTS = 10;

    private final Root root;
    private final Channels channels;

    /** Directories whose own names are known to be synced, and those of all above them. */
    private final Set<Path> synced = ConcurrentHashMap.newKeySet();

    Directories(Root root, Channels channels) {
        this.root = root;
        this.channels = channels;
    }

    /** Makes something in a directory. */
    interface Making<T> {
        T make(Path file) throws IOException;
    }

    /**
     * Makes a file, and its directories if they are missing. {@link #syncNames} must follow.
     *
     * @param making throws what the file system does if a file or directory is in the way or missing
     * @throws StorageException ALREADY_EXISTS, or BAD_REQUEST if the name goes on where another one ends
     */
    <T> T make(ChunkName chunk, Making<T> making) throws IOException {
        for (int attempt = 1; ; attempt++) {
            try {
                return making.make(file(chunk));
            } catch (FileAlreadyExistsException e) {
                throw exists(chunk, e);
            } catch (NoSuchFileException e) {
                // It may be deleted again by a worker that has just removed its last chunk.
                if (attempt == ATTEMPTS) {
                    throw e;
                }
                root.verify();
                makeDirectories(chunk);
            } catch (IOException e) {
                if (isBelowAFile(file(chunk))) {
                    throw exists(chunk, e);
                }
                throw e;
            }
        }
    }

    /** Whether the system says for certain that there is no such file. */
    boolean isAbsent(Path file, IOException e) {
        return e instanceof NoSuchFileException || isBelowAFile(file);
    }

    private boolean isBelowAFile(Path file) {
        Path above = file.getParent();
        while (above != null && !above.equals(root.path())) {
            if (Files.isRegularFile(above)) {
                return true;
            }
            above = above.getParent();
        }
        return false;
    }

    Path file(ChunkName chunk) {
        return path(chunk.segments());
    }

    /** The directory of a chunk. */
    Path directory(ChunkName chunk) {
        return path(chunk.directory());
    }

    private Path path(List<String> segments) {
        Path path = root.path();
        for (String segment : segments) {
            path = path.resolve(segment);
        }
        return path;
    }

    /** Syncs the names in a directory. */
    void sync(Path directory) throws IOException {
        sync(directory, channels);
    }

    static void sync(Path directory, Channels channels) throws IOException {
        try (FileChannel channel = channels.open(directory, Set.of(StandardOpenOption.READ))) {
            channel.force(true);
        }
    }

    /** Deletes the directories of a chunk that has been deleted if they are empty. If that fails they stay: they do no harm. */
    void prune(ChunkName chunk) {
        Path directory = directory(chunk);
        while (directory != null && !directory.equals(root.path())) {
            synced.remove(directory);
            try {
                Files.delete(directory);
            } catch (NoSuchFileException e) {
                // Another worker was faster.
            } catch (DirectoryNotEmptyException e) {
                return;
            } catch (IOException e) {
                LOG.debug("{} is empty and could not be deleted", directory, e);
                return;
            }
            directory = directory.getParent();
        }
    }

    @Override
    public List<Entry> entries(List<String> directory, String after, int max) throws IOException {
        Path path = path(directory);
        List<Entry> entries = new ArrayList<>();
        String last = after;
        while (true) {
            int wanted = max - entries.size();
            SortedSet<String> names = names(path, last, wanted);
            for (String name : names) {
                addIfThere(entries, path.resolve(name));
                last = name;
            }
            if (names.size() < wanted || entries.size() == max) {
                return entries;
            }
        }
    }

    /** The first names in a directory after a given one. */
    private SortedSet<String> names(Path directory, String after, int max) throws IOException {
        TreeSet<String> names = new TreeSet<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(directory)) {
            for (Path file : files) {
                String name = file.getFileName().toString();
                if (!name.startsWith(".") && name.compareTo(after) > 0) {
                    names.add(name);
                    if (names.size() > max) {
                        names.pollLast();
                    }
                }
            }
        } catch (NoSuchFileException e) {
            root.verify();
        } catch (NotDirectoryException e) {
            LOG.debug("{} is a chunk, nothing can lie below it", directory, e);
        } catch (DirectoryIteratorException e) {
            throw e.getCause();
        }
        return names;
    }

    private static void addIfThere(List<Entry> entries, Path file) throws IOException {
        try {
            BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
            entries.add(new Entry(file.getFileName().toString(), attributes.isDirectory(), attributes.size()));
        } catch (NoSuchFileException e) {
            LOG.debug("{} was deleted while its directory was listed", file, e);
        }
    }

    /** Syncs the names of a chunk and of its directories. */
    void syncNames(ChunkName chunk) throws IOException {
        Path directory = directory(chunk);
        sync(directory);
        if (synced.contains(directory)) {
            return;
        }
        for (int depth = chunk.directory().size() - 1; depth >= 0; depth--) {
            sync(path(chunk.directory().subList(0, depth)));
        }
        if (synced.size() >= MAX_SYNCED) {
            synced.clear();
        }
        synced.add(directory);
    }

    private void makeDirectories(ChunkName chunk) throws IOException {
        Path directory = root.path();
        for (String segment : chunk.directory()) {
            directory = directory.resolve(segment);
            synced.remove(directory);
            try {
                Files.createDirectory(directory);
            } catch (FileAlreadyExistsException e) {
                if (!Files.isDirectory(directory)) {
                    throw exists(chunk, e);
                }
            } catch (NoSuchFileException e) {
                // The one above has just been deleted: the next attempt begins anew.
                return;
            }
        }
    }

    private StorageException exists(ChunkName chunk, IOException cause) {
        if (Files.isRegularFile(file(chunk))) {
            return new StorageException(
                    Kind.ALREADY_EXISTS, "there is a chunk " + chunk.name() + " already; use another name", cause);
        }
        return new StorageException(
                Kind.BAD_REQUEST,
                "chunk " + chunk.name() + " cannot be made where another name goes on or ends (" + cause.getMessage()
                        + "); use another name",
                cause);
    }
}
