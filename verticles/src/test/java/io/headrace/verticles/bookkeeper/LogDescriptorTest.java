/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.verticles.bookkeeper;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.headrace.engine.log.Checkpoint;
import io.headrace.verticles.bookkeeper.LogDescriptor.LedgerRef;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class LogDescriptorTest {
    private static final LogDescriptor DESCRIPTOR = new LogDescriptor(
            7,
            new UUID(0x0123456789ABCDEFL, 0xFEDCBA9876543210L),
            12,
            List.of(new Checkpoint("42", 11)),
            List.of(new LedgerRef(3, 9), new LedgerRef(5, 1L << 40)));

    /** {@link #DESCRIPTOR} as format version 1 stores it. Never change: nodes like this exist. */
    private static final String VERSION_1 = "48524c44" + "01" + "0000000000000007" + "0123456789abcdeffedcba9876543210"
            + "000000000000000c" + "01" + "000000000000000b" + "0002" + "3432" + "00000002"
            + "0000000000000003" + "0000000000000009" + "0000000000000005" + "0000010000000000" + "aeb928ae";

    /** {@link #DESCRIPTOR} with an older checkpoint as format version 2 stores it. Never change, likewise. */
    private static final String VERSION_2 = "48524c44" + "02" + "0000000000000007" + "0123456789abcdeffedcba9876543210"
            + "000000000000000c" + "02" + "000000000000000b" + "0002" + "3432" + "0000000000000004" + "0003" + "612f62"
            + "00000002" + "0000000000000003" + "0000000000000009" + "0000000000000005" + "0000010000000000"
            + "35b4db68";

    private static final LogDescriptor WITH_TWO =
            DESCRIPTOR.withCheckpoints(List.of(new Checkpoint("42", 11), new Checkpoint("a/b", 4)));

    @Test
    void format1IsStillRead() {
        assertThat(LogDescriptor.decode(HexFormat.of().parseHex(VERSION_1))).isEqualTo(DESCRIPTOR);
    }

    @Test
    void format2IsWrittenAndRead() {
        assertThat(HexFormat.of().formatHex(WITH_TWO.encode())).isEqualTo(VERSION_2);
        assertThat(LogDescriptor.decode(HexFormat.of().parseHex(VERSION_2))).isEqualTo(WITH_TWO);
    }

    @Test
    void aDescriptorWithoutCheckpointAndLedgersIsReadBack() {
        assertThat(LogDescriptor.decode(LogDescriptor.empty().encode())).isEqualTo(LogDescriptor.empty());
    }

    @Test
    void anyDamageIsNoticed() {
        byte[] intact = DESCRIPTOR.encode();
        for (int length = 0; length < intact.length; length++) {
            assertThatIsRefused(Arrays.copyOf(intact, length));
        }
        for (int bit = 0; bit < intact.length * 8; bit++) {
            byte[] damaged = intact.clone();
            damaged[bit / 8] ^= (byte) (1 << (bit % 8));
            assertThatIsRefused(damaged);
        }
    }

    @Test
    void aNewerFormatIsRefusedByName() {
        byte[] newer = DESCRIPTOR.encode();
        newer[4] = 3;
        assertThatThrownBy(() -> LogDescriptor.decode(newer)).hasMessageContaining("version is 3");
    }

    @Test
    void aLedgerIsTruncatedOnlyWhenItsSuccessorStartsAtOrBelowThePoint() {
        assertThat(DESCRIPTOR.isTruncated(0)).isFalse();
        LogDescriptor later = DESCRIPTOR.withTruncation(1L << 40);
        assertThat(later.isTruncated(0)).isTrue();
        assertThat(later.isTruncated(1)).isFalse();
    }

    private static void assertThatIsRefused(byte[] bytes) {
        assertThatThrownBy(() -> LogDescriptor.decode(bytes)).isInstanceOf(IllegalArgumentException.class);
    }
}
