/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.verticles.bookkeeper;

import io.headrace.engine.log.Callback;
import io.headrace.engine.log.LogException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.KeeperException.Code;
import org.apache.zookeeper.ZooDefs;
import org.apache.zookeeper.data.Stat;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The ZooKeeper nodes that hold log descriptors. Reads see the newest write; writes are compare-and-set, and a lost or
 * doubtful answer is settled by reading the node again and looking for the write's attempt id, never by guessing.
 *
 * <p>Thread-safe; callbacks run on a thread of the ZooKeeper client or on the timer.
 */
final class DescriptorNodes {
    static final String ROOT = "/headrace/logs";
    /** The version to expect of a node that does not exist. */
    static final int ABSENT = -1;

    private static final Logger LOG = LoggerFactory.getLogger(DescriptorNodes.class);
    private static final long RETRY_MILLIS = 100;

    private final ZooKeeperSession session;
    private final ScheduledExecutorService timer;
    private final long deadlineMillis;

    /** A descriptor and the version of the node that held it; {@link #ABSENT} with an empty descriptor if none did. */
    record Stored(LogDescriptor descriptor, int version) {}

    /**
     * How a write ended.
     *
     * @param applied whether it took effect
     * @param stored what the node holds now: the written descriptor, or another one that was in the way
     */
    record Outcome(boolean applied, Stored stored) {}

    DescriptorNodes(ZooKeeperSession session, ScheduledExecutorService timer, long deadlineMillis) {
        this.session = session;
        this.timer = timer;
        this.deadlineMillis = deadlineMillis;
    }

    /** Reads the newest descriptor. Fails with CORRUPT if it cannot be understood, else with UNAVAILABLE. */
    void read(String partition, Callback<Stored> callback) {
        new Read(partition, callback, System.nanoTime()).attempt();
    }

    /** Replaces the descriptor if the node still has {@code version}. An UNAVAILABLE failure leaves the outcome open. */
    void write(String partition, int version, LogDescriptor descriptor, Callback<Outcome> callback) {
        new Write(partition, version, descriptor, callback, System.nanoTime()).attempt();
    }

    private static String path(String partition) {
        return ROOT + "/" + partition;
    }

    private static boolean isTransient(Code code) {
        return switch (code) {
            case CONNECTIONLOSS, SESSIONEXPIRED, SESSIONMOVED, OPERATIONTIMEOUT, SESSIONCLOSEDREQUIRESASLAUTH -> true;
            default -> false;
        };
    }

    /** Runs {@code again} after a pause, or {@code giveUp} if the time is up. */
    private void later(long startNanos, Runnable again, Runnable giveUp) {
        if (System.nanoTime() - startNanos > TimeUnit.MILLISECONDS.toNanos(deadlineMillis)) {
            giveUp.run();
            return;
        }
        try {
            var unused = timer.schedule(again, RETRY_MILLIS, TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException e) {
            giveUp.run(); // closing
        }
    }

    private static LogException unavailable(String partition, String what, Code code) {
        return new LogException(
                LogException.Kind.UNAVAILABLE,
                what + " the descriptor of log " + partition + " failed: ZooKeeper says " + code,
                KeeperException.create(code));
    }

    private final class Read {
        private final String partition;
        private final Callback<Stored> callback;
        private final long startNanos;

        Read(String partition, Callback<Stored> callback, long startNanos) {
            this.partition = partition;
            this.callback = callback;
            this.startNanos = startNanos;
        }

        void attempt() {
            // A ZooKeeper server may lag behind; sync, sent first on the same session, makes it catch up.
            var client = session.client();
            client.sync(path(partition), (rc, path, context) -> {}, null);
            client.getData(path(partition), false, (rc, path, context, data, stat) -> answered(rc, data, stat), null);
        }

        private void answered(int rc, byte @Nullable [] data, @Nullable Stat stat) {
            Code code = Code.get(rc);
            if (code == Code.OK && data != null && stat != null) {
                decode(data, stat.getVersion());
            } else if (code == Code.NONODE) {
                callback.done(new Stored(LogDescriptor.empty(), ABSENT));
            } else if (isTransient(code)) {
                later(startNanos, this::attempt, () -> callback.failed(unavailable(partition, "reading", code)));
            } else {
                callback.failed(unavailable(partition, "reading", code));
            }
        }

        private void decode(byte[] data, int version) {
            LogDescriptor descriptor;
            try {
                descriptor = LogDescriptor.decode(data);
            } catch (IllegalArgumentException e) {
                callback.failed(new LogException(
                        LogException.Kind.CORRUPT,
                        "the descriptor of log " + partition + " is damaged: " + e.getMessage(),
                        e));
                return;
            }
            callback.done(new Stored(descriptor, version));
        }
    }

    private final class Write {
        private final String partition;
        private final int expected;
        private final LogDescriptor descriptor;
        private final byte[] bytes;
        private final Callback<Outcome> callback;
        private final long startNanos;

        Write(String partition, int expected, LogDescriptor descriptor, Callback<Outcome> callback, long startNanos) {
            this.partition = partition;
            this.expected = expected;
            this.descriptor = descriptor;
            this.bytes = descriptor.encode();
            this.callback = callback;
            this.startNanos = startNanos;
        }

        void attempt() {
            if (expected == ABSENT) {
                session.client()
                        .create(
                                path(partition),
                                bytes,
                                ZooDefs.Ids.OPEN_ACL_UNSAFE,
                                CreateMode.PERSISTENT,
                                (rc, path, context, name) -> answered(rc, 0),
                                null);
            } else {
                session.client()
                        .setData(
                                path(partition),
                                bytes,
                                expected,
                                (rc, path, context, stat) -> answered(rc, stat == null ? 0 : stat.getVersion()),
                                null);
            }
        }

        private void answered(int rc, int version) {
            Code code = Code.get(rc);
            if (code == Code.OK) {
                callback.done(new Outcome(true, new Stored(descriptor, version)));
            } else if (code == Code.BADVERSION || code == Code.NODEEXISTS || code == Code.NONODE) {
                // Also the answer to the second of two sends of which the first was applied and its answer lost.
                settle(code);
            } else if (isTransient(code)) {
                LOG.info("Answer to a write of the descriptor of log {} was lost: {}", partition, code);
                later(startNanos, () -> settle(code), () -> callback.failed(unavailable(partition, "writing", code)));
            } else {
                callback.failed(unavailable(partition, "writing", code));
            }
        }

        private void settle(Code code) {
            read(partition, Callback.of(stored -> settled(stored, code), callback::failed));
        }

        private void settled(Stored stored, Code code) {
            if (stored.descriptor().attempt().equals(descriptor.attempt())) {
                callback.done(new Outcome(true, stored));
            } else if (stored.version() == expected) {
                later(startNanos, this::attempt, () -> callback.failed(unavailable(partition, "writing", code)));
            } else {
                callback.done(new Outcome(false, stored));
            }
        }
    }
}
