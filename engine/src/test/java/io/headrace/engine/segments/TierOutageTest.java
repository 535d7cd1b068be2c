/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.engine.segments;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.headrace.tiering.ChunkStorage;
import io.headrace.tiering.ChunkStorages;
import io.headrace.tiering.hdfs.MiniHdfs;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Parts of real storages that fail and come back: data goes on to be taken, and all of it is there afterwards. */
class TierOutageTest {
    private static final String FIRST = "a/b/0";
    private static final String SECOND = "a/b/1";

    @TempDir
    Path directory;

    /** First without any failure: a cluster takes long to start. */
    @Test
    void hdfsLosesADataNodeAndItsNameNodeIsStartedAgain() throws Exception {
        Path conf = MiniHdfs.writeConfiguration(Files.createDirectory(directory.resolve("conf")), 2);
        try (MiniHdfs cluster = MiniHdfs.start(directory.resolve("dfs"), 2);
                ChunkStorage storage =
                        ChunkStorages.open(URI.create("hdfs://" + cluster.address() + "/headrace?conf=" + conf))) {
            TieredPartitionTest.live(storage);
            outages(cluster, storage);
        }
    }

    private static void outages(MiniHdfs cluster, ChunkStorage storage) throws IOException {
        try (TieredPartition partition = new TieredPartition(storage)) {
            partition.open(FIRST);
            partition.open(SECOND);
            append(partition, 10);
            partition.untilFlushed();
            append(partition, 5);
            cluster.loseDataNode();
            append(partition, 10);
            partition.untilFlushed();

            append(partition, 5);
            cluster.stopNameNode();
            append(partition, 10);
            partition.until("it says so", () -> partition.status.state() == TierStatus.State.FAILING);
            assertThat(partition.status.problem()).isNotEmpty();
            partition.crash();
            Rig.Answer early = partition.begin(new SegmentCommand.Read(FIRST, 0, 1 << 20, Rig.CONNECTION));
            partition.open(FIRST);
            partition.open(SECOND);
            append(partition, 5);
            assertThat(early.isPending()).isTrue();
            cluster.startNameNode();
            partition.until("what was asked for early is answered", () -> !early.isPending());
            checkAll(partition);
        }
    }

    @Test
    void aDiskIsFullForAWhile() throws Exception {
        Path disk = Files.createDirectory(directory.resolve("disk"));
        assumeTrue(run("mount", "-t", "tmpfs", "-o", "size=16m", "tmpfs", disk.toString()), "only root can mount");
        try {
            Path other = Files.write(disk.resolve("other"), new byte[14 << 20]);
            try (ChunkStorage storage = ChunkStorages.open(disk.resolve("tier2").toUri());
                    TieredPartition partition = new TieredPartition(storage)) {
                partition.open(FIRST);
                partition.open(SECOND);
                append(partition, 40);
                partition.until("it says so", () -> partition.status.problem().contains("no room left"));
                assertThat(partition.status.state()).isEqualTo(TierStatus.State.FAILING);
                partition.check(FIRST, 0);
                partition.crash();
                partition.open(FIRST);
                partition.open(SECOND);
                append(partition, 1);
                partition.until(
                        "the next owner says so",
                        () -> partition.status.problem().contains("no room left"));
                Files.delete(other);
                checkAll(partition);
            }
        } finally {
            assertThat(run("umount", disk.toString())).isTrue();
        }
    }

    private static void append(TieredPartition partition, int times) {
        for (int i = 0; i < times; i++) {
            partition.append(FIRST, 100_000);
            partition.append(SECOND, 1_000);
        }
    }

    /** Everything must be in chunks, and be what was acknowledged, for an owner that has nothing else, too. */
    private static void checkAll(TieredPartition partition) {
        partition.untilFlushed();
        partition.check(FIRST, 0);
        partition.check(SECOND, 0);
        partition.crash();
        partition.check(FIRST, 0);
        partition.check(SECOND, 0);
    }

    private static boolean run(String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        return process.waitFor(60, TimeUnit.SECONDS) && process.exitValue() == 0;
    }
}
