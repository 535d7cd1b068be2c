/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.engine.segments;

import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.engine.segments.Rig.Answer;
import io.headrace.engine.tables.TableCommand;
import io.headrace.engine.tables.TableEntry;
import io.headrace.engine.tables.TableKey;
import io.headrace.engine.tables.TableReply;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Tables as segments: what is the same as for others, and when replies leave. */
class TableSegmentsTest {
    private static final String TABLE = "s/t_kvtable/0.#epoch.0";
    private static final SegmentReply OK = SegmentReply.Ok.INSTANCE;

    private final Rig rig = new Rig();

    @AfterEach
    void close() {
        rig.close();
    }

    private static ByteBuf text(String text) {
        return Unpooled.copiedBuffer(text, StandardCharsets.US_ASCII);
    }

    private static SegmentCommand on(TableCommand command) {
        return new SegmentCommand.OnTable(TABLE, command);
    }

    private static SegmentCommand putting(String key, long version, String value) {
        return on(new TableCommand.Put(List.of(new TableEntry(text(key), version, text(value))), -1));
    }

    private static SegmentCommand getting(String key) {
        return on(new TableCommand.Get(List.of(text(key))));
    }

    private static SegmentCommand removing(String key, long version) {
        return on(new TableCommand.Remove(List.of(new TableKey(text(key), version)), -1));
    }

    private static SegmentReply stored(long version) {
        return new SegmentReply.OfTable(new TableReply.Stored(List.of(version)));
    }

    private static SegmentReply found(String key, long version, String value) {
        return new SegmentReply.OfTable(
                new TableReply.Entries(List.of(new TableEntry(text(key), version, text(value)))));
    }

    private void create(int keyLength) {
        assertThat(rig.get(new SegmentCommand.CreateTable(TABLE, keyLength, 0))).isEqualTo(OK);
    }

    private SegmentReply put(String key, String value) {
        return rig.get(putting(key, TableKey.ANY_VERSION, value));
    }

    @Test
    void creation() {
        assertThat(rig.get(new SegmentCommand.CreateTable(TABLE, 8193, 0)))
                .isInstanceOf(SegmentReply.BadArgument.class);
        assertThat(rig.get(new SegmentCommand.CreateTable(TABLE, -1, 0))).isInstanceOf(SegmentReply.BadArgument.class);
        assertThat(rig.get(new SegmentCommand.CreateTable("", 1, 0))).isInstanceOf(SegmentReply.BadArgument.class);
        create(3);
        assertThat(rig.get(new SegmentCommand.CreateTable(TABLE, 3, 0))).isEqualTo(new SegmentReply.AlreadyExists());
        assertThat(rig.create(TABLE)).isEqualTo(new SegmentReply.AlreadyExists());
        rig.create("bytes");
        assertThat(rig.get(new SegmentCommand.CreateTable("bytes", 3, 0))).isEqualTo(new SegmentReply.AlreadyExists());
    }

    @Test
    void missing() {
        SegmentReply none = new SegmentReply.NoSuchSegment(TABLE);
        assertThat(put("abc", "1")).isEqualTo(none);
        assertThat(rig.get(getting("abc"))).isEqualTo(none);
        assertThat(rig.get(new SegmentCommand.DeleteTable(TABLE, false))).isEqualTo(none);
    }

    @Test
    void theLengthIsKnownAsForOtherSegments() {
        create(3);
        put("abc", "12");
        rig.now += 5;
        put("abc", "34");
        assertThat(rig.info(TABLE)).isEqualTo(new SegmentReply.Info(false, rig.now, 44, 0));
        assertThat(rig.machine.dataBytes()).isZero();
    }

    @Test
    void aSealedTableOnlyAnswers() {
        create(3);
        put("abc", "12");
        assertThat(rig.get(new SegmentCommand.Seal(TABLE))).isEqualTo(OK);
        assertThat(rig.get(new SegmentCommand.Seal(TABLE))).isEqualTo(new SegmentReply.Sealed(TABLE));
        assertThat(put("abc", "34")).isEqualTo(new SegmentReply.Sealed(TABLE));
        assertThat(rig.get(removing("abc", TableKey.ANY_VERSION))).isEqualTo(new SegmentReply.Sealed(TABLE));
        assertThat(rig.get(getting("abc"))).isEqualTo(found("abc", 0, "12"));
        rig.handOver();
        assertThat(put("abc", "34")).isEqualTo(new SegmentReply.Sealed(TABLE));
        assertThat(rig.get(new SegmentCommand.DeleteTable(TABLE, false))).isEqualTo(OK);
    }

    @Test
    void deletion() {
        create(0);
        put("k", "1");
        assertThat(rig.get(new SegmentCommand.DeleteTable(TABLE, true)))
                .isEqualTo(new SegmentReply.OfTable(new TableReply.NotEmpty()));
        rig.get(removing("k", 0));
        assertThat(rig.get(new SegmentCommand.DeleteTable(TABLE, true))).isEqualTo(OK);
        create(1);
        put("k", "2");
        assertThat(rig.get(new SegmentCommand.DeleteTable(TABLE, true)))
                .isEqualTo(new SegmentReply.OfTable(new TableReply.Unsupported()));
        assertThat(rig.get(new SegmentCommand.Delete(TABLE))).isEqualTo(OK);
        create(1);
        assertThat(rig.get(getting("k"))).isEqualTo(found("k", TableKey.ABSENT, ""));
        rig.handOver();
        assertThat(rig.get(getting("k"))).isEqualTo(found("k", TableKey.ABSENT, ""));
    }

