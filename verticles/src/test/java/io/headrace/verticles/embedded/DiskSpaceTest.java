/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.verticles.embedded;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class DiskSpaceTest {
    private static final long MIB = 1 << 20;
    private static final long RESERVE = 128 * MIB;

    private final FakeDisk disk = new FakeDisk();
    private final DiskSpace space = new DiskSpace(disk, RESERVE);

    @AfterEach
    void close() {
        space.close();
    }

    private void look(long free) {
        disk.usable = free;
        space.look();
    }

    @Test
    void isShortWellBeforeTheBookieIsReadOnlyAndUntilThereIsSomeMore() {
        assertThat(space.isShort()).isFalse();
        look(4 * RESERVE);
        assertThat(space.isShort()).isFalse();
        look(4 * RESERVE - 1);
        assertThat(space.isShort()).isTrue();
        assertThat(space.freeBytes()).isEqualTo(4 * RESERVE - 1);
        assertThat(space.enoughBytes()).isEqualTo(5 * RESERVE);
        look(5 * RESERVE - 1);
        assertThat(space.isShort()).isTrue();
        look(5 * RESERVE);
        assertThat(space.isShort()).isFalse();
    }

    @Test
    void keepsLessOfASmallDiskFreeAndMoreWhenItGrows() {
        disk.total = 320 * MIB;
        look(161 * MIB);
        assertThat(space.isShort()).isFalse();
        look(159 * MIB);
        assertThat(space.isShort()).isTrue();
        disk.total = 100_000 * MIB;
        look(600 * MIB);
        assertThat(space.isShort()).isTrue();
        look(640 * MIB);
        assertThat(space.isShort()).isFalse();
    }

    @Test
    void tellsOfChanges() throws Exception {
        BlockingQueue<Boolean> heard = new LinkedBlockingQueue<>();
        look(1);
        space.listen(heard::add);
        assertThat(heard.poll(30, TimeUnit.SECONDS)).isTrue();
        look(2);
        look(5 * RESERVE);
        look(5 * RESERVE);
        look(0);
        assertThat(heard).containsExactly(false, true);
    }

    @Test
    void goesOnWithWhatItKnewWhenTheDiskDoesNotAnswer() {
        look(1);
        disk.fails = true;
        look(5 * RESERVE);
        assertThat(space.isShort()).isTrue();
        disk.fails = false;
        look(5 * RESERVE);
        assertThat(space.isShort()).isFalse();
    }

    private static final class FakeDisk implements DiskSpace.Disk {
        private long usable = 10_000 * MIB;
        private long total = 100_000 * MIB;
        private boolean fails;

        @Override
        public long usableBytes() throws IOException {
            if (fails) {
                throw new IOException("no answer");
            }
            return usable;
        }

        @Override
        public long totalBytes() {
            return total;
        }
    }
}
