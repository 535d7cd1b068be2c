/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.client.internal.table;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.headrace.client.StreamSegment;
import io.headrace.client.TableConfiguration;
import io.headrace.client.TableKey;
import io.headrace.client.TableRange;
import io.headrace.client.internal.table.TableLayout.Bounds;
import io.headrace.client.internal.table.TableLayout.Partition;
import io.headrace.client.internal.write.KeySpace;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;

final class TableLayoutTest {
    private final TableLayout layout = new TableLayout(
            TableConfiguration.of(2, 4, 2),
            KeySpace.of(
                    List.of(new StreamSegment(0, 0, 0.5), new StreamSegment(1, 0.5, 1)),
                    segment -> new Partition(segment.id(), "s/t_kvtable/" + segment.id() + ".#epoch.0")));

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    @Test
    void keysAreJoinedAndParted() {
        byte[] stored = layout.stored(TableKey.of("key1", "ab"));
        assertThat(stored).isEqualTo(bytes("key1ab"));
        assertThat(layout.parts(stored)).isEqualTo(TableKey.of("key1", "ab"));
        assertThatThrownBy(() -> layout.stored(TableKey.of("key1"))).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> layout.stored(TableKey.of("key", "ab"))).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void thePrimaryPartSaysWhere() {
        // "key1" is at 0.01; "00000001" as four bytes at 0.79
        assertThat(layout.partitionOf(bytes("key1")).id()).isZero();
        assertThat(layout.partitionOf(new byte[] {0, 0, 0, 1}).id()).isEqualTo(1);
    }

    @Test
    void boundsAreAsLongAsKeys() {
        assertBounds(TableRange.all(), "000000000000", "ffffffffffff", 2);
        assertBounds(TableRange.prefix(bytes("k")), "6b0000000000", "6bffffffffff", 2);
        assertBounds(TableRange.of(bytes("key1")), "6b6579310000", "6b657931ffff", 1);
        assertBounds(TableRange.of(bytes("key1"), bytes("a"), bytes("b")), "6b6579316100", "6b65793162ff", 1);
        assertThatThrownBy(() -> layout.bounds(TableRange.of(bytes("key"))))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> layout.bounds(TableRange.of(bytes("key1"), bytes("abc"), bytes("b"))))
                .isInstanceOf(IllegalArgumentException.class);
    }

    private void assertBounds(TableRange range, String from, String to, int partitions) {
        Bounds bounds = layout.bounds(range);
        assertThat(HexFormat.of().formatHex(bounds.from())).isEqualTo(from);
        assertThat(HexFormat.of().formatHex(bounds.to())).isEqualTo(to);
        assertThat(bounds.partitions()).hasSize(partitions);
    }

    @Test
    void theNextKeyCarries() {
        byte[] key = {1, (byte) 0xff, (byte) 0xff};
        assertThat(TableScan.increment(key)).isTrue();
        assertThat(key).containsExactly(2, 0, 0);
        assertThat(TableScan.increment(new byte[] {(byte) 0xff, (byte) 0xff})).isFalse();
    }
}
