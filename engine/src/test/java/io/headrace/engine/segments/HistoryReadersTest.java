/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.engine.segments;

import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.engine.partition.MemoryBudget;
import io.headrace.tiering.ChunkStorage;
import io.headrace.tiering.ChunkStorages;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Many readers of what is in chunks only, in little memory. */
class HistoryReadersTest {
    private static final String SEGMENT = "a/b/0";
    private static final int READERS = 1_000;
    private static final int REGION_BYTES = 32_000;
    private static final int READ_BYTES = 8_000;

    /** A reply that is being given, and a write of a segment's last bytes. */
    private static final long OTHER_BYTES = 1 << 20;

    @TempDir
    Path directory;

    /** Reads its region, one request after the other. */
    private static final class Reader {
        private final TieredPartition partition;
        private final byte[] content;
        private final int end;
        private int at;
        private Rig.Answer answer;

        Reader(TieredPartition partition, byte[] content, int region) {
            this.partition = partition;
            this.content = content;
            this.at = region * REGION_BYTES;
            this.end = at + REGION_BYTES;
            this.answer = ask();
        }

        private Rig.Answer ask() {
            return partition.begin(
                    new SegmentCommand.Read(SEGMENT, at, Math.min(READ_BYTES, end - at), Rig.CONNECTION));
        }

        /** Whether it has come to its end. */
        boolean goOn() {
            if (at < end && !answer.isPending()) {
                byte[] data = answer.data;
                if (data == null || !Arrays.equals(data, Arrays.copyOfRange(content, at, at + data.length))) {
                    throw new AssertionError("other bytes at " + at);
                }
                at += data.length;
                answer = at < end ? ask() : answer;
            }
            return at == end;
        }
    }

    @Test
    void aThousandReadersOfDifferentRegionsNeedNoMoreBlocksThanThereAre() {
        try (ChunkStorage storage = ChunkStorages.open(directory.toUri());
                TieredPartition partition = new TieredPartition(storage)) {
            partition.open(SEGMENT);
            for (int i = 0; i < READERS * REGION_BYTES / 1_000_000; i++) {
                partition.append(SEGMENT, 1_000_000);
            }
            partition.untilFlushed();
            partition.crash();
            byte[] content = partition.expected(SEGMENT);
            List<Reader> readers = new ArrayList<>();
            for (int i = 0; i < READERS; i++) {
                readers.add(new Reader(partition, content, i));
            }
            long[] most = {0};
            partition.until("all have read their regions", () -> {
                most[0] = Math.max(most[0], partition.memoryBytes());
                boolean ended = true;
                for (Reader reader : readers) {
                    ended &= reader.goOn();
                }
                return ended;
            });
            assertThat(most[0]).isBetween(1L, TieredPartition.BLOCKS_BYTES + OTHER_BYTES);
        }
    }

    @Test
    void blocksThatAReplyNeedsAreNotTakenForTheNextOnes() {
        TierOptions large = new TierOptions(4 << 20, 20, 1 << 30, TierLimits.DEFAULT);
        try (ChunkStorage storage = ChunkStorages.open(directory.toUri());
                TieredPartition partition = new TieredPartition(storage, large, Tier.blocks(0, 1))) {
            partition.open(SEGMENT);
            for (int i = 0; i < 16; i++) {
                partition.append(SEGMENT, 1_000_000);
            }
            partition.untilFlushed();
            partition.crash();
            for (int i = 0; i < 20; i++) {
                partition.check(SEGMENT, 0);
            }
        }
    }

    @Test
    void whatOnePartitionDoesNotNeedAnotherOneMayHave() {
        MemoryBudget budget = Tier.blocks(40L * BlockCache.BLOCK_BYTES, 2);
        assertThat(budget.fairShare()).isEqualTo(20);
        int held = 0;
        while (budget.take(held)) {
            held++;
        }
        assertThat(held).isEqualTo(32);
        assertThat(budget.refusals()).as("one that has more than its share").isZero();
        int other = 0;
        while (budget.take(other)) {
            other++;
        }
        assertThat(other).isEqualTo(BlockCache.OWN_BLOCKS);
        assertThat(budget.refusals()).isEqualTo(1);
        budget.giveBack(held);
        assertThat(budget.take(other)).isTrue();
        assertThat(budget.take(other + 1)).isFalse();
    }
}
