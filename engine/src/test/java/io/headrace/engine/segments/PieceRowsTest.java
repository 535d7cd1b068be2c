/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.engine.segments;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.headrace.engine.log.LogException;
import io.headrace.engine.state.ByteMap;
import io.headrace.engine.state.ByteScan;
import io.headrace.engine.state.LayeredState;
import io.headrace.engine.state.NotInMemory;
import io.netty.buffer.ByteBufUtil;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Segments with very many pieces: as rows they are what they were as objects, and no turn has much to do for that. */
class PieceRowsTest {
    private static final String NAME = "s/t/0";

    private final LayeredState state = new LayeredState();
    private final SegmentRows rows = new SegmentRows(state);
    private Segment segment = new Segment(7, NAME, false, 1000, 0);

    /** Adds pieces of one byte, each in a frame of its own. */
    private void append(int count) {
        for (int i = 0; i < count; i++) {
            segment.extentsToAdd().add(segment.length, 10 + segment.length, 7);
            segment.length++;
            segment.logBytes++;
        }
    }

    private static List<String> pieces(Segment of) {
        List<String> found = new ArrayList<>();
        Extents extents = of.extents;
        for (int i = 0; extents != null && i < extents.count(); i++) {
            found.add(extents.offset(i)
                    + (extents.isInChunk(i)
                            ? " chunk " + extents.chunk(i) + " at " + extents.chunkOffset(i)
                            : " frame " + extents.frame(i) + " at " + extents.position(i)));
        }
        return found;
    }

    private int turns;

    /** The segment as another owner finds it. */
    private Segment readAgain() {
        SegmentRows others = new SegmentRows(state);
        turns = 1;
        while (true) {
            try {
                Segment found = others.read(segment.id);
                if (found == null) {
                    throw new AssertionError("there are no rows");
                }
                return found;
            } catch (NotInMemory e) {
                turns++;
            }
        }
    }

    private List<Long> pageRows() {
        List<Long> pages = new ArrayList<>();
        try (ByteScan scan = state.map(PieceRows.mapOf(segment.id)).scan(new byte[0])) {
            while (scan.next()) {
                pages.add(ByteBuffer.wrap(scan.key()).getLong());
            }
        }
        return pages;
    }

    private void checkRows() {
        Segment found = readAgain();
        assertThat(pieces(found)).isEqualTo(pieces(segment));
        assertThat(found.logBytes).isEqualTo(segment.logBytes);
        assertThat(pageRows()).hasSize(PieceRows.pages(segment));
        assertThat(found.pagesTo - found.pagesFrom).isEqualTo(PieceRows.pages(segment));
        assertThat(PieceRows.areWritten(found)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4})
    void rowsHaveWhatTheListHas(int seed) {
        Random random = new Random(seed);
        Random moments = new Random(-seed);
        for (int step = 0; step < 1_500; step++) {
            change(random, step);
            disturb(moments);
        }
        rows.write(segment);
        checkRows();
        rows.remove(segment);
        assertThat(pageRows()).isEmpty();
    }

    /** An owner that has written and read the segment many times leaves the same rows as one that has not. */
    @ParameterizedTest
    @ValueSource(ints = {10, 50, 200, 400, 700, 1_000, 1_500})
    void rowsFollowFromWhatHasHappened(int steps) {
        PieceRowsTest undisturbed = new PieceRowsTest();
        Random random = new Random(steps);
        Random same = new Random(steps);
        Random moments = new Random(-steps);
        for (int step = 0; step < steps; step++) {
            change(random, step);
            disturb(moments);
            undisturbed.change(same, step);
        }
        rows.write(segment);
        undisturbed.rows.write(undisturbed.segment);
        assertThat(allRows()).isEqualTo(undisturbed.allRows());
    }

    private List<String> allRows() {
        List<String> all = new ArrayList<>();
        state.layers()
                .forEach(layer -> layer.forEach((map, key, value) -> {
                    if (value != null) {
                        all.add(map + " " + ByteBufUtil.hexDump(key) + " " + ByteBufUtil.hexDump(value));
                    }
                }));
        return all;
    }

    /** Changes the segment in some way. */
    private void change(Random random, int step) {
        Extents extents = segment.extentsToAdd();
        int count = extents.count();
        switch (random.nextInt(count > 1_500 ? 8 : 5)) {
            case 0, 1, 2 -> append(random.nextInt(200));
            case 3 -> {
                Extents merged = new Extents();
                merged.addInChunk(0, 10L * step, 0);
                merged.add(5, 10 + segment.length, 3);
                extents.addAll(merged, segment.length);
                segment.length += 9;
                segment.logBytes += 4;
            }
            case 4 -> replace(extents, random, 10 * step + 1, 20);
            case 5, 6 -> replace(extents, random, 10 * step + 1, 600);
            default -> drop(extents, extents.offset(random.nextInt(count / 2)));
        }
        if (random.nextInt(200) == 0) {
            drop(extents, segment.length);
            segment.extents = null;
        }
    }

    /** Writes and reads the segment, or a part of it, now and then. */
    private void disturb(Random random) {
        if (random.nextInt(4) == 0) {
            rows.writePieces(segment, random.nextInt(5_000));
        }
        if (random.nextInt(6) == 0) {
            rows.write(segment);
            if (random.nextInt(5) == 0) {
                checkRows();
                segment = readAgain();
            }
        }
    }

