/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.engine.segments;

import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.engine.partition.MemoryBudget;
import io.headrace.engine.partition.PartitionOptions;
import io.headrace.engine.tables.TableCommand;
import io.headrace.engine.tables.TableEntry;
import io.headrace.engine.tables.TableKey;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Changed rows that cannot be written to the local disk. */
class FullDiskTest {
    private static final ByteBuf VALUE = Unpooled.wrappedBuffer(new byte[1_000_000]);

    private static void put(Rig rig, int number) {
        rig.partition.submit(
                new SegmentCommand.OnTable(
                        "s/t",
                        new TableCommand.Put(
                                List.of(new TableEntry(
                                        Unpooled.buffer(4).writeInt(number), TableKey.ANY_VERSION, VALUE)),
                                TableCommand.ANY_LENGTH)),
                new Rig.Answer());
        rig.run();
    }

    @Test
    void doNotFillTheHeap() {
        try (Rig rig = new Rig(new PartitionOptions(
                4, 8 << 20, MemoryBudget.NONE, 2 << 20, Long.MAX_VALUE, Long.MAX_VALUE, 1 << 20, 1_000_000, false))) {
            rig.get(new SegmentCommand.CreateTable("s/t", 4, 0));
            rig.log.diskIsFull = true;
            int puts = 0;
            while (rig.lost == null && puts < 200) {
                put(rig, puts++);
                rig.partition.tick();
                rig.run();
            }
            assertThat(puts).isBetween(64, 72);
            assertThat(rig.lost).hasMessageContaining("local disk, which fails").hasMessageContaining("no space");
            rig.log.diskIsFull = false;
            rig.lost = null;
            rig.crash();
            SegmentReply info = rig.get(new SegmentCommand.OnTable("s/t", new TableCommand.GetInfo()));
            assertThat(info.toString()).contains("entries=" + puts);
        }
    }
}
