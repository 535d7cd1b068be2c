/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.engine.streams;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.headrace.engine.streams.Row.GroupState;
import io.headrace.engine.streams.Row.StreamState;
import io.headrace.engine.streams.Row.TableState;
import io.headrace.engine.streams.Row.WorkRow;
import io.headrace.engine.streams.StreamReply.TransactionState;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Bytes that version 1 of each durable format wrote, one group of digits for each field. They must stay readable for
 * ever: the resources may get company and {@code rows-1.txt} new rows at its end, what they have may not be changed. A
 * new kind of row or work is added to {@link DurableExamples} too.
 */
class FormatTest {
    private record Golden(String name, String hex) {
        byte[] bytes() {
            return ByteBufUtil.decodeHexDump(hex);
        }
    }

    /** A line that is not indented names an example; the lines below it are its bytes. */
    private static List<Golden> golden(String resource) {
        List<Golden> examples = new ArrayList<>();
        StringBuilder digits = new StringBuilder();
        String name = "";
        for (String line : (text(resource) + "\nend").lines().toList()) {
            if (line.isEmpty() || line.startsWith(" ")) {
                digits.append(line.replace(" ", ""));
            } else {
                if (!name.isEmpty()) {
                    examples.add(new Golden(name, digits.toString()));
                }
                name = line;
                digits.setLength(0);
            }
        }
        return examples;
    }

