/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.tiering.hdfs;

import io.headrace.tiering.StorageException;
import io.headrace.tiering.StorageException.Kind;
import java.io.FileNotFoundException;
import java.io.IOException;
import org.apache.hadoop.fs.ChecksumException;
import org.apache.hadoop.fs.ClusterStorageCapacityExceededException;
import org.apache.hadoop.fs.FileAlreadyExistsException;
import org.apache.hadoop.hdfs.protocol.AlreadyBeingCreatedException;
import org.apache.hadoop.ipc.RemoteException;
import org.apache.hadoop.security.AccessControlException;
import org.jspecify.annotations.Nullable;

/** What exceptions of HDFS mean. Some come wrapped, as the name node's, and some wrapped in those of a stream. */
final class Errors {
    private Errors() {}

    static StorageException of(String what, IOException e, String storage) {
        if (find(e, ClusterStorageCapacityExceededException.class) != null) {
            return new StorageException(
                    Kind.FULL,
                    what + " failed: there is no room left in " + storage + " (" + firstLine(e)
                            + "); raise the quota, or shorten the retention of streams",
                    e);
        }
        if (find(e, ChecksumException.class) != null) {
            return new StorageException(
                    Kind.CORRUPT,
                    what + " failed: every copy is damaged (" + firstLine(e)
                            + "); look at the block with hdfs fsck, and do not delete anything",
                    e);
        }
        if (isRefused(e)) {
            return new StorageException(
                    Kind.BAD_REQUEST, what + " is not allowed in HDFS (" + firstLine(e) + "); do without it", e);
        }
        if (isDenied(e)) {
            return new StorageException(
                    Kind.UNAVAILABLE,
                    what + " failed: access was denied (" + firstLine(e) + "); let the server's user own the directory",
                    e);
        }
        return new StorageException(
                Kind.UNAVAILABLE,
                what + " failed (" + firstLine(e) + "); its outcome is unknown. Check " + storage + ", and try again",
                e);
    }

    /** Whether the name node says for certain that there is no such file. */
    static boolean isAbsent(IOException e) {
        return find(e, FileNotFoundException.class) != null;
    }

    /** Whether access was denied, which is also what the name node says when a directory on the way is a file. */
    static boolean isDenied(IOException e) {
        return find(e, AccessControlException.class) != null;
    }

    static boolean isThere(IOException e) {
        return find(e, FileAlreadyExistsException.class) != null || find(e, AlreadyBeingCreatedException.class) != null;
    }

    /** The name node uses these for requests that it does not allow at all. */
    private static boolean isRefused(IOException e) {
        return e instanceof RemoteException remote && remote.getClassName().endsWith("IllegalArgumentException");
    }

    private static <T extends IOException> @Nullable T find(IOException e, Class<T> type) {
        Throwable cause = e;
        while (cause != null) {
            Throwable unwrapped = cause instanceof RemoteException remote ? remote.unwrapRemoteException() : cause;
            if (type.isInstance(unwrapped)) {
                return type.cast(unwrapped);
            }
            cause = cause.getCause();
        }
        return null;
    }

    /** The name node sends its stack trace along with a message. */
    private static String firstLine(IOException e) {
        return e.toString().lines().findFirst().orElse("");
    }
}
