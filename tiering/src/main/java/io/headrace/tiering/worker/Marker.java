/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.tiering.worker;

import io.headrace.tiering.ChunkName;
import io.headrace.tiering.StorageException;
import io.headrace.tiering.StorageException.Kind;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What lies beside the chunks of a storage and says whose they are. ASCII text of two lines:
 *
 * <pre>
 * headrace chunks 1                         1 is the version of the layout
 * 0b7c7e0c-4d0f-4f0e-9d9b-2f6f0c6a7a11      identity of the storage, made up when it was first used
 * </pre>
 */
public final class Marker {
    /** Not the name of a chunk, since those do not begin with a dot. */
    public static final String NAME = ".headrace-chunks";

    static final ChunkName CHUNK = new ChunkName(NAME, List.of(NAME));
    static final int MAX_BYTES = 200;

    private static final String VERSION = "1";
    private static final Pattern TEXT = Pattern.compile("headrace chunks ([0-9]+)\n([0-9a-f-]{36})\n");

    private Marker() {}

    /** The text for a new storage. */
    public static byte[] make() {
        return ("headrace chunks " + VERSION + "\n" + UUID.randomUUID() + "\n").getBytes(StandardCharsets.US_ASCII);
    }

    /**
     * The identity that a text contains.
     *
     * @param where the text was found, for messages
     * @throws StorageException CORRUPT if it is no such text, BAD_REQUEST if it is one of another version
     */
    public static String identity(byte[] text, String where) {
        Matcher matcher = TEXT.matcher(new String(text, StandardCharsets.US_ASCII));
        if (!matcher.matches()) {
            throw new StorageException(
                    Kind.CORRUPT, NAME + " in " + where + " is damaged; restore it, and do not delete anything");
        }
        if (!matcher.group(1).equals(VERSION)) {
            throw new StorageException(
                    Kind.BAD_REQUEST,
                    "the chunks in " + where + " have version " + matcher.group(1)
                            + " of the layout, this program knows " + VERSION + "; use the program that wrote them");
        }
        return matcher.group(2);
    }
}