    private static String text(String resource) {
        try (InputStream in = Objects.requireNonNull(FormatTest.class.getResourceAsStream(resource))) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String nameOf(Row row) {
        String name = row.getClass().getSimpleName();
        return row instanceof WorkRow w ? name + " " + w.work().getClass().getSimpleName() : name;
    }

    private static String hex(Row row) {
        ByteBuf out = Unpooled.buffer();
        RowCodec.RowRecord record = RowCodec.record(RowCodec.PUT, row);
        record.write(out);
        assertThat(record.size()).isEqualTo(out.readableBytes());
        return ByteBufUtil.hexDump(out);
    }

    private static Row read(byte[] bytes) {
        In in = new In(Unpooled.wrappedBuffer(bytes));
        Row row = RowCodec.read(in);
        assertThat(in.hasMore()).as("bytes after %s", row).isFalse();
        return row;
    }

    private static StreamsMachine machine() {
        return new StreamsMachine(StreamsOptions.of(0, 1), (c, r) -> {}, (c, r) -> {}, c -> {});
    }

    @Test
    void rowsAreWrittenAsEver() {
        List<String> written = DurableExamples.rows().stream()
                .map(row -> nameOf(row) + " " + hex(row))
                .toList();
        assertThat(written)
                .isEqualTo(golden("rows-1.txt").stream()
                        .map(g -> g.name() + " " + g.hex())
                        .toList());
    }

    @Test
    void rowsAreReadAsEver() {
        assertThat(golden("rows-1.txt").stream().map(g -> read(g.bytes())).toList())
                .isEqualTo(DurableExamples.rows());
    }

    @Test
    void thereIsAnExampleOfEachKind() {
        assertThat(kinds(DurableExamples.rows())).containsExactlyInAnyOrder(Row.class.getPermittedSubclasses());
        List<Class<?>> works = DurableExamples.rows().stream()
                .filter(WorkRow.class::isInstance)
                .<Class<?>>map(row -> ((WorkRow) row).work().getClass())
                .toList();
        assertThat(works).containsExactlyInAnyOrder(Work.class.getPermittedSubclasses());
    }

    private static Set<Class<?>> kinds(List<Row> rows) {
        Set<Class<?>> kinds = new HashSet<>();
        rows.forEach(row -> kinds.add(row.getClass()));
        return kinds;
    }

    /** Their places in the declaration are durable: new ones come last. */
    @Test
    void constantsKeepTheirPlaces() {
        assertThat(Arrays.toString(StreamState.values()))
                .isEqualTo("[CREATING, ACTIVE, UPDATING, SCALING, TRUNCATING, COMMITTING_TXN, SEALING, SEALED]");
        assertThat(Arrays.toString(TransactionState.values()))
                .isEqualTo("[UNKNOWN, OPEN, COMMITTING, COMMITTED, ABORTING, ABORTED]");
        assertThat(Arrays.toString(GroupState.values())).isEqualTo("[CREATING, ACTIVE, UPDATING, DELETING]");
        assertThat(Arrays.toString(TableState.values())).isEqualTo("[CREATING, ACTIVE, DELETING]");
        assertThat(Arrays.toString(Scale.Step.values())).isEqualTo("[CREATE, SEAL, MEASURE]");
        assertThat(Arrays.toString(TransactionCommit.Step.values()))
                .isEqualTo("[MERGE, ROLL_CREATE, ROLL_MERGE, ROLL_SEAL, ROLL_CREATE_NEXT, ROLL_SEAL_ACTIVE,"
                        + " ROLL_MEASURE]");
        assertThat(Arrays.toString(ScalingPolicy.Type.values()))
                .isEqualTo("[FIXED_NUM_SEGMENTS, BY_RATE_IN_KBYTES_PER_SEC, BY_RATE_IN_EVENTS_PER_SEC]");
        assertThat(Arrays.toString(RetentionPolicy.Type.values())).isEqualTo("[TIME, SIZE]");
    }

    /** A machine that all examples were put into, one after the other. */
    private static StreamsMachine filled() {
        StreamsMachine machine = machine();
        for (Golden row : golden("rows-1.txt")) {
            machine.apply(1, Unpooled.wrappedBuffer(row.bytes()), 1, 0);
        }
        return machine;
    }

    private static byte[] snapshot(StreamsMachine machine) {
        ByteBuf out = Unpooled.buffer();
        machine.snapshot(out);
        return ByteBufUtil.getBytes(out);
    }

    private static byte[] goldenSnapshot() {
        ByteBuf whole = Unpooled.buffer();
        golden("snapshot-1.txt").forEach(part -> whole.writeBytes(part.bytes()));
        return ByteBufUtil.getBytes(whole);
    }

    @Test
    void aSnapshotIsReadAndWrittenAsEver() {
        StreamsMachine machine = machine();
        machine.restore(Unpooled.wrappedBuffer(goldenSnapshot()));
        assertThat(ByteBufUtil.hexDump(snapshot(machine))).isEqualTo(ByteBufUtil.hexDump(goldenSnapshot()));
    }

    @Test
    void aSnapshotHasRowsOfEachKind() {
        In snapshot = new In(Unpooled.wrappedBuffer(snapshot(filled())));
        assertThat(snapshot.byteValue()).isEqualTo(1);
        List<Row> rows = new ArrayList<>();
        while (snapshot.hasMore()) {
            rows.add(RowCodec.read(snapshot));
        }
        assertThat(kinds(rows)).containsExactlyInAnyOrder(Row.class.getPermittedSubclasses());
    }

    @Test
    void recordsOfTypeTwoRemoveRows() {
        StreamsMachine machine = filled();
        byte[] before = snapshot(machine);
        for (Golden row : golden("rows-1.txt")) {
            if (row.name().equals("ScopeRow")) {
                machine.apply(2, Unpooled.wrappedBuffer(row.bytes()), 1, 0);
            }
        }
        assertThat(snapshot(machine)).hasSizeLessThan(before.length / 2);
    }

    @Test
    void rowsOfALaterVersionAreRefused() {
        for (Golden row : golden("rows-1.txt")) {
            byte[] later = row.bytes().clone();
            later[1] = 9;
            assertThatThrownBy(() -> read(later))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessage("a row of kind " + later[0] + " has version 9, this program knows 1");
        }
    }

    @Test
    void aSnapshotOfALaterVersionIsRefused() {
        byte[] later = goldenSnapshot();
        later[0] = 9;
        assertThatThrownBy(() -> machine().restore(Unpooled.wrappedBuffer(later)))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("a snapshot has version 9, this program knows 1");
    }

    @Test
    void noCutRowIsTakenForAWholeOne() {
        for (Golden row : golden("rows-1.txt")) {
            for (int length = 0; length < row.bytes().length; length++) {
                ByteBuf cut = Unpooled.wrappedBuffer(row.bytes(), 0, length);
                assertThatThrownBy(() -> RowCodec.read(new In(cut)))
                        .as("%d bytes of %s", length, row.name())
                        .isInstanceOf(RuntimeException.class);
            }
        }
    }

    @Test
    void aRecordEndsWithItsRow() {
        byte[] counter = golden("rows-1.txt").get(0).bytes();
        ByteBuf longer = Unpooled.wrappedBuffer(counter, new byte[1]);
        assertThatThrownBy(() -> machine().apply(1, longer, 1, 0))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("1 bytes follow");
    }

    @ParameterizedTest
    @CsvSource({
        "1, ff01, a row has the unknown kind 255",
        "3, 0b010000000000000009, a record has the unknown type 3",
        "1, 0801 01 00000001 73 00000001 73 ff, work has the unknown kind 255",
        "1, 0801 09, work has the unknown subject 9",
        "1, 0201 00000001 73 00000001 73 63, a row holds the unknown constant 99",
        "1, 0501 00000001 73 00000001 73 00000000 7fffffff, a row holds the impossible count 2147483647"
    })
    void whatIsNotKnownIsRefused(int type, String body, String message) {
        ByteBuf bytes = Unpooled.wrappedBuffer(ByteBufUtil.decodeHexDump(body.replace(" ", "")));
        assertThatThrownBy(() -> machine().apply(type, bytes, 1, 0))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage(message);
    }

    /** So that a group's cuts and a stream's tags have one form only. */
    @Test
    void equalRowsHaveEqualBytes() {
        StreamConfiguration one =
                StreamConfiguration.of(ScalingPolicy.fixed(1)).withTags(new TreeSet<>(List.of("a", "b")));
        StreamConfiguration two =
                StreamConfiguration.of(ScalingPolicy.fixed(1)).withTags(new TreeSet<>(List.of("b", "a")));
        assertThat(hex(new Row.ConfigurationRow(Commands.S, one)))
                .isEqualTo(hex(new Row.ConfigurationRow(Commands.S, two)));
        assertThat(hex(new Row.SealedSizesRow(
                        Commands.S, 1, new TreeMap<>(Commands.cut(5, 6, 3, 4).offsets()))))
                .isEqualTo(hex(new Row.SealedSizesRow(
                        Commands.S, 1, Commands.cut(3, 4, 5, 6).offsets())));
    }
}
