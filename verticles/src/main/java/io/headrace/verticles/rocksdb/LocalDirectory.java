/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.verticles.rocksdb;

import io.headrace.engine.log.LogException;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A partition's databases on this machine's disk, one directory each, of which only the newest is in use. A former one
 * serves for its table files only, and each of those only if its length and checksum are those in the manifest.
 *
 * <p>Blocks; used by one thread at a time.
 */
final class LocalDirectory {
    private static final Logger LOG = LoggerFactory.getLogger(LocalDirectory.class);
    private static final Pattern FILE = Pattern.compile("[A-Z0-9-]+(\\.sst)?");

    private final Path root;
    private final long epoch;
    private int number;

    /** @param root of the partition */
    LocalDirectory(Path root, long epoch) {
        this.root = root;
        this.epoch = epoch;
    }

    /** A name for a new directory. */
    Path fresh(String kind) throws IOException {
        Files.createDirectories(root);
        Path path;
        do {
            path = root.resolve(kind + "-" + epoch + "-" + ++number);
        } while (Files.exists(path));
        return path;
    }

    /** Makes a directory with the files of a checkpoint. */
    Path build(Manifest manifest, CheckpointChunks chunks) throws IOException {
        Path target = fresh("rows");
        boolean complete = false;
        try {
            Files.createDirectory(target);
            List<Path> former = directories();
            for (StoredFile table : manifest.tables()) {
                Path file = target.resolve(checked(table.name()));
                Path local = find(table, former);
                if (local == null) {
                    chunks.load(table, file);
                } else {
                    Files.createLink(file, local);
                }
            }
            for (Map.Entry<String, ByteBuf> other : manifest.others().entrySet()) {
                Files.write(target.resolve(checked(other.getKey())), ByteBufUtil.getBytes(other.getValue()));
            }
            complete = true;
            return target;
        } finally {
            if (!complete) {
                delete(target);
            }
        }
    }

    private static String checked(String name) {
        if (!FILE.matcher(name).matches()) {
            throw new LogException(LogException.Kind.CORRUPT, "a checkpoint has a file named \"" + name + "\"");
        }
        return name;
    }

    private static @Nullable Path find(StoredFile table, List<Path> directories) {
        for (Path directory : directories) {
            Path file = directory.resolve(table.name());
            try {
                if (Files.isRegularFile(file)
                        && Files.size(file) == table.length()
                        && CheckpointChunks.crc(file) == table.crc()) {
                    return file;
                }
            } catch (IOException e) {
                LOG.warn("{} cannot be read and is fetched again: {}", file, e.toString());
            }
        }
        return null;
    }

    private List<Path> directories() throws IOException {
        try (Stream<Path> all = Files.list(root)) {
            return all.filter(Files::isDirectory).sorted().toList();
        }
    }

    /** Deletes all but one directory. */
    void keepOnly(Path kept) {
        try {
            for (Path directory : directories()) {
                if (!directory.equals(kept)) {
                    delete(directory);
                }
            }
        } catch (IOException e) {
            LOG.warn("former rows in {} could not be deleted: {}", root, e.toString());
        }
    }

    /** Deletes a directory with all that is in it, as far as that goes. */
    static void delete(Path directory) {
        try {
            Files.walkFileTree(directory, new SimpleFileVisitor<>() {
                @Override
                public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                    Files.deleteIfExists(file);
                    return FileVisitResult.CONTINUE;
                }

                @Override
                public FileVisitResult visitFileFailed(Path file, IOException e) {
                    // It went by itself: whoever used the directory has just tidied up.
                    return FileVisitResult.CONTINUE;
                }

                @Override
                public FileVisitResult postVisitDirectory(Path visited, @Nullable IOException e) throws IOException {
                    Files.deleteIfExists(visited);
                    return FileVisitResult.CONTINUE;
                }
            });
        } catch (IOException e) {
            LOG.warn("{} could not be deleted: {}", directory, e.toString());
        }
    }
}
