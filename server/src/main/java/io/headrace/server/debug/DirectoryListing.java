/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.server.debug;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Names, sizes and times of the files below a directory. What goes meanwhile is left out. */
final class DirectoryListing {
    private static final int MOST_FILES = 10_000;

    private final Path root;
    private final StringBuilder lines = new StringBuilder();
    private long files;
    private long bytes;

    private DirectoryListing(Path root) {
        this.root = root;
    }

    static String of(Path root) throws IOException {
        DirectoryListing listing = new DirectoryListing(root);
        listing.walk();
        return String.format(
                Locale.ROOT,
                "%s: %d files, %d bytes; %d bytes are free on its disk%s%n%n%s",
                root,
                listing.files,
                listing.bytes,
                Files.getFileStore(root).getUsableSpace(),
                listing.files > MOST_FILES ? "; the first " + MOST_FILES + " files are listed" : "",
                listing.lines);
    }

    private void walk() throws IOException {
        Files.walkFileTree(root, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                files++;
                bytes += attributes.size();
                if (files <= MOST_FILES) {
                    lines.append(String.format(
                            Locale.ROOT,
                            "%14d  %s  %s%n",
                            attributes.size(),
                            attributes.lastModifiedTime().toInstant(),
                            root.relativize(file)));
                }
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path file, IOException cause) {
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path directory, @Nullable IOException cause) {
                return FileVisitResult.CONTINUE;
            }
        });
    }
}
