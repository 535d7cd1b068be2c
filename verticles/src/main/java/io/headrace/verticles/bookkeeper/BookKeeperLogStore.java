/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.verticles.bookkeeper;

import io.headrace.engine.log.Callback;
import io.headrace.engine.log.LogException;
import io.headrace.engine.log.LogStore;
import io.headrace.engine.log.PartitionLog;
import io.headrace.engine.partition.Loop;
import io.headrace.verticles.rocksdb.FormerCheckpoints;
import java.io.IOException;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.Phaser;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Pattern;
import org.apache.bookkeeper.client.BKException;
import org.apache.bookkeeper.client.BookKeeper;
import org.apache.bookkeeper.conf.ClientConfiguration;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.ZooDefs;
import org.apache.zookeeper.ZooKeeper;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All partition logs of a cluster, on one BookKeeper client and one ZooKeeper session. Thread-safe; connecting and
 * closing block and belong to the main thread.
 *
 * <p>The client's own limits are off: it would throttle to 5,000 appends a second, and its back-pressure blocks the
 * calling thread, which is a loop. A log bounds what is in flight in bytes instead.
 */
public final class BookKeeperLogStore implements LogStore, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(BookKeeperLogStore.class);
    private static final Pattern PARTITION = Pattern.compile("[A-Za-z0-9-]+");
    private static final long WATCHDOG_MILLIS = 500;

    /** How long the end waits for ledgers to be closed; the next owner recovers one that is not. */
    private static final long ENDING_MILLIS = 2_000;

    private final LogOptions options;
    private final ZooKeeperSession session;
    private final BookKeeper client;
    private final ScheduledExecutorService background;
    private final DescriptorNodes nodes;
    private final Ledgers ledgers;
    private final Set<BookKeeperPartitionLog> open = ConcurrentHashMap.newKeySet();

    /** Has a party for each ledger that is being closed, and one for the store. */
    private final Phaser ending = new Phaser(1);

    private BookKeeperLogStore(LogOptions options, ZooKeeperSession session, BookKeeper client) {
        this.options = options;
        this.session = session;
        this.client = client;
        this.background = Executors.newSingleThreadScheduledExecutor(task -> {
            Thread thread = new Thread(task, "log-background");
            thread.setDaemon(true);
            return thread;
        });
        this.nodes = new DescriptorNodes(session, background, options.metadataMillis());
        this.ledgers = new Ledgers(client, options, background);
        var unused = background.scheduleWithFixedDelay(
                () -> open.forEach(BookKeeperPartitionLog::checkDeadline),
                WATCHDOG_MILLIS,
                WATCHDOG_MILLIS,
                TimeUnit.MILLISECONDS);
    }

    /**
     * Connects to ZooKeeper and BookKeeper. Blocks until connected.
     *
     * @throws LogException UNAVAILABLE if that takes too long
     */
    public static BookKeeperLogStore connect(LogOptions options) throws InterruptedException {
        ZooKeeperSession session = null;
        try {
            BookKeeper client = BookKeeper.forConfig(configuration(options)).build();
            session = new ZooKeeperSession(options.zooKeeper(), options.sessionMillis());
            createRoot(session, options.metadataMillis());
            return new BookKeeperLogStore(options, session, client);
        } catch (IOException | BKException | KeeperException e) {
            if (session != null) {
                session.close();
            }
            throw new LogException(
                    LogException.Kind.UNAVAILABLE,
                    "cannot connect to ZooKeeper and BookKeeper at " + options.zooKeeper() + ": " + e.getMessage(),
                    e);
        }
    }

    @Override
    public void open(String partition, Loop loop, Callback<PartitionLog> opened) {
        if (!PARTITION.matcher(partition).matches()) {
            throw new IllegalArgumentException(
                    "a partition is named by letters, digits and -, not by \"" + partition + "\"");
        }
        new LogOpening(new LogContext(partition, loop, options, nodes, ledgers, open, ending), opened).start();
    }

    /** What the appends to each log that is open have been like. */
    public List<LogNumbers> numbers() {
        return open.stream().map(BookKeeperPartitionLog::numbers).toList();
    }

    /** Checkpoints that an older program has stored in ledgers of their own. */
    public FormerCheckpoints formerCheckpoints() {
        return new LedgerCheckpoints(ledgers, worker());
    }

    /** The ZooKeeper session that descriptors are kept through; for others that need ZooKeeper, too. */
    public ZooKeeperSession session() {
        return session;
    }

    DescriptorNodes nodes() {
        return nodes;
    }

    Ledgers ledgers() {
        return ledgers;
    }

    /** Disconnects. Logs that are still open fail. */
    @Override
    public void close() {
        background.shutdownNow();
        try {
            ending.awaitAdvanceInterruptibly(ending.arrive(), ENDING_MILLIS, TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            LOG.debug("Some ledgers were not closed", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        try {
            client.close();
        } catch (BKException e) {
            LOG.warn("The BookKeeper client did not close cleanly", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        session.close();
    }

    private Loop worker() {
        return new Loop() {
            @Override
            public void execute(Runnable task) {
                try {
                    background.execute(task);
                } catch (RejectedExecutionException e) {
                    LOG.debug("A snapshot was abandoned: the store has been closed", e);
                }
            }

            @Override
            public boolean inLoop() {
                return false;
            }
        };
    }

    private static ClientConfiguration configuration(LogOptions options) {
        ClientConfiguration conf = new ClientConfiguration();
        conf.setMetadataServiceUri("zk+hierarchical://" + options.zooKeeper().replace(',', ';') + "/ledgers");
        conf.setZkTimeout(options.sessionMillis());
        conf.setThrottleValue(0);
        conf.setWaitTimeoutOnBackpressureMillis(-1);
        conf.setNumIOThreads(1);
        conf.setNumWorkerThreads(1);
        conf.setAddEntryTimeout((int) Math.max(1, TimeUnit.MILLISECONDS.toSeconds(options.appendMillis()) / 3));
        conf.setReadEntryTimeout(10);
        // Entries acknowledged while the change of ensemble is not yet recorded could be lost with it.
        conf.setDelayEnsembleChange(false);
        conf.setBatchReadEnabled(false);
        conf.setEnableDigestTypeAutodetection(false);
        return conf;
    }

    private static void createRoot(ZooKeeperSession session, long millis) throws KeeperException, InterruptedException {
        long start = System.nanoTime();
        String path = "";
        for (String name : DescriptorNodes.ROOT.substring(1).split("/", -1)) {
            path += "/" + name;
            while (!tryCreate(session.client(), path)) {
                if (System.nanoTime() - start > TimeUnit.MILLISECONDS.toNanos(millis)) {
                    throw KeeperException.create(KeeperException.Code.CONNECTIONLOSS, path);
                }
                TimeUnit.MILLISECONDS.sleep(50);
            }
        }
    }

    private static boolean tryCreate(ZooKeeper client, String path) throws KeeperException, InterruptedException {
        try {
            client.create(path, new byte[0], ZooDefs.Ids.OPEN_ACL_UNSAFE, CreateMode.PERSISTENT);
            return true;
        } catch (KeeperException.NodeExistsException e) {
            return true;
        } catch (KeeperException.ConnectionLossException | KeeperException.SessionExpiredException e) {
            return false;
        }
    }
}
