/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.engine.tables;

import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.engine.partition.Frame;
import io.headrace.engine.partition.LogRecord;
import io.headrace.engine.state.HeapBase;
import io.headrace.engine.state.LayeredState;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TableTest {
    private static final long ANY = TableKey.ANY_VERSION;
    private static final long ABSENT = TableKey.ABSENT;
    private static final ByteBuf NONE = Unpooled.EMPTY_BUFFER;

    private final LayeredState state = new LayeredState();
    private final Table hashed = new Table(state, 1, 0);
    private final Table fixed = new Table(state, 2, 3);
    private final List<Integer> recordBytes = new ArrayList<>();

    /** What was logged, replayed elsewhere, must give the same state. */
    private final LayeredState replayed = new LayeredState();

    private final Table hashedReplayed = new Table(replayed, 1, 0);
    private final Table fixedReplayed = new Table(replayed, 2, 3);

    @AfterEach
    void replayGivesTheSameState() {
        assertThat(snapshot(replayed)).isEqualTo(snapshot(state));
        assertThat(hashedReplayed.length()).isEqualTo(hashed.length());
        assertThat(hashedReplayed.count()).isEqualTo(hashed.count());
        assertThat(fixedReplayed.length()).isEqualTo(fixed.length());
        assertThat(fixedReplayed.count()).isEqualTo(fixed.count());
    }

    private static ByteBuf snapshot(LayeredState state) {
        HeapBase rows = new HeapBase();
        state.layers().forEach(rows::write);
        ByteBuf out = Unpooled.buffer();
        rows.image(out);
        return out;
    }

    private TableReply execute(Table table, TableCommand command) {
        return table.execute(command, 1000, record -> apply(table, record));
    }

    private void apply(Table table, LogRecord record) {
        ByteBuf bytes = Unpooled.buffer();
        record.write(bytes);
        assertThat(bytes.readableBytes()).isEqualTo(record.size()).isLessThanOrEqualTo(Frame.MAX_RECORD_BYTES);
        recordBytes.add(record.size());
        bytes.skipBytes(TableRecord.HEADER_BYTES);
        (table == hashed ? hashedReplayed : fixedReplayed).apply(record.type(), bytes.duplicate());
        table.apply(record.type(), bytes);
        bytes.setZero(0, bytes.capacity());
    }

    private static ByteBuf text(String text) {
        return Unpooled.copiedBuffer(text, StandardCharsets.ISO_8859_1);
    }

    private static TableEntry entry(String key, long version, String value) {
        return new TableEntry(text(key), version, text(value));
    }

    private TableReply put(Table table, TableEntry... entries) {
        return execute(table, new TableCommand.Put(List.of(entries), TableCommand.ANY_LENGTH));
    }

    private TableReply remove(Table table, TableKey... keys) {
        return execute(table, new TableCommand.Remove(List.of(keys), TableCommand.ANY_LENGTH));
    }

    private static TableKey key(String key, long version) {
        return new TableKey(text(key), version);
    }

    private static TableReply stored(Long... versions) {
        return new TableReply.Stored(List.of(versions));
    }

    private TableEntry get(Table table, String key) {
        TableReply reply = execute(table, new TableCommand.Get(List.of(text(key))));
        return ((TableReply.Entries) reply).entries().get(0);
    }

    private TableReply.Page page(Table table, ByteBuf token, String from, String to, int limit) {
        return (TableReply.Page) execute(table, new TableCommand.ReadPage(true, token, text(from), text(to), limit));
    }

    private static List<String> keys(TableReply.Page page) {
        return page.entries().stream()
                .map(entry -> entry.key().toString(StandardCharsets.ISO_8859_1))
                .toList();
    }

    @Test
    void versionsArePositions() {
        assertThat(put(fixed, entry("abc", ANY, "de"), entry("abd", ANY, ""))).isEqualTo(stored(0L, 22L));
        assertThat(get(fixed, "abd")).isEqualTo(entry("abd", 22, ""));
        assertThat(put(fixed, entry("abd", ANY, "x"))).isEqualTo(stored(42L));
        assertThat(get(fixed, "abc")).isEqualTo(entry("abc", 0, "de"));
        assertThat(get(fixed, "abd")).isEqualTo(entry("abd", 42, "x"));
        assertThat(remove(fixed, key("abd", ANY))).isEqualTo(TableReply.Removed.INSTANCE);
        assertThat(get(fixed, "abd")).isEqualTo(entry("abd", ABSENT, ""));
        assertThat(put(fixed, entry("abd", ABSENT, "x"))).isEqualTo(stored(83L));
        assertThat(execute(fixed, new TableCommand.GetInfo())).isEqualTo(new TableReply.Info(104, 2, 3));
    }

    @Test
    void conditionsOfPuts() {
        put(hashed, entry("there", ANY, "old"));
        TableReply other = new TableReply.OtherVersion();
        assertThat(put(hashed, entry("there", ABSENT, "new"))).isEqualTo(other);
        assertThat(put(hashed, entry("there", 1, "new"))).isEqualTo(other);
        assertThat(put(hashed, entry("gone", 0, "new"))).isEqualTo(new TableReply.NoSuchKey());
        assertThat(put(hashed, entry("there", -2, "new"))).isInstanceOf(TableReply.BadArgument.class);
        assertThat(get(hashed, "there")).isEqualTo(entry("there", 0, "old"));
        assertThat(put(hashed, entry("there", 0, "new"))).isEqualTo(stored(25L));
        assertThat(put(hashed, entry("gone", ABSENT, "new"))).isEqualTo(stored(50L));
    }

    @Test
    void conditionsOfRemovals() {
        put(hashed, entry("there", ANY, "old"));
        assertThat(remove(hashed, key("there", ABSENT))).isEqualTo(new TableReply.OtherVersion());
        assertThat(remove(hashed, key("there", 7))).isEqualTo(new TableReply.OtherVersion());
        assertThat(remove(hashed, key("gone", 0))).isEqualTo(new TableReply.NoSuchKey());
        long before = hashed.length();
        assertThat(remove(hashed, key("gone", ABSENT))).isEqualTo(TableReply.Removed.INSTANCE);
        assertThat(remove(hashed, key("gone", ANY))).isEqualTo(TableReply.Removed.INSTANCE);
        assertThat(hashed.length()).isEqualTo(before);
        assertThat(remove(hashed, key("there", 0))).isEqualTo(TableReply.Removed.INSTANCE);
        assertThat(hashed.count()).isZero();
        assertThat(hashed.length()).isGreaterThan(before);
    }

    @Test
    void theLengthCanBeACondition() {
        put(hashed, entry("a", ANY, ""));
        TableEntry entry = entry("b", ANY, "");
        assertThat(execute(hashed, new TableCommand.Put(List.of(entry), 17))).isEqualTo(new TableReply.OtherLength(18));
        assertThat(execute(hashed, new TableCommand.Put(List.of(entry), 18))).isEqualTo(stored(18L));
        assertThat(execute(hashed, new TableCommand.Remove(List.of(key("a", ANY)), 18)))
                .isEqualTo(new TableReply.OtherLength(36));
    }

    @Test
    void oneFailureLeavesAllAsItWas() {
        put(fixed, entry("aaa", ANY, "1"), entry("aab", ANY, "2"));
        ByteBuf before = snapshot(state);
        assertThat(put(fixed, entry("aaa", 0, "x"), entry("aac", ABSENT, "x"), entry("aab", 0, "x")))
                .isEqualTo(new TableReply.OtherVersion());
        assertThat(put(fixed, entry("aaa", 0, "x"), entry("aac", ABSENT, "x"), entry("toolong", 0, "x")))
                .isInstanceOf(TableReply.BadArgument.class);
        assertThat(remove(fixed, key("aaa", ANY), key("aab", 0))).isEqualTo(new TableReply.OtherVersion());
        assertThat(remove(fixed, key("aaa", ANY), key("aad", 0))).isEqualTo(new TableReply.NoSuchKey());
        assertThat(snapshot(state)).isEqualTo(before);
    }

    @Test
    void ofTheSameKeyTwiceTheLastStays() {
        assertThat(put(hashed, entry("k", ABSENT, "1"), entry("k", ABSENT, "2"), entry("k", ANY, "3")))
                .isEqualTo(stored(0L, 19L, 38L));
        assertThat(get(hashed, "k")).isEqualTo(entry("k", 38, "3"));
        assertThat(hashed.count()).isEqualTo(1);
        assertThat(execute(hashed, new TableCommand.ReadChanges(0, 9)))
                .isEqualTo(new TableReply.Changes(List.of(entry("k", 38, "3")), true, 57));
        assertThat(remove(hashed, key("k", 38), key("k", ANY))).isEqualTo(TableReply.Removed.INSTANCE);
        assertThat(hashed.count()).isZero();
    }

    @ParameterizedTest
    @CsvSource({"ab", "abcd", "''"})
    void keysOfFixedLength(String wrong) {
        assertThat(put(fixed, entry(wrong, ANY, ""))).isInstanceOf(TableReply.BadArgument.class);
        assertThat(remove(fixed, key(wrong, ANY))).isInstanceOf(TableReply.BadArgument.class);
        assertThat(execute(fixed, new TableCommand.Get(List.of(text("abc"), text(wrong)))))
                .isInstanceOf(TableReply.BadArgument.class);
    }

    @Test
    void limits() {
        String longest = "k".repeat(Table.MAX_KEY_BYTES);
        assertThat(put(hashed, entry(longest, ANY, ""))).isEqualTo(stored(0L));
        assertThat(put(hashed, entry(longest + "k", ANY, ""))).isInstanceOf(TableReply.BadArgument.class);
        assertThat(put(hashed, entry("", ANY, ""))).isInstanceOf(TableReply.BadArgument.class);
        String largest = "v".repeat(Table.MAX_ENTRY_BYTES - Table.ENTRY_OVERHEAD - 1);
        assertThat(put(hashed, entry("k", ANY, largest + "v"))).isInstanceOf(TableReply.BadArgument.class);
        assertThat(put(hashed, entry("k", ANY, largest))).isInstanceOf(TableReply.Stored.class);
        assertThat(get(hashed, "k").value()).isEqualTo(text(largest));
        TableEntry many = entry("m", ANY, "");
        assertThat(execute(hashed, new TableCommand.Put(Collections.nCopies(TableUpdates.MAX_KEYS + 1, many), -1)))
                .isInstanceOf(TableReply.BadArgument.class);
        assertThat(execute(hashed, new TableCommand.Put(Collections.nCopies(TableUpdates.MAX_KEYS, many), -1)))
                .isInstanceOf(TableReply.Stored.class);
        assertThat(put(hashed)).isEqualTo(stored());
    }

    @Test
    void aCommandLargerThanAFrameIsSeveralRecords() {
        String largest = "v".repeat(Table.MAX_ENTRY_BYTES - Table.ENTRY_OVERHEAD - 3);
        TableReply reply = put(
                fixed,
                entry("aaa", ANY, "small"),
                entry("aab", ANY, largest),
                entry("aac", ANY, "small"),
                entry("aad", ANY, largest));
        assertThat(reply).isEqualTo(stored(0L, 25L, 25L + (1 << 20), 50L + (1 << 20)));
        assertThat(recordBytes).hasSizeGreaterThan(4);
        assertThat(get(fixed, "aab")).isEqualTo(entry("aab", 25, largest));
        assertThat(get(fixed, "aac")).isEqualTo(entry("aac", 25 + (1 << 20), "small"));
        assertThat(get(fixed, "aad")).isEqualTo(entry("aad", 50 + (1 << 20), largest));
        recordBytes.clear();
        String longKey = "k".repeat(Table.MAX_KEY_BYTES - 3);
        TableEntry[] entries = IntStream.range(100, 300)
                .mapToObj(i -> entry(longKey + i, ANY, ""))
                .toArray(TableEntry[]::new);
        put(hashed, entries);
        assertThat(recordBytes).hasSize(2);
        recordBytes.clear();
        assertThat(remove(
                        hashed,
                        IntStream.range(90, 310)
                                .mapToObj(i -> key(longKey + i, ANY))
                                .toArray(TableKey[]::new)))
                .isEqualTo(TableReply.Removed.INSTANCE);
        assertThat(recordBytes).hasSize(2);
        assertThat(hashed.count()).isZero();
    }

    @Test
    void manyKeysAtATime() {
        put(fixed, entry("aaa", ANY, "1"), entry("aab", ANY, "2"));
        assertThat(execute(fixed, new TableCommand.Get(List.of(text("aab"), text("zzz"), text("aaa"), text("aab")))))
                .isEqualTo(new TableReply.Entries(List.of(
                        entry("aab", 21, "2"), entry("zzz", ABSENT, ""), entry("aaa", 0, "1"), entry("aab", 21, "2"))));
        assertThat(execute(fixed, new TableCommand.Get(Collections.nCopies(TableUpdates.MAX_KEYS + 1, text("aaa")))))
                .isInstanceOf(TableReply.BadArgument.class);
        put(fixed, entry("aaa", ANY, "v".repeat(1_040_384)));
        assertThat(execute(fixed, new TableCommand.Get(Collections.nCopies(16, text("aaa")))))
                .isInstanceOf(TableReply.Entries.class);
        assertThat(execute(fixed, new TableCommand.Get(Collections.nCopies(17, text("aaa")))))
                .isInstanceOf(TableReply.BadArgument.class);
    }

    @Test
    void aWalkByBounds() {
        put(fixed, entry("c\u00ffa", ANY, "5"), entry("aab", ANY, "2"), entry("b\u0000a", ANY, "3"));
        put(fixed, entry("aaa", ANY, "1"), entry("b\u00ffb", ANY, "4"));
        assertThat(keys(page(fixed, NONE, "", "", 9)))
                .containsExactly("aaa", "aab", "b\u0000a", "b\u00ffb", "c\u00ffa");
        assertThat(keys(page(fixed, NONE, "aab", "b\u00ffb", 9))).containsExactly("aab", "b\u0000a", "b\u00ffb");
        assertThat(keys(page(fixed, NONE, "aac", "", 2))).containsExactly("b\u0000a", "b\u00ffb");
        assertThat(keys(page(fixed, NONE, "", "aaa", 9))).containsExactly("aaa");
        TableReply.Page end = page(fixed, NONE, "d", "", 9);
        assertThat(end.entries()).isEmpty();
        assertThat(end.token().isReadable()).isFalse();
        assertThat(page(fixed, NONE, "", "", 0).entries()).isEmpty();
        assertThat(page(fixed, NONE, "", "", -1).entries()).isEmpty();
        TableReply.Page first = page(fixed, NONE, "", "", 1);
        assertThat(execute(fixed, new TableCommand.ReadPage(true, first.token(), NONE, NONE, 1)))
                .isInstanceOf(TableReply.BadArgument.class);
        assertThat(execute(fixed, new TableCommand.ReadPage(false, NONE, text("aab"), text("b"), 9)))
                .isInstanceOfSatisfying(TableReply.Page.class, page -> assertThat(page.entries())
                        .containsExactly(entry("aab", 21, "")));
    }

    @Test
    void aWalkByTokens() {
        put(hashed, entry("a", ANY, "1"), entry("b", ANY, "3"), entry("aa", ANY, "2"), entry("c", ANY, "4"));
        TableReply.Page page = page(hashed, NONE, "", "", 2);
        assertThat(keys(page)).containsExactly("a", "aa");
        remove(hashed, key("aa", ANY), key("b", ANY));
        put(hashed, entry("ab", ANY, ""));
        page = page(hashed, page.token(), "", "", 9);
        assertThat(keys(page)).containsExactly("ab", "c");
        page = page(hashed, page.token(), "", "", 9);
        assertThat(page.entries()).isEmpty();
        assertThat(page.token().isReadable()).isFalse();
        assertThat(execute(hashed, new TableCommand.ReadPage(true, NONE, text("a"), NONE, 9)))
                .isInstanceOf(TableReply.BadArgument.class);
        assertThat(execute(hashed, new TableCommand.ReadPage(true, NONE, NONE, text("a"), 9)))
                .isInstanceOf(TableReply.BadArgument.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "x",
                "\u0001\u0000\u0000\u0000\u0000\u0000\u0000\u0000\u0001",
                "\u0002\0\0\0\0\0\0\0\u0001k",
                "\u0001\0\0\0\0\0\0\0\u0002k"
            })
    void tokensOfOthers(String token) {
        put(hashed, entry("k", ANY, "1"));
        assertThat(execute(hashed, new TableCommand.ReadPage(true, text(token), NONE, NONE, 9)))
                .isInstanceOf(TableReply.BadArgument.class);
    }

    @Test
    void pagesAreBounded() {
        for (int i = 0; i < 2 * TableReads.MAX_PAGE_ENTRIES; i++) {
            put(hashed, entry("k" + i, ANY, ""));
        }
        assertThat(page(hashed, NONE, "", "", Integer.MAX_VALUE).entries()).hasSize(TableReads.MAX_PAGE_ENTRIES);
        String half = "v".repeat(TableReads.MAX_PAGE_BYTES / 4);
        for (int i = 0; i < 9; i++) {
            put(fixed, entry("00" + i, ANY, half));
        }
        assertThat(page(fixed, NONE, "", "", 9).entries()).hasSize(4);
        assertThat(execute(fixed, new TableCommand.ReadPage(false, NONE, NONE, NONE, 9)))
                .isInstanceOfSatisfying(TableReply.Page.class, page -> assertThat(page.entries())
                        .hasSize(9));
    }

    @Test
    void changes() {
        assertThat(execute(fixed, new TableCommand.ReadChanges(0, 9))).isEqualTo(new TableReply.Unsupported());
        assertThat(execute(hashed, new TableCommand.ReadChanges(0, 9)))
                .isEqualTo(new TableReply.Changes(List.of(), true, 0));
        put(hashed, entry("a", ANY, "1"), entry("b", ANY, "2"), entry("c", ANY, "3"));
        put(hashed, entry("a", ANY, "4"));
        remove(hashed, key("b", ANY));
        assertThat(execute(hashed, new TableCommand.ReadChanges(0, 1)))
                .isEqualTo(new TableReply.Changes(List.of(entry("c", 38, "3")), false, 57));
        assertThat(execute(hashed, new TableCommand.ReadChanges(57, 9)))
                .isEqualTo(new TableReply.Changes(List.of(entry("a", 57, "4")), true, 94));
        assertThat(execute(hashed, new TableCommand.ReadChanges(94, 9)))
                .isEqualTo(new TableReply.Changes(List.of(), true, 0));
        assertThat(execute(hashed, new TableCommand.ReadChanges(95, 9))).isInstanceOf(TableReply.BadArgument.class);
        assertThat(execute(hashed, new TableCommand.ReadChanges(-1, 9))).isInstanceOf(TableReply.BadArgument.class);
    }

    @Test
    void nothingIsLeftOfATable() {
        put(hashed, entry("a", ANY, "1"));
        put(fixed, entry("abc", ANY, "1"));
        hashed.drop();
        fixed.drop();
        hashedReplayed.drop();
        fixedReplayed.drop();
        assertThat(snapshot(state)).isEqualTo(snapshot(new LayeredState()));
    }
}