    @Test
    void whatIsForBytesIsNotForTables() {
        create(3);
        rig.create("bytes");
        assertThat(rig.setUp(TABLE)).isInstanceOf(SegmentReply.BadArgument.class);
        assertThat(rig.append(TABLE, 1, "x")).isInstanceOf(SegmentReply.BadArgument.class);
        assertThat(rig.read(TABLE, 0).reply).isInstanceOf(SegmentReply.BadArgument.class);
        assertThat(rig.get(new SegmentCommand.Truncate(TABLE, 0))).isInstanceOf(SegmentReply.BadArgument.class);
        assertThat(rig.get(new SegmentCommand.AppendAt(TABLE, Rig.WRITER, 0, text("x"))))
                .isInstanceOf(SegmentReply.BadArgument.class);
        assertThat(rig.get(new SegmentCommand.UpdatePolicy(TABLE, 1, 1))).isInstanceOf(SegmentReply.BadArgument.class);
        assertThat(rig.get(new SegmentCommand.Merge("bytes", TABLE, List.of())))
                .isInstanceOf(SegmentReply.BadArgument.class);
        assertThat(rig.get(new SegmentCommand.Merge(TABLE, "bytes", List.of())))
                .isInstanceOf(SegmentReply.BadArgument.class);
        assertThat(rig.get(new SegmentCommand.MergeBatch(TABLE, List.of("bytes"))))
                .isInstanceOf(SegmentReply.BadArgument.class);
        UUID id = new UUID(1, 2);
        assertThat(rig.get(new SegmentCommand.UpdateAttribute(TABLE, id, 5, SegmentCommand.NO_VALUE)))
                .isEqualTo(new SegmentReply.AttributeUpdated(true));
        assertThat(rig.attribute(TABLE, id)).isEqualTo(5);
    }

    @Test
    void whatIsForTablesIsNotForBytes() {
        rig.create(TABLE);
        assertThat(put("abc", "1")).isInstanceOf(SegmentReply.BadArgument.class);
        assertThat(rig.get(getting("abc"))).isInstanceOf(SegmentReply.BadArgument.class);
        assertThat(rig.get(new SegmentCommand.DeleteTable(TABLE, false))).isInstanceOf(SegmentReply.BadArgument.class);
    }

    @Test
    void entriesSurviveCrashesAndCheckpoints() {
        create(3);
        assertThat(put("abc", "12")).isEqualTo(stored(0));
        rig.handOver();
        assertThat(rig.get(getting("abc"))).isEqualTo(found("abc", 0, "12"));
        assertThat(rig.get(putting("abc", 0, "34"))).isEqualTo(stored(22));
        rig.get(removing("abc", 22));
        rig.crash();
        assertThat(rig.get(putting("abc", 22, "56"))).isEqualTo(new SegmentReply.OfTable(new TableReply.NoSuchKey()));
        assertThat(put("abc", "56")).isEqualTo(stored(64));
        assertThat(rig.machine.oldestFrame()).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void aLargeBatchIsAllThereOrNotAtAll() {
        create(1);
        rig.log.paused = true;
        String large = "v".repeat(1 << 19);
        List<TableEntry> entries = List.of("a", "b", "c", "d", "e").stream()
                .map(key -> new TableEntry(text(key), TableKey.ABSENT, text(large)))
                .toList();
        SegmentCommand put = on(new TableCommand.Put(entries, -1));
        Answer cut = rig.ask(put);
        rig.log.sync(2);
        rig.run();
        assertThat(cut.isPending()).isTrue();
        rig.crash();
        assertThat(cut.lost).isNotNull();
        assertThat(rig.get(getting("a"))).isEqualTo(found("a", TableKey.ABSENT, ""));
        rig.get(put);
        rig.crash();
        assertThat(rig.get(getting("e"))).isEqualTo(found("e", 4 * (18 + (1 << 19)), large));
    }

    @Test
    void repliesWaitForWhatTheyHaveSeen() {
        create(1);
        rig.log.paused = true;
        Answer put = rig.ask(putting("k", TableKey.ANY_VERSION, "1"));
        Answer got = rig.ask(getting("k"));
        Answer failed = rig.ask(putting("k", TableKey.ABSENT, "2"));
        Answer walked = rig.ask(on(new TableCommand.ReadPage(
                true, Unpooled.EMPTY_BUFFER, Unpooled.EMPTY_BUFFER, Unpooled.EMPTY_BUFFER, 9)));
        Answer info = rig.ask(on(new TableCommand.GetInfo()));
        assertThat(List.of(put, got, failed, walked, info)).allMatch(Answer::isPending);
        rig.resume();
        assertThat(put.reply).isEqualTo(stored(0));
        assertThat(got.reply).isEqualTo(found("k", 0, "1"));
        assertThat(failed.reply).isEqualTo(new SegmentReply.OfTable(new TableReply.OtherVersion()));
        assertThat(walked.isPending()).isFalse();
        assertThat(info.reply).isEqualTo(new SegmentReply.OfTable(new TableReply.Info(19, 1, 1)));
    }

    @Test
    void whatIsToldOfKeysIsConfirmedByTheLog() {
        create(1);
        put("k", "1");
        rig.log.paused = true;
        Answer got = rig.ask(getting("k"));
        Answer failed = rig.ask(putting("k", TableKey.ABSENT, "2"));
        Answer probed = rig.ask(removing("l", TableKey.ABSENT));
        Answer wrong = rig.ask(getting("toolong"));
        Answer info = rig.ask(on(new TableCommand.GetInfo()));
        assertThat(List.of(got, failed, probed)).allMatch(Answer::isPending);
        assertThat(List.of(wrong, info)).noneMatch(Answer::isPending);
        rig.resume();
        assertThat(List.of(got, failed, probed)).noneMatch(Answer::isPending);
    }
}
