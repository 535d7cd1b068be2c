/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.engine.segments;

import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.tiering.ChunkStorage;
import io.headrace.tiering.ChunkStorages;
import io.headrace.tiering.FaultyChunkStorage;
import io.headrace.tiering.s3.TestS3Server;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Data of a partition on its way through long-term storage, and back; HDFS is in {@link TierOutageTest}. */
class TieredPartitionTest {
    @TempDir
    Path directory;

    @Test
    void files() {
        try (ChunkStorage storage = fileStorage()) {
            live(storage);
        }
    }

    @ParameterizedTest
    @EnumSource
    void filesThatFail(FaultyChunkStorage.Fault fault) {
        try (ChunkStorage storage = new FaultyChunkStorage(fileStorage(), 7, fault)) {
            live(storage);
        }
    }

    @Test
    void withoutStorageEverythingStaysInTheLogUnlessSomeHasLeftIt() {
        try (ChunkStorage storage = fileStorage();
                TieredPartition partition = new TieredPartition(null)) {
            partition.open("a/b/0");
            for (int i = 0; i < 20; i++) {
                partition.append("a/b/0", 100_000);
            }
            partition.until("it says so", () -> partition.status.waitingBytes() == partition.length("a/b/0"));
            assertThat(partition.status.state()).isEqualTo(TierStatus.State.NONE);
            partition.crashInto(null);
            partition.check("a/b/0", 0);
            partition.crashInto(storage);
            partition.untilFlushed();
            partition.crashInto(null);
            partition.until("it is refused", () -> partition.status.state() == TierStatus.State.WRONG_STORAGE);
            assertThat(partition.status.problem()).contains("this one is none");
            partition.crashInto(storage);
            partition.check("a/b/0", 0);
        }
    }

    @Test
    void aReadThatWaitsIsAMissAndTheNextOneAHit() {
        try (ChunkStorage storage = fileStorage();
                TieredPartition partition = new TieredPartition(storage)) {
            partition.open("a/b/0");
            partition.append("a/b/0", 100_000);
            partition.untilFlushed();
            partition.crash();
            partition.check("a/b/0", 0);
            partition.until("the miss is told", () -> partition.status.misses() == 1);
            assertThat(partition.status.hits()).isZero();
            partition.check("a/b/0", 0);
            partition.until("the hit is told", () -> partition.status.hits() == 1);
            assertThat(partition.status.misses()).isEqualTo(1);
        }
    }

    private ChunkStorage fileStorage() {
        return ChunkStorages.open(directory.toUri());
    }

    @Test
    void s3() throws Exception {
        TestS3Server.properties().forEach(System::setProperty);
        TestS3Server server = TestS3Server.start(directory);
        try (ChunkStorage storage = ChunkStorages.open(server.address("headrace"))) {
            live(storage);
        } finally {
            server.stop();
            TestS3Server.properties().keySet().forEach(System::clearProperty);
        }
    }

    /** Appends, merges, truncates, deletes, crashes; after each everything must be there, in whatever tier. */
    static void live(ChunkStorage storage) {
        try (TieredPartition partition = new TieredPartition(storage)) {
            partition.open("a/b/0");
            partition.open("a/b/1");
            partition.open("a/b/2");
            for (int i = 0; i < 60; i++) {
                partition.append("a/b/0", 30_000);
                partition.append("a/b/1", 1_000 + 100 * i);
                partition.append("a/b/2", 10);
            }
            partition.append("a/b/1", 2_500_000);
            String transaction = "a/b/0#transaction.00000000000000000000000000000001";
            partition.open(transaction);
            partition.append(transaction, 100_000);
            partition.untilFlushed();
            partition.append(transaction, 50_000);
            partition.merge("a/b/0", transaction);
            partition.check("a/b/0", 0);
            partition.crash();
            partition.open("a/b/0");
            partition.open("a/b/2");
            for (int i = 0; i < 40; i++) {
                partition.append("a/b/0", 20_000);
                partition.append("a/b/2", 20_000);
            }
            partition.check("a/b/0", 0);
            partition.check("a/b/1", 0);
            partition.check("a/b/2", 0);
            partition.untilFlushed();
            int cut = partition.length("a/b/0") - 30_001;
            assertThat(partition.ask(new SegmentCommand.Truncate("a/b/0", cut)).reply)
                    .isEqualTo(SegmentReply.Ok.INSTANCE);
            partition.ask(new SegmentCommand.Delete("a/b/1"));
            partition.crash();
            partition.check("a/b/0", cut);
            partition.check("a/b/2", 0);
            partition.until("the log is cut", () -> partition.firstFrame() > 1);
            partition.ask(new SegmentCommand.Delete("a/b/0"));
            partition.ask(new SegmentCommand.Delete("a/b/2"));
            partition.until("no chunk is left", () -> partition.status.chunks() == 0);
        }
    }
}
