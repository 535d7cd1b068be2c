/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.verticles.embedded;

import java.io.File;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import org.apache.bookkeeper.bookie.Bookie;
import org.apache.bookkeeper.bookie.BookieException;
import org.apache.bookkeeper.bookie.BookieResources;
import org.apache.bookkeeper.bookie.Cookie;
import org.apache.bookkeeper.common.component.LifecycleComponentStack;
import org.apache.bookkeeper.conf.ServerConfiguration;
import org.apache.bookkeeper.discover.RegistrationManager;
import org.apache.bookkeeper.meta.MetadataBookieDriver;
import org.apache.bookkeeper.net.BookieId;
import org.apache.bookkeeper.server.EmbeddedServer;
import org.apache.bookkeeper.server.conf.BookieConfiguration;
import org.apache.bookkeeper.stats.NullStatsLogger;
import org.apache.bookkeeper.stats.NullStatsProvider;
import org.apache.bookkeeper.versioning.Version;
import org.apache.bookkeeper.versioning.Versioned;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One bookie. Its identity comes from the cluster's instance id in ZooKeeper, so neither a changed port nor a moved data
 * directory makes it a stranger to its own data.
 *
 * <p>Storage is {@link OrderedLedgerStorage}; see {@link EmbeddedEnsemble} for the reason.
 */