    private void replace(Extents extents, Random random, int chunk, int most) {
        if (extents.count() > 0) {
            int from = random.nextBoolean() ? random.nextInt(extents.count()) : Math.min(3, extents.count() - 1);
            int to = Math.min(extents.count(), from + 1 + random.nextInt(most));
            long end = extents.end(to - 1, segment.length);
            // Behind the piece before, if that is in a chunk, so that the two become one.
            boolean joins = from > 0 && extents.isInChunk(from - 1) && random.nextBoolean();
            int offset =
                    joins ? extents.chunkOffset(from - 1) + (int) (extents.offset(from) - extents.offset(from - 1)) : 0;
            for (int i = from; i < to; i++) {
                if (!extents.isInChunk(i)) {
                    segment.logBytes -= extents.end(i, segment.length) - extents.offset(i);
                }
            }
            assertThat(end).isGreaterThan(extents.offset(from));
            extents.replace(from, to, joins ? extents.chunk(from - 1) : chunk, offset);
        }
    }

    private void drop(Extents extents, long below) {
        extents.dropBelow(below, segment.length, new Extents.Dropped() {
            @Override
            public void inLog(long frame, long bytes) {
                segment.logBytes -= bytes;
            }

            @Override
            public void inChunk(long chunk) {}
        });
        segment.startOffset = below;
    }

    @Test
    void aTurnDoesAPart() {
        append(100_000);
        ChangedSegments changed = new ChangedSegments(rows, 10);
        changed.add(segment);
        int written = 0;
        long before = 0;
        boolean ended = false;
        while (!ended) {
            ended = changed.writeMost();
            assertThat(state.changedBytes() - before).as("bytes of a turn").isLessThan(200_000);
            before = state.changedBytes();
            written++;
        }
        assertThat(written).isGreaterThan(5);
        changed.writeAll();
        assertThat(state.changedBytes() - before)
                .as("what a checkpoint has left to do")
                .isLessThan(10_000);
        checkRows();
        assertThat(turns).as("turns that it takes to read it").isGreaterThan(3);
        append(1_000);
        before = state.changedBytes();
        changed.add(segment);
        changed.writeAll();
        assertThat(state.changedBytes() - before)
                .as("what is old is not written again")
                .isLessThan(20_000);
        checkRows();
    }

    /** Durable format: what one version has written must stay readable. */
    @Test
    void bytesOfPagesAndOfTheRow() {
        append(PieceRows.MAX_INLINE + 13);
        drop(segment.extentsToAdd(), 3);
        segment.extentsToAdd().replace(0, 10, 5, 1000);
        segment.logBytes -= 10;
        rows.write(segment);
        assertThat(pageRows()).containsExactly(0L, 1L);
        ByteMap pages = state.map(PieceRows.mapOf(7));
        assertThat(PieceRows.mapOf(7)).isEqualTo(0x4000000000000007L);
        String next = "01000207";
        assertThat(hex(pages, 0)).isEqualTo("010c03" + "0a010ae807" + "01002e07" + next.repeat(114));
        assertThat(hex(pages, 1)).isEqualTo("01008001" + "0100940207" + next.repeat(127));
        assertThat(hex(state.map(1), 7))
                .isEqualTo("020c02" + "05732f742f30" + "00000000d00f00" + "038a020000" + "0d" + "0100940407"
                        + next.repeat(12));
        checkRows();
    }

    private static String hex(ByteMap map, long key) {
        byte[] row = map.get(ByteBuffer.allocate(8).putLong(key).array());
        return row == null ? "none" : ByteBufUtil.hexDump(row);
    }

    @Test
    void aPageThatIsMissingOrDamagedIsFound() {
        append(1_000);
        rows.write(segment);
        ByteMap pages = state.map(PieceRows.mapOf(segment.id));
        byte[] third = ByteBuffer.allocate(8).putLong(3).array();
        byte[] row = pages.get(third);
        if (row == null) {
            throw new AssertionError("no third page");
        }
        pages.remove(third);
        assertThatThrownBy(this::readAgain).isInstanceOf(LogException.class).hasMessageContaining("page 3");
        byte[] later = row.clone();
        later[0] = 9;
        pages.put(third, later);
        assertThatThrownBy(this::readAgain).isInstanceOf(LogException.class).hasMessageContaining("version 9");
        byte[] longer = Arrays.copyOf(row, row.length + 1);
        pages.put(third, longer);
        assertThatThrownBy(this::readAgain).isInstanceOf(LogException.class);
        byte[] shorter = Arrays.copyOf(row, row.length - 1);
        pages.put(third, shorter);
        assertThatThrownBy(this::readAgain).isInstanceOf(LogException.class);
    }

    @Test
    void oneThatWasReadWithoutPagesGetsThemAll() {
        append(PieceRows.MAX_INLINE);
        rows.write(segment);
        assertThat(pageRows()).isEmpty();
        segment = readAgain();
        append(1);
        rows.write(segment);
        assertThat(pageRows()).containsExactly(0L, 1L);
        checkRows();
    }
}
