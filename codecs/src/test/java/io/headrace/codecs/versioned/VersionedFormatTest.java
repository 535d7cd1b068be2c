/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.codecs.versioned;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.headrace.codecs.wire.WireFormatException;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.util.HexFormat;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The bytes are those of the published client. */
final class VersionedFormatTest {

    @ParameterizedTest
    @CsvSource({"0, 00", "127, 7f", "128, 8080", "16383, bfff", "16384, c0004000", "1073741822, fffffffe"})
    void compactInts(int value, String hex) {
        assertBytes(out -> out.compactInt(value), hex, VersionedReader::compactInt, value);
    }

    @ParameterizedTest
    @CsvSource({
        "0, 00",
        "63, 3f",
        "64, 4040",
        "16383, 7fff",
        "16384, 80004000",
        "1073741823, bfffffff",
        "1073741824, c000000040000000",
        "4611686018427387902, fffffffffffffffe"
    })
    void compactLongs(long value, String hex) {
        assertBytes(out -> out.compactLong(value), hex, VersionedReader::compactLong, value);
    }

    @ParameterizedTest
    @CsvSource({
        "0, 00",
        "31, 1f",
        "32, 2020",
        "8191, 3fff",
        "8192, 40002000",
        "536870911, 5fffffff",
        "536870912, 6000000020000000",
        "-1, 80",
        "-32, 9f",
        "-33, a020",
        "-8192, bfff",
        "-8193, c0002000"
    })
    void compactSignedLongs(long value, String hex) {
        assertBytes(out -> out.compactSignedLong(value), hex, VersionedReader::compactSignedLong, value);
    }

    @Test
    void numbersOutOfRangeAreRefused() {
        for (Consumer<VersionedWriter> wrong : java.util.List.<Consumer<VersionedWriter>>of(
                out -> out.compactInt(-1),
                out -> out.compactInt(VersionedWriter.MAX_COMPACT_INT + 1),
                out -> out.compactLong(-1),
                out -> out.compactLong(VersionedWriter.MAX_COMPACT_LONG + 1),
                out -> out.compactSignedLong(VersionedWriter.MAX_COMPACT_SIGNED_LONG + 1),
                out -> out.utf("x".repeat(65_536)))) {
            assertThatThrownBy(() -> VersionedWriter.write(Unpooled.buffer(), 0, wrong))
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void revisionsThatAreNotKnownAreSkippedAndMissingOnesAreEmpty() {
        ByteBuf out = Unpooled.buffer();
        VersionedWriter.write(out, 1, first -> first.utf("a").uuid(new UUID(1, 2)), second -> second.bool(true)
                .i32(5));
        out.writeByte(77);
        VersionedReader.Found found = VersionedReader.read(out, 1);
        assertThat(found.version()).isEqualTo(1);
        VersionedReader first = found.required(0);
        assertThat(first.utf()).isEqualTo("a");
        assertThat(first.uuid()).isEqualTo(new UUID(1, 2));
        assertThat(found.revision(2)).isEmpty();
        assertThat(out.readByte()).isEqualTo((byte) 77);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "01",
                "0002",
                "000001",
                "00000100000000",
                "000001000000000500",
                "000001010000000000",
                "0000010000000001ff"
            })
    void brokenBytesAreRefused(String hex) {
        ByteBuf in = Unpooled.wrappedBuffer(HexFormat.of().parseHex(hex));
        assertThatThrownBy(() -> VersionedReader.read(in, 1).required(0).count(1))
                .isInstanceOf(WireFormatException.class);
    }

    private static void assertBytes(
            Consumer<VersionedWriter> write, String hex, Function<VersionedReader, ? extends Number> read, long value) {
        ByteBuf out = Unpooled.buffer();
        VersionedWriter.write(out, 0, write);
        assertThat(ByteBufUtil.hexDump(out, 8, out.readableBytes() - 8)).isEqualTo(hex);
        VersionedReader fields = VersionedReader.read(out, 0).required(0);
        assertThat(read.apply(fields).longValue()).isEqualTo(value);
        assertThat(fields.buffer().isReadable()).isFalse();
    }
}
