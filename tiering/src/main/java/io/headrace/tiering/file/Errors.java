/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.tiering.file;

import io.headrace.tiering.StorageException;
import io.headrace.tiering.StorageException.Kind;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;

/** What exceptions of the file system mean. Java passes on the system's error as a text only, in English by default. */
final class Errors {
    /** With less than this a disk counts as full, whatever the text says. */
    private static final long FULL_BYTES = 64 << 10;

    private Errors() {}

    static StorageException of(String what, IOException e, Path root) {
        if (isFull(e, root)) {
            return new StorageException(
                    Kind.FULL,
                    what + " failed: there is no room left in " + root + " (" + e.getMessage()
                            + "); add space, or shorten the retention of streams",
                    e);
        }
        if (e instanceof AccessDeniedException) {
            return new StorageException(
                    Kind.UNAVAILABLE,
                    what + " failed: access was denied to " + e.getMessage() + "; let the server's user own " + root,
                    e);
        }
        return new StorageException(
                Kind.UNAVAILABLE,
                what + " failed (" + e + "); its outcome is unknown. Check the file system of " + root
                        + ", and try again",
                e);
    }

    /** Whether a server of files does not know the handle any more: it was restarted, say. The file may still be there. */
    static boolean isStale(IOException e) {
        return says(e, "Stale");
    }

    private static boolean isFull(IOException e, Path root) {
        if (says(e, "No space left") || says(e, "quota exceeded")) {
            return true;
        }
        try {
            return Files.getFileStore(root).getUsableSpace() < FULL_BYTES;
        } catch (IOException unknown) {
            e.addSuppressed(unknown);
            return false;
        }
    }

    private static boolean says(IOException e, String text) {
        String message = e.getMessage();
        return message != null && message.contains(text);
    }
}