final class EmbeddedBookie implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(EmbeddedBookie.class);
    private static final String LEDGERS_PATH = "/ledgers";
    /** Often enough that no more is written meanwhile than what is kept free. */
    private static final int DISK_CHECK_MILLIS = 250;

    /** Journal files that are kept to be written over: as many as the bookie deletes at once, and some more. */
    private static final int SPARE_JOURNALS = 4;

    /** Part of the disk that those may take. */
    private static final int SPARE_FRACTION = 16;

    private static final long MIB = 1L << 20;
    /**
     * Pages of ledger index held in memory, each of 8 KiB, for 1,024 entries: more than change between two checkpoints. For
     * lack of others the bookie would write changed ones, whether or not the logs have what they name.
     */
    private static final int INDEX_PAGES = 2_048;

    private static final int READ_BUFFER_BYTES = 128 << 10;

    private final LifecycleComponentStack components;
    private final Bookie bookie;

    private EmbeddedBookie(LifecycleComponentStack components, Bookie bookie) {
        this.components = components;
        this.bookie = bookie;
    }

    static EmbeddedBookie start(Path directory, BookieSite site, EmbeddedOptions options, Consumer<String> onFailure)
            throws Exception {
        ServerConfiguration conf = configuration(directory, site, options);
        prepareIdentity(conf, site, options);
        EmbeddedServer server;
        try {
            server = EmbeddedServer.builder(new BookieConfiguration(conf))
                    .statsProvider(new NullStatsProvider())
                    .build();
        } catch (Exception e) {
            throw explained(e, options);
        }
        LifecycleComponentStack components = server.getLifecycleComponentStack();
        components.setExceptionHandler((thread, cause) ->
                onFailure.accept("the embedded bookie has stopped after an error, see the log above: " + cause));
        Bookie bookie = server.getBookieService().getServer().getBookie();
        ((OrderedLedgerStorage) bookie.getLedgerStorage())
                .onFailure(
                        failure -> onFailure.accept("the embedded bookie could not store what is in its journal, from"
                                + " which it is stored at the next start: " + failure));
        try {
            components.start();
            if (!server.getBookieService().getServer().isRunning()) {
                throw new EnsembleException("the bookie could not read back its data in " + directory
                        + " (see the log above); the data has been left untouched");
            }
        } catch (RuntimeException e) {
            components.close();
            throw e;
        }
        return new EmbeddedBookie(components, bookie);
    }

    /** Whether it takes no writes at present; from any thread. */
    boolean isReadOnly() {
        return bookie.isReadOnly();
    }

    @Override
    public void close() {
        components.close();
    }

    private static ServerConfiguration configuration(Path directory, BookieSite site, EmbeddedOptions options)
            throws IOException {
        ServerConfiguration conf = new ServerConfiguration();
        conf.setMetadataServiceUri("zk+hierarchical://" + site.zooKeeper().replace(',', ';') + LEDGERS_PATH);
        conf.setZkTimeout(30_000);
        conf.setJournalDirName(directory.resolve("journal").toString());
        conf.setLedgerDirNames(new String[] {directory.resolve("ledgers").toString()});
        network(conf, site, options);
        durability(conf, options);
        sizes(conf, options);
        threads(conf);
        return conf;
    }

    private static void network(ServerConfiguration conf, BookieSite site, EmbeddedOptions options) throws IOException {
        if (!site.host().isAnyLocalAddress()) {
            // With an interface named, the bookie binds to its advertised address only instead of to all interfaces.
            conf.setListeningInterface(interfaceOf(site.host()));
        }
        conf.setAdvertisedAddress(site.advertised());
        conf.setAllowLoopback(true);
        conf.setAllowEphemeralPorts(true);
        boolean socket = options.bookiePort() != EmbeddedOptions.NO_SOCKET;
        conf.setBookiePort(socket ? options.bookiePort() : 0);
        conf.setDisableServerSocketBind(!socket);
        // Clients in this process reach the bookie without the network stack and pass it their buffers uncopied.
        conf.setEnableLocalTransport(true);
        conf.setHttpServerEnabled(false);
    }

    /** Of loopback it is {@code lo} on Linux, {@code lo0} on macOS. */
    private static String interfaceOf(InetAddress host) throws IOException {
        NetworkInterface found = NetworkInterface.getByInetAddress(host);
        if (found == null) {
            throw new EnsembleException("this machine has no network interface with " + host.getHostAddress()
                    + ": set one up, or choose another address");
        }
        return found.getName();
    }

    private static void durability(ServerConfiguration conf, EmbeddedOptions options) {
        conf.setJournalWriteData(true);
        conf.setJournalSyncData(true);
        // A lone append is synced at once; under load, what arrives during one sync shares the next.
        conf.setJournalFlushWhenQueueEmpty(true);
        conf.setJournalMaxGroupWaitMSec(1);
        conf.setJournalAdaptiveGroupWrites(true);
        conf.setMaxJournalSizeMB(Math.max(1, options.journalBytes() / MIB));
        conf.setMaxBackupJournals(0);
        conf.setJournalChannelProvider(JournalFiles.class.getName());
        long spare = diskBytes(conf) / SPARE_FRACTION;
        conf.setProperty(JournalFiles.SPARES, Math.min(SPARE_JOURNALS, spare / options.journalBytes()));
        conf.setJournalWriteBufferSizeKB(256);
        // Dropping journal pages from the page cache needs access to JDK internals that a plain launch does not give.
        conf.setJournalRemovePagesFromCache(false);
    }

    private static void sizes(ServerConfiguration conf, EmbeddedOptions options) {
        conf.setLedgerStorageClass(OrderedLedgerStorage.class.getName());
        conf.setSkipListSizeLimit((int) options.cacheBytes());
        conf.setPageLimit(INDEX_PAGES);
        // By default an entry is read from disk in pieces of 512 bytes.
        conf.setReadBufferBytes(READ_BUFFER_BYTES);
        conf.setProperty("journalMaxMemorySizeMb", options.cacheBytes() / MIB);
        conf.setEntryLogSizeLimit(options.entryLogBytes());
        conf.setFlushInterval(10_000);
        conf.setGcWaitTime(60_000);
        conf.setMinorCompactionInterval(3_600);
        conf.setMajorCompactionInterval(6 * 3_600L);
        conf.setMajorCompactionThreshold(0.5);
        conf.setIsForceGCAllowWhenNoSpace(true);
        conf.setDiskCheckInterval(DISK_CHECK_MILLIS);
        long total = diskBytes(conf);
        long reserve = DiskSpace.reserveBytes(total, options.minFreeBytes());
        // The bookie knows thresholds as fractions only; a fraction would waste most of the rest of a large disk.
        double full = total > 0 ? 1 - (double) reserve / total : 0.95;
        conf.setDiskUsageThreshold((float) Math.max(0.5, Math.min(full, 0.9999)));
        conf.setDiskUsageWarnThreshold(conf.getDiskUsageThreshold() - 0.0001f);
        conf.setDiskLowWaterMarkUsageThreshold(conf.getDiskUsageWarnThreshold());
        conf.setMinUsableSizeForEntryLogCreation(reserve / 2);
        conf.setMinUsableSizeForIndexFileCreation(reserve / 4);
        conf.setMinUsableSizeForHighPriorityWrites(reserve / 4);
    }

    private static long diskBytes(ServerConfiguration conf) {
        return new File(conf.getLedgerDirNames()[0]).getParentFile().getTotalSpace();
    }

    private static void threads(ServerConfiguration conf) {
        conf.setServerNumIOThreads(1);
        conf.setNumAddWorkerThreads(1);
        conf.setNumReadWorkerThreads(1);
        conf.setNumHighPriorityWorkerThreads(1);
        conf.setNumLongPollWorkerThreads(1);
        conf.setAutoRecoveryDaemonEnabled(false);
    }

    /**
     * Creates the cluster's metadata on the first start and makes sure, on every start, that the cookies name the
     * directories as they are called today. The bookie compares cookies literally, so it would refuse a data directory
     * that has been moved, or one whose first start was cut short between two cookies.
     */
    private static void prepareIdentity(ServerConfiguration conf, BookieSite site, EmbeddedOptions options)
            throws Exception {
        try (MetadataBookieDriver driver = BookieResources.createMetadataDriver(conf, NullStatsLogger.INSTANCE);
                RegistrationManager registration = driver.createRegistrationManager()) {
            if (!site.exists(LEDGERS_PATH)) {
                beginCluster(registration);
            }
            String instance = registration.getClusterInstanceId();
            conf.setBookieId("bookie-" + site.name().orElse(instance));
            forgetFormerRun(registration, site, BookieId.parse(conf.getBookieId()));
            Cookie cookie = Cookie.generateCookie(conf).setInstanceId(instance).build();
            Versioned<Cookie> registered = registered(registration, conf);
            if (registered != null) {
                check(registered.getValue(), cookie, conf, options);
                if (!registered.getValue().equals(cookie)) {
                    cookie.writeToRegistrationManager(registration, conf, registered.getVersion());
                }
            }
            boolean everywhere = true;
            for (File directory : cookieDirectories(conf)) {
                Cookie onDisk = onDisk(directory);
                if (onDisk == null) {
                    everywhere = false;
                } else {
                    check(onDisk, cookie, conf, options);
                    if (!onDisk.equals(cookie)) {
                        cookie.writeToDirectory(directory);
                    }
                }
            }
            if (everywhere && registered == null) {
                cookie.writeToRegistrationManager(registration, conf, Version.NEW);
            }
        }
    }

    /**
     * A process that was killed leaves its registration behind until its session expires, and the bookie would wait for
     * that. The lock on the data directory says that there is nobody but us.
     */
    private static void forgetFormerRun(RegistrationManager registration, BookieSite site, BookieId bookie)
            throws Exception {
        if (site.exists(LEDGERS_PATH + "/available/" + bookie)) {
            registration.unregisterBookie(bookie, false);
        }
        if (site.exists(LEDGERS_PATH + "/available/readonly/" + bookie)) {
            registration.unregisterBookie(bookie, true);
        }
    }

    /** Some bookies may be the first at the same time: all but one fail, and find what that one has created. */
    private static void beginCluster(RegistrationManager registration) {
        try {
            registration.initNewCluster();
        } catch (Exception e) {
            LOG.debug("another bookie has been faster", e);
        }
    }

    private static List<File> cookieDirectories(ServerConfiguration conf) {
        return List.of(
                current(conf.getJournalDirNames()[0]).toFile(),
                current(conf.getLedgerDirNames()[0]).toFile());
    }

    /** Where the bookie puts its files below a directory that it is given. */
    private static Path current(String directory) {
        return Path.of(directory, "current");
    }

    private static @Nullable Cookie onDisk(File directory) throws IOException {
        try {
            return Cookie.readFromDirectory(directory);
        } catch (FileNotFoundException e) {
            return null;
        }
    }

    private static @Nullable Versioned<Cookie> registered(RegistrationManager registration, ServerConfiguration conf)
            throws BookieException {
        try {
            return Cookie.readFromRegistrationManager(registration, BookieId.parse(conf.getBookieId()));
        } catch (BookieException.CookieNotFoundException e) {
            return null;
        }
    }

    /** Refuses a cookie that differs from ours in more than the names of directories. */
    private static void check(Cookie found, Cookie ours, ServerConfiguration conf, EmbeddedOptions options) {
        Cookie renamed = Cookie.newBuilder(found)
                .setJournalDirs(conf.getJournalDirNames()[0])
                .setLedgerDirs(Cookie.encodeDirPaths(conf.getLedgerDirNames()))
                .build();
        if (!renamed.equals(ours)) {
            throw new EnsembleException("the bookie's files and ZooKeeper's files in " + options.dataDirectory()
                    + " belong to different clusters: restore both from the same copy");
        }
    }

    private static RuntimeException explained(Exception failure, EmbeddedOptions options) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (isInUse(cause)) {
                return new EnsembleException(
                        "port " + options.bookiePort() + " of 127.0.0.1 is in use: stop the process that holds it or"
                                + " choose another bookie port",
                        failure);
            }
            if (cause instanceof BookieException.InvalidCookieException) {
                return new EnsembleException(
                        "part of the bookie's data in " + options.dataDirectory()
                                + " is missing: restore the whole directory from one copy",
                        failure);
            }
        }
        return new EnsembleException(
                "the bookie cannot start in " + options.dataDirectory() + ": " + failure.getMessage(), failure);
    }

    /** Netty's native transport has an exception of its own for this. */
    private static boolean isInUse(Throwable cause) {
        return cause instanceof BindException
                || (cause instanceof IOException
                        && String.valueOf(cause.getMessage()).contains("Address already in use"));
    }
}
