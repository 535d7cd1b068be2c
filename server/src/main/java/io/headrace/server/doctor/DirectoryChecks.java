/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.server.doctor;

import io.headrace.server.settings.Settings;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;
import java.util.Set;

/** Where the data is to be. */
final class DirectoryChecks {
    private static final String DATA = "--" + Settings.DATA.name();
    private static final long MIB = 1L << 20;

    /** With less a server makes its writers wait. */
    private static final long LEAST_BYTES = 640 * MIB;

    private static final long FEW_BYTES = 5_120 * MIB;

    private static final Set<String> FORGETFUL = Set.of("tmpfs", "ramfs");
    private static final Set<String> OF_CONTAINERS = Set.of("overlay", "aufs");
    private static final Set<String> OVER_NETWORK = Set.of("nfs", "nfs4", "cifs", "smb3", "smbfs", "fuse.sshfs");

    private static final int SYNCS = 50;
    private static final int SYNCED_BYTES = 4_096;
    private static final long SYNC_NANOS = 2_000_000_000;
    private static final long SLOW_MICROS = 10_000;

    private DirectoryChecks() {}

    static void run(Path data, Findings to) {
        Path nearest = data;
        while (!Files.exists(nearest) && nearest.getParent() != null) {
            nearest = nearest.getParent();
        }
        if (!Files.isDirectory(nearest)) {
            to.problem("data directory", nearest + " is a file", "remove it, or choose another with " + DATA);
            return;
        }
        Path file;
        try {
            file = Files.createTempFile(nearest, "headrace-doctor", ".tmp");
        } catch (IOException e) {
            to.problem(
                    "data directory",
                    "cannot write in " + nearest,
                    "give this user the right to, or choose another with " + DATA);
            return;
        }
        try {
            to.ok("data directory", data + (nearest.equals(data) ? " can be written" : " can be created"));
            FileStore store = Files.getFileStore(nearest);
            kind(store.type(), to);
            room(store.getUsableSpace(), to);
            syncs(medianSyncMicros(file), to);
        } catch (IOException e) {
            to.problem("data directory", "writing in " + nearest + " fails: " + e.getMessage(), "look at the disk");
        } finally {
            delete(file, to);
        }
    }

    private static void delete(Path file, Findings to) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            to.warning("data directory", file + " cannot be deleted: " + e.getMessage(), "delete it");
        }
    }

    static void kind(String type, Findings to) {
        String found = "it is of type " + type;
        if (FORGETFUL.contains(type)) {
            to.warning("file system", found + ", which is memory", "choose a directory on a disk with " + DATA);
        } else if (OF_CONTAINERS.contains(type)) {
            to.warning(
                    "file system",
                    found + ", which goes when its container is removed",
                    "mount a volume, and name it with " + DATA);
        } else if (OVER_NETWORK.contains(type)) {
            to.warning(
                    "file system",
                    found + ", which is over a network",
                    "choose a local disk with " + DATA + "; a directory like this one is good for --"
                            + Settings.TIER2.name());
        } else {
            to.ok("file system", found);
        }
    }

    static void room(long bytes, Findings to) {
        String found = bytes / MIB + " MiB are free";
        if (bytes < LEAST_BYTES) {
            to.problem(
                    "free room",
                    found + ", and with less than " + LEAST_BYTES / MIB + " writers wait",
                    "free some, or choose another directory with " + DATA);
        } else if (bytes < FEW_BYTES) {
            to.warning("free room", found, "that does not last long: free some, or choose another with " + DATA);
        } else {
            to.ok("free room", found);
        }
    }

    static void syncs(long medianMicros, Findings to) {
        String found = "a small write is on the disk in " + medianMicros / 1_000 + "." + medianMicros % 1_000 / 100
                + " ms (median)";
        if (medianMicros > SLOW_MICROS) {
            to.warning(
                    "fsync",
                    found,
                    "each append waits at least so long: a solid-state disk, or a controller with a protected cache, takes"
                            + " a fraction of that");
        } else {
            to.ok("fsync", found);
        }
    }

    private static long medianSyncMicros(Path file) throws IOException {
        long[] nanos = new long[SYNCS];
        int done = 0;
        long begin = System.nanoTime();
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            while (done < SYNCS && System.nanoTime() - begin < SYNC_NANOS) {
                long start = System.nanoTime();
                channel.write(ByteBuffer.allocate(SYNCED_BYTES));
                channel.force(false);
                nanos[done++] = System.nanoTime() - start;
            }
        }
        List<Long> sorted = Arrays.stream(nanos, 0, done).sorted().boxed().toList();
        return sorted.get(sorted.size() / 2) / 1_000;
    }
}
