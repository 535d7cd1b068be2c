/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */

import io.headrace.verticles.embedded.ZooKeeperMember;
import java.net.InetAddress;
import java.nio.file.Path;
import java.util.Map;
import org.apache.bookkeeper.bookie.SortedLedgerStorage;
import org.apache.bookkeeper.client.BookKeeperAdmin;
import org.apache.bookkeeper.conf.ServerConfiguration;
import org.apache.bookkeeper.server.EmbeddedServer;
import org.apache.bookkeeper.server.conf.BookieConfiguration;

/**
 * A ZooKeeper and a bookie as BookKeeper has it, with what it can be set to as with Headrace's embedded one, for a peer.
 * Arguments: directory, two ports.
 */
public final class PlainBookie {
    private static final int MIB = 1 << 20;

    public static void main(String[] arguments) throws Exception {
        Path directory = Path.of(arguments[0]);
        InetAddress host = InetAddress.getByName("127.0.0.1");
        int zooKeeper = Integer.parseInt(arguments[1]);
        ZooKeeperMember.start(directory.resolve("zookeeper"), host, zooKeeper, 1, Map.of(1, ""), System.err::println);
        ServerConfiguration conf = new ServerConfiguration();
        conf.setMetadataServiceUri("zk+hierarchical://127.0.0.1:" + zooKeeper + "/ledgers");
        conf.setZkTimeout(30_000);
        conf.setJournalDirName(directory.resolve("journal").toString());
        conf.setLedgerDirNames(new String[] {directory.resolve("ledgers").toString()});
        conf.setBookiePort(Integer.parseInt(arguments[2]));
        conf.setBookieId("bookie");
        conf.setAdvertisedAddress("127.0.0.1");
        conf.setAllowLoopback(true);
        conf.setHttpServerEnabled(false);
        conf.setAutoRecoveryDaemonEnabled(false);

        conf.setJournalFlushWhenQueueEmpty(true);
        conf.setJournalMaxGroupWaitMSec(1);
        conf.setJournalAdaptiveGroupWrites(true);
        conf.setMaxJournalSizeMB(64);
        conf.setMaxBackupJournals(0);
        conf.setProperty("journalPreAllocSizeMB", 4);
        conf.setJournalWriteBufferSizeKB(256);
        conf.setJournalRemovePagesFromCache(false);

        conf.setLedgerStorageClass(SortedLedgerStorage.class.getName());
        conf.setSkipListSizeLimit(32 * MIB);
        conf.setPageLimit(1_024);
        conf.setReadBufferBytes(128 << 10);
        conf.setProperty("journalMaxMemorySizeMb", 32);
        conf.setEntryLogSizeLimit(128 * MIB);
        conf.setFlushInterval(10_000);
        conf.setServerNumIOThreads(1);
        conf.setNumAddWorkerThreads(1);
        conf.setNumReadWorkerThreads(1);
        conf.setNumHighPriorityWorkerThreads(1);
        conf.setNumLongPollWorkerThreads(1);

        BookKeeperAdmin.initNewCluster(conf);
        EmbeddedServer.builder(new BookieConfiguration(conf)).build().getLifecycleComponentStack().start();
        System.out.println("UP 127.0.0.1:" + zooKeeper);
        Thread.currentThread().join();
    }
}
