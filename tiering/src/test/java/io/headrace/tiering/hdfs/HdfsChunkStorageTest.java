/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.tiering.hdfs;

import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.tiering.Bytes;
import io.headrace.tiering.ChunkSlice;
import io.headrace.tiering.ChunkStorage;
import io.headrace.tiering.ChunkStorageContract;
import io.headrace.tiering.ChunkStorages;
import io.headrace.tiering.Chunks;
import io.headrace.tiering.SilentServer;
import io.headrace.tiering.StorageException.Kind;
import io.headrace.tiering.StorageOptions;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.util.List;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.hdfs.DistributedFileSystem;
import org.apache.hadoop.hdfs.protocol.HdfsConstants;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class HdfsChunkStorageTest extends ChunkStorageContract {
    private static final int MIB = 1 << 20;

    @TempDir
    static java.nio.file.Path temporary;

    private static MiniHdfs hdfs;
    private static java.nio.file.Path configuration;

    private final SilentServer nameNode;

    HdfsChunkStorageTest() throws IOException {
        nameNode = new SilentServer();
    }

    @BeforeAll
    static void start() throws IOException {
        hdfs = MiniHdfs.start(temporary.resolve("cluster"));
        configuration = MiniHdfs.writeConfiguration(Files.createDirectory(temporary.resolve("conf")));
    }

    @AfterAll
    static void stop() {
        hdfs.close();
    }

    @AfterEach
    void closeNameNode() throws IOException {
        nameNode.close();
    }

    @Override
    protected URI address() {
        return address(hdfs.address(), "chunks");
    }

    private static URI address(String nameNode, String directory) {
        return URI.create("hdfs://" + nameNode + "/" + directory + "?conf=" + configuration);
    }

    @Override
    protected ChunkStorage small() throws IOException {
        DistributedFileSystem client = hdfs.client();
        Path root = new Path("/small-" + directory);
        client.mkdirs(root);
        client.setQuota(root, HdfsConstants.QUOTA_DONT_SET, MiniHdfs.BLOCK_BYTES);
        return ChunkStorages.open(address(hdfs.address(), root.getName()), Chunks.PATIENT);
    }

    @Override
    protected ChunkStorage silent(StorageOptions options) {
        return ChunkStorages.open(address(nameNode.address(), "chunks"), options);
    }

    private static Path file(String chunk) {
        return new Path("/chunks/" + chunk);
    }

    @Test
    void blocksAreSyncedWhenTheyAreComplete() throws IOException {
        Chunks chunks = chunks();
        Chunks.Writer writer = chunks.create(name("a"));
        long length = 0;
        for (int i = 0; i < 5; i++) {
            length = writer.write(length, Bytes.of(1, length, 700_000));
        }
        assertThat(hdfs.client().getFileStatus(file(name("a"))).getLen()).isEqualTo(length);
        assertThat(chunks.read(name("a"), 0, (int) length)).isEqualTo(Bytes.of(1, (int) length));
        writer.seal();
    }

    /** A writer whose process has stopped to renew its lease, but not to live. */
    @Test
    void theLeaseOfAnAbandonedChunkIsTaken() throws IOException {
        Chunks abandoned = chunks();
        Chunks.Writer writer = abandoned.create(name("a"));
        writer.write(0, Bytes.of(1, 3 * MIB / 2));

        Chunks owner = chunks();
        assertThat(hdfs.client().isFileClosed(file(name("a")))).isFalse();
        assertThat(owner.seal(name("a"))).isEqualTo(3 * MIB / 2);
        assertThat(hdfs.client().isFileClosed(file(name("a")))).isTrue();
        assertFails(Kind.UNAVAILABLE, () -> writer.write(3 * MIB / 2, Bytes.of(2, MIB)));
        assertThat(owner.length(name("a"))).isEqualTo(3 * MIB / 2);
        assertThat(owner.read(name("a"), 0, 3 * MIB / 2)).isEqualTo(Bytes.of(1, 3 * MIB / 2));
    }

    /** Between the steps of a merge: the target exists and is empty, or a source is open or too long. */
    @Test
    void anInterruptedMergeIsFinishedWhenItIsRepeated() throws IOException {
        Chunks chunks = chunks();
        chunks.put(name("a"), Bytes.of(1, MIB + 10));
        Chunks.Writer writer = chunks.create(name("b"));
        writer.write(0, Bytes.of(2, 1_000));
        hdfs.client().create(file(name("target")), false).close();

        List<ChunkSlice> sources = List.of(new ChunkSlice(name("a"), MIB), new ChunkSlice(name("b"), 900));
        assertThat(chunks.merge(name("target"), sources)).isEqualTo(MIB + 900);
        assertThat(chunks.read(name("target"), 0, MIB)).isEqualTo(Bytes.of(1, MIB));
        assertThat(chunks.read(name("target"), MIB, 900)).isEqualTo(Bytes.of(2, 900));
        assertThat(chunks.exists(name("a"))).isFalse();
        assertThat(chunks.exists(name("b"))).isFalse();
        assertThat(chunks.merge(name("target"), sources)).isEqualTo(MIB + 900);
    }

    @Test
    void emptyDirectoriesAreDeleted() throws IOException {
        Chunks chunks = chunks();
        chunks.put(name("x/y/a"), Bytes.of(1, 1));
        chunks.put(name("x/b"), Bytes.of(1, 1));
        chunks.delete(name("x/y/a"));
        assertThat(hdfs.client().exists(file(name("x/y")))).isFalse();
        assertThat(chunks.exists(name("x/b"))).isTrue();
        chunks.delete(name("x/b"));
        assertThat(hdfs.client().exists(file(directory))).isFalse();
    }

    @Test
    void nothingIsBelowAChunk() {
        assertThatNothingIsBelowAChunk();
    }
}
