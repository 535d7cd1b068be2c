/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.testkit.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.headrace.engine.state.HeapState;
import io.headrace.engine.state.KeyedState;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import org.junit.jupiter.api.Test;

class HeapStateTest extends KeyedStateContract {
    /** Must stay readable for ever. */
    private static final String BYTES = "02" + "0302" + "0101" + "00" + "0180" + "02aabb" + "fd0101" + "00" + "01cc";

    @Override
    protected KeyedState empty() {
        return new HeapState();
    }

    private static ByteBuf bytes() {
        return Unpooled.wrappedBuffer(ByteBufUtil.decodeHexDump(BYTES));
    }

    @Test
    void theSnapshotIsWrittenAsEver() {
        HeapState state = new HeapState();
        state.map(256).put(new byte[0], new byte[] {(byte) 0xcc});
        state.map(9).put(new byte[1], new byte[1]);
        state.map(9).remove(new byte[1]);
        state.map(3).put(new byte[] {(byte) 0x80}, new byte[] {(byte) 0xaa, (byte) 0xbb});
        state.map(3).put(new byte[] {1}, new byte[0]);
        ByteBuf out = Unpooled.buffer();
        state.snapshot(out);
        assertThat(ByteBufUtil.hexDump(out)).isEqualTo(BYTES);
    }

    @Test
    void theSnapshotIsReadAsEver() {
        HeapState state = new HeapState();
        state.restore(bytes());
        assertThat(state.map(3).get(new byte[] {1})).isEmpty();
        assertThat(state.map(3).get(new byte[] {(byte) 0x80})).containsExactly(0xaa, 0xbb);
        assertThat(state.map(256).get(new byte[0])).containsExactly(0xcc);
        ByteBuf out = Unpooled.buffer();
        state.snapshot(out);
        assertThat(ByteBufUtil.hexDump(out)).isEqualTo(BYTES);
    }

    @Test
    void noCutSnapshotIsTakenForAWholeOne() {
        for (int length = 0; length < bytes().readableBytes(); length++) {
            ByteBuf cut = bytes().slice(0, length);
            assertThatThrownBy(() -> new HeapState().restore(cut)).isInstanceOf(RuntimeException.class);
        }
    }
}
