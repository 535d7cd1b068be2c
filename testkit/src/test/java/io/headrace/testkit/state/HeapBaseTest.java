/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.testkit.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.headrace.engine.state.HeapBase;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import org.junit.jupiter.api.Test;

class HeapBaseTest {
    /** Must stay readable for ever. */
    private static final String BYTES = "02" + "0302" + "0101" + "00" + "0180" + "02aabb" + "fd0101" + "00" + "01cc";

    private static ByteBuf bytes() {
        return Unpooled.wrappedBuffer(ByteBufUtil.decodeHexDump(BYTES));
    }

    private static String image(HeapBase rows) {
        return ByteBufUtil.hexDump(Rows.of(rows));
    }

    @Test
    void rowsAreWrittenAsEver() {
        HeapBase rows = new HeapBase();
        rows.put(256, new byte[0], new byte[] {(byte) 0xcc});
        rows.put(9, new byte[1], new byte[1]);
        rows.put(9, new byte[1], null);
        rows.put(3, new byte[] {(byte) 0x80}, new byte[] {(byte) 0xaa, (byte) 0xbb});
        rows.put(3, new byte[] {1}, new byte[0]);
        assertThat(image(rows)).isEqualTo(BYTES);
    }

    @Test
    void rowsAreReadAsEver() {
        HeapBase rows = new HeapBase();
        HeapBase.read(bytes(), rows::put);
        assertThat(rows.head(3, new byte[] {1}, 1)).isEmpty();
        assertThat(rows.head(3, new byte[] {(byte) 0x80}, 2)).containsExactly(0xaa, 0xbb);
        assertThat(rows.head(256, new byte[0], 1)).containsExactly(0xcc);
        assertThat(image(rows)).isEqualTo(BYTES);
    }

    @Test
    void noCutBytesAreTakenForWholeOnes() {
        for (int length = 0; length < bytes().readableBytes(); length++) {
            ByteBuf cut = bytes().slice(0, length);
            assertThatThrownBy(() -> HeapBase.read(cut, new HeapBase()::put)).isInstanceOf(RuntimeException.class);
        }
    }
}
