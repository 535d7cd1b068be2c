/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.verticles.embedded;

import java.io.IOException;
import java.nio.file.FileStore;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How much room the disk of the embedded storage has. It is short of space well before the bookie turns read-only: who
 * stops appending then leaves room for what frees space, such as deleting and truncating, and for what the bookie still
 * has to write out. May be asked from any thread; the disk is looked at twenty times a second on a thread of its own,
 * since what is written between two looks must be little beside what is left, on a small and fast disk too.
 */
public final class DiskSpace implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(DiskSpace.class);
    private static final long PERIOD_MILLIS = 50;

    // Times the reserve. Appends under way when the disk becomes short, in the journal and then once more in an entry
    // log,
    // and the bookie's cache must not eat up the difference.
    private static final int SHORT = 4;
    private static final int ENOUGH = 5;

    private static final int MIN_RESERVE_FRACTION = 8;

    /** Hears when the disk becomes short of space, and when it no longer is; on the thread of the watch. */
    @FunctionalInterface
    public interface Listener {
        void changed(boolean isShort);
    }

    private final Disk disk;
    private final long mostReserveBytes;
    private final ScheduledExecutorService watch = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread thread = new Thread(task, "disk-watch");
        thread.setDaemon(true);
        return thread;
    });

    private volatile long freeBytes;
    private volatile long enoughBytes;
    private volatile boolean isShort;

    // On the thread of the watch.
    private @Nullable Listener listener;

    DiskSpace(Disk disk, long mostReserveBytes) {
        this.disk = disk;
        this.mostReserveBytes = mostReserveBytes;
        look();
    }

    /** @param mostReserveBytes what is kept free of a large disk */
    static DiskSpace watching(FileStore store, long mostReserveBytes) {
        DiskSpace space = new DiskSpace(Disk.of(store), mostReserveBytes);
        var unused =
                space.watch.scheduleWithFixedDelay(space::look, PERIOD_MILLIS, PERIOD_MILLIS, TimeUnit.MILLISECONDS);
        return space;
    }

    /** What the bookie is to keep free: with less it is read-only. */
    static long reserveBytes(long totalBytes, long mostReserveBytes) {
        return totalBytes > 0 ? Math.min(mostReserveBytes, totalBytes / MIN_RESERVE_FRACTION) : mostReserveBytes;
    }

    /** Bytes that were free a moment ago. */
    public long freeBytes() {
        return freeBytes;
    }

    /** Bytes that must be free for the disk to be no longer short of space. */
    public long enoughBytes() {
        return enoughBytes;
    }

    /** Whether nothing should be written but what frees space. */
    public boolean isShort() {
        return isShort;
    }

    /** Tells {@code newListener} of every change from now on, and at once if the disk is short of space already. */
    public void listen(Listener newListener) {
        watch.execute(() -> {
            listener = newListener;
            if (isShort) {
                newListener.changed(true);
            }
        });
    }

    /** Does something else, too, each time that the disk is looked at; on the thread of the watch. */
    void alsoLook(Runnable task) {
        var unused = watch.scheduleWithFixedDelay(task, PERIOD_MILLIS, PERIOD_MILLIS, TimeUnit.MILLISECONDS);
    }

    @Override
    public void close() {
        watch.shutdownNow();
    }

    void look() {
        try {
            long free = disk.usableBytes();
            long reserve = reserveBytes(disk.totalBytes(), mostReserveBytes);
            freeBytes = free;
            enoughBytes = ENOUGH * reserve;
            update(free < (isShort ? ENOUGH : SHORT) * reserve);
        } catch (IOException e) {
            LOG.debug("How much room the disk has is not known", e);
        }
    }

    private void update(boolean now) {
        if (now != isShort) {
            isShort = now;
            Listener known = listener;
            if (known != null) {
                known.changed(now);
            }
        }
    }

    /** A disk, which may grow. */
    interface Disk {
        long usableBytes() throws IOException;

        long totalBytes() throws IOException;

        static Disk of(FileStore store) {
            return new Disk() {
                @Override
                public long usableBytes() throws IOException {
                    return store.getUsableSpace();
                }

                @Override
                public long totalBytes() throws IOException {
                    return store.getTotalSpace();
                }
            };
        }
    }
}
