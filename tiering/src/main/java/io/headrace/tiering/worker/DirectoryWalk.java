/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.tiering.worker;

import io.headrace.tiering.ChunkInfo;
import io.headrace.tiering.ChunkName;
import io.headrace.tiering.ChunkPage;
import io.headrace.tiering.StorageException;
import io.headrace.tiering.StorageException.Kind;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Lists chunks that lie in a tree of directories, page by page: in the order of their escaped segments. A page goes on
 * after the name of the last chunk of the page before, so nothing is kept between two pages.
 */
public final class DirectoryWalk {

    /**
     * What lies in a directory.
     *
     * @param name an escaped segment, or anything else that lies there
     * @param length of a file
     */
    public record Entry(String name, boolean isDirectory, long length) {}

    /** Reads directories. */
    public interface Directories {

        /**
         * The next entries of a directory, in the order of {@link String#compareTo}.
         *
         * @param directory escaped segments from the root
         * @param after names must be greater than this; empty for the first ones
         * @param max of entries; fewer mean that there are no more
         * @return empty if there is no such directory
         */
        List<Entry> entries(List<String> directory, String after, int max) throws IOException;
    }

    private static final int ENTRIES = 1_000;

    private final Directories directories;
    private final int limit;
    private final List<ChunkInfo> found = new ArrayList<>();

    private DirectoryWalk(Directories directories, int limit) {
        this.directories = directories;
        this.limit = limit;
    }

    /**
     * One page.
     *
     * @param prefix escaped segments
     * @param from the name of the chunk to go on after, or null
     */
    public static ChunkPage page(Directories directories, List<String> prefix, @Nullable String from, int limit)
            throws IOException {
        DirectoryWalk walk = new DirectoryWalk(directories, limit);
        String names = String.join("/", prefix.stream().map(ChunkName::unescape).toList());
        walk.visit(prefix, names.isEmpty() ? "" : names + "/", from == null ? List.of() : cursor(prefix, from));
        boolean more = walk.found.size() > limit;
        List<ChunkInfo> chunks = more ? walk.found.subList(0, limit) : walk.found;
        return new ChunkPage(chunks, more ? chunks.get(limit - 1).chunk() : null);
    }

    private static List<String> cursor(List<String> prefix, String from) {
        List<String> segments = ChunkName.of(from).segments();
        if (segments.size() <= prefix.size()
                || !segments.subList(0, prefix.size()).equals(prefix)) {
            throw new StorageException(
                    Kind.BAD_REQUEST,
                    "\"" + from + "\" is not from a page of this listing; pass on what the page before returned");
        }
        return segments.subList(prefix.size(), segments.size());
    }

    /**
     * @param names of the directory, unescaped
     * @param cursor what has been listed of this directory: up to and including this chunk; empty for nothing
     */
    private void visit(List<String> directory, String names, List<String> cursor) throws IOException {
        String after = "";
        if (!cursor.isEmpty()) {
            after = cursor.get(0);
            if (cursor.size() > 1) {
                visit(
                        child(directory, after),
                        names + ChunkName.unescape(after) + "/",
                        cursor.subList(1, cursor.size()));
            }
        }
        boolean more = true;
        while (more && found.size() <= limit) {
            List<Entry> entries = directories.entries(directory, after, ENTRIES);
            for (Entry entry : entries) {
                if (found.size() <= limit) {
                    add(directory, names, entry);
                    after = entry.name();
                }
            }
            more = entries.size() == ENTRIES;
        }
    }

    private void add(List<String> directory, String names, Entry entry) throws IOException {
        String segment = ChunkName.unescape(entry.name());
        if (segment.isEmpty()) {
            return;
        }
        if (!entry.isDirectory()) {
            found.add(new ChunkInfo(names + segment, entry.length()));
        } else if (directory.size() + 1 < ChunkName.MAX_SEGMENTS) {
            visit(child(directory, entry.name()), names + segment + "/", List.of());
        }
    }

    private static List<String> child(List<String> directory, String name) {
        List<String> child = new ArrayList<>(directory);
        child.add(name);
        return child;
    }
}
