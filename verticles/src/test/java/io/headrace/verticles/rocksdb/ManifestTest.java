/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.verticles.rocksdb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ManifestTest {
    private static final Manifest MANIFEST = new Manifest(
            11,
            new StoredFile("", "a/7-1.snapshot", 5, 0x01020304),
            List.of(new StoredFile("000009.sst", "a/3-8.sst", 1L << 33, -1)),
            Map.of("CURRENT", Unpooled.wrappedBuffer(new byte[] {0x4d})));

    /** Must stay readable for ever. */
    private static final String BYTES = "48524350" + "01" + "000000000000000b"
            + "0000" + "000e612f372d312e736e617073686f74" + "0000000000000005" + "01020304"
            + "00000001" + "000a3030303030392e737374" + "0009612f332d382e737374" + "0000000200000000" + "ffffffff"
            + "00000001" + "000743555252454e54" + "000000014d" + "9b615051";

    private static ByteBuf bytes() {
        return Unpooled.wrappedBuffer(ByteBufUtil.decodeHexDump(BYTES));
    }

    @Test
    void itIsWrittenAsEver() {
        assertThat(ByteBufUtil.hexDump(MANIFEST.encode())).isEqualTo(BYTES);
    }

    @Test
    void itIsReadAsEver() {
        assertThat(Manifest.decode(bytes())).isEqualTo(MANIFEST);
    }

    @Test
    void anyDamageIsNoticed() {
        for (int length = 0; length < bytes().readableBytes(); length++) {
            assertThatIsRefused(bytes().slice(0, length));
        }
        for (int bit = 0; bit < bytes().readableBytes() * 8; bit++) {
            ByteBuf damaged = Unpooled.copiedBuffer(bytes());
            damaged.setByte(bit / 8, damaged.getByte(bit / 8) ^ (1 << (bit % 8)));
            assertThatIsRefused(damaged);
        }
    }

    @Test
    void aNewerFormatIsRefusedByName() {
        ByteBuf newer = Unpooled.copiedBuffer(bytes()).setByte(4, 2);
        assertThatThrownBy(() -> Manifest.decode(newer)).hasMessageContaining("version is 2");
    }

    private static void assertThatIsRefused(ByteBuf bytes) {
        assertThatThrownBy(() -> Manifest.decode(bytes)).isInstanceOf(IllegalArgumentException.class);
    }
}
