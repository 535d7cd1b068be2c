/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.tiering.hdfs;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.hdfs.DistributedFileSystem;
import org.apache.hadoop.hdfs.HdfsConfiguration;
import org.apache.hadoop.hdfs.MiniDFSCluster;

/** A name node and a data node in this JVM, on 127.0.0.1. Blocks have a mebibyte, so that chunks have several. */
public final class MiniHdfs implements AutoCloseable {
    static final int BLOCK_BYTES = 1 << 20;

    private final MiniDFSCluster cluster;

    private MiniHdfs(MiniDFSCluster cluster) {
        this.cluster = cluster;
    }

    public static MiniHdfs start(Path directory) throws IOException {
        return start(directory, 1);
    }

    public static MiniHdfs start(Path directory, int dataNodes) throws IOException {
        Configuration configuration = new HdfsConfiguration();
        configuration.setInt("dfs.heartbeat.interval", 1);
        configuration.setInt("dfs.blocksize", BLOCK_BYTES);
        configuration.set("dfs.namenode.rpc-bind-host", "127.0.0.1");
        MiniDFSCluster cluster = new MiniDFSCluster.Builder(configuration, directory.toFile())
                .numDataNodes(dataNodes)
                .build();
        cluster.waitActive();
        return new MiniHdfs(cluster);
    }

    /** Host and port of the name node. */
    public String address() {
        return "127.0.0.1:" + cluster.getNameNodePort();
    }

    DistributedFileSystem client() throws IOException {
        return cluster.getFileSystem();
    }

    MiniDFSCluster cluster() {
        return cluster;
    }

    public void stopNameNode() {
        cluster.shutdownNameNode(0);
    }

    /** Starts the name node again, at the same address. */
    public void startNameNode() throws IOException {
        cluster.restartNameNode(0, true);
    }

    /** Ends one data node for ever. */
    public void loseDataNode() {
        cluster.stopDataNode(0);
    }

    /** A directory with the configuration files that a client needs. */
    public static Path writeConfiguration(Path directory) throws IOException {
        return writeConfiguration(directory, 1);
    }

    public static Path writeConfiguration(Path directory, int replicas) throws IOException {
        Configuration site = new Configuration(false);
        site.setInt("dfs.replication", replicas);
        site.setInt("dfs.blocksize", BLOCK_BYTES);
        try (OutputStream out = Files.newOutputStream(directory.resolve("hdfs-site.xml"))) {
            site.writeXml(out);
        }
        return directory;
    }

    @Override
    public void close() {
        cluster.shutdown(true);
    }
}
