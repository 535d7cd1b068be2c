/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.verticles.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.codecs.wire.AppendCommand.SetupAppend;
import io.headrace.codecs.wire.FailureReply.ErrorMessage;
import io.headrace.codecs.wire.FailureReply.NoSuchSegment;
import io.headrace.codecs.wire.FailureReply.OperationUnsupported;
import io.headrace.codecs.wire.FailureReply.SegmentAlreadyExists;
import io.headrace.codecs.wire.FailureReply.SegmentIsSealed;
import io.headrace.codecs.wire.FailureReply.SegmentIsTruncated;
import io.headrace.codecs.wire.FailureReply.TableKeyBadVersion;
import io.headrace.codecs.wire.FailureReply.TableKeyDoesNotExist;
import io.headrace.codecs.wire.FailureReply.TableSegmentNotEmpty;
import io.headrace.codecs.wire.FailureReply.WrongHost;
import io.headrace.codecs.wire.SegmentReply.SegmentCreated;
import io.headrace.codecs.wire.SegmentReply.SegmentDeleted;
import io.headrace.codecs.wire.SegmentReply.SegmentSealed;
import io.headrace.codecs.wire.SegmentReply.StreamSegmentInfo;
import io.headrace.codecs.wire.SegmentRequest.CreateSegment;
import io.headrace.codecs.wire.SegmentRequest.DeleteSegment;
import io.headrace.codecs.wire.SegmentRequest.GetStreamSegmentInfo;
import io.headrace.codecs.wire.SegmentRequest.ReadSegment;
import io.headrace.codecs.wire.SegmentRequest.SealSegment;
import io.headrace.codecs.wire.TableReply.TableEntriesDeltaRead;
import io.headrace.codecs.wire.TableReply.TableEntriesRead;
import io.headrace.codecs.wire.TableReply.TableEntriesUpdated;
import io.headrace.codecs.wire.TableReply.TableKeysRead;
import io.headrace.codecs.wire.TableReply.TableKeysRemoved;
import io.headrace.codecs.wire.TableReply.TableRead;
import io.headrace.codecs.wire.TableReply.TableSegmentInfo;
import io.headrace.codecs.wire.TableRequest.CreateTableSegment;
import io.headrace.codecs.wire.TableRequest.DeleteTableSegment;
import io.headrace.codecs.wire.TableRequest.GetTableSegmentInfo;
import io.headrace.codecs.wire.TableRequest.IteratorArgs;
import io.headrace.codecs.wire.TableRequest.ReadTable;
import io.headrace.codecs.wire.TableRequest.ReadTableEntries;
import io.headrace.codecs.wire.TableRequest.ReadTableEntriesDelta;
import io.headrace.codecs.wire.TableRequest.ReadTableKeys;
import io.headrace.codecs.wire.TableRequest.RemoveTableKeys;
import io.headrace.codecs.wire.TableRequest.TableEntry;
import io.headrace.codecs.wire.TableRequest.TableKey;
import io.headrace.codecs.wire.TableRequest.UpdateTableEntries;
import io.headrace.codecs.wire.WireCommand;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What each request about tables is answered with, in success and in failure, and what it counts for. */
@Timeout(120)
final class WireTablesTest {
    private static final long ID = 0x1_0000_0007L;
    private static final String FIXED = "s/t_kvtable/0.#epoch.0";
    private static final String HASHED = "_system/_tables/a";
    private static final String MISSING = "s/t_kvtable/7.#epoch.0";
    private static final long ANY = TableKey.NO_VERSION;
    private static final long ABSENT = TableKey.NOT_EXISTS;
    private static final ByteBuf NONE = Unpooled.EMPTY_BUFFER;
    private static final int MIB = 1 << 20;

    private TestStore store = new TestStore();
    private WireClient client = store.connect();

    @BeforeEach
    void create() {
        client.assertAnswer(new CreateTableSegment(ID, FIXED, "", false, 3, 0), new SegmentCreated(ID, FIXED));
        client.assertAnswer(new CreateTableSegment(ID, HASHED, "", true, 0, 0), new SegmentCreated(ID, HASHED));
    }

    @AfterEach
    void close() {
        client.close();
        store.logs.letGo();
        store.close();
    }

    private static ByteBuf text(String text) {
        return Unpooled.copiedBuffer(text, StandardCharsets.ISO_8859_1);
    }

    private static TableKey key(String key, long version) {
        return new TableKey(text(key), version);
    }

    private static TableEntry entry(String key, long version, String value) {
        return new TableEntry(key(key, version), text(value));
    }

    private static UpdateTableEntries update(String table, TableEntry... entries) {
        return new UpdateTableEntries(ID, table, "", List.of(entries), -1);
    }

    private static RemoveTableKeys remove(String table, TableKey... keys) {
        return new RemoveTableKeys(ID, table, "", List.of(keys), -1);
    }

    private static ReadTable read(String table, String... keys) {
        return new ReadTable(
                ID, table, "", Arrays.stream(keys).map(key -> key(key, ANY)).toList());
    }

    private static IteratorArgs range(String from, String to) {
        return new IteratorArgs(NONE, text(from), text(to));
    }

    private static IteratorArgs after(ByteBuf token) {
        return new IteratorArgs(token, NONE, NONE);
    }

    private void put(String table, TableEntry... entries) {
        assertThat(client.ask(update(table, entries))).isInstanceOf(TableEntriesUpdated.class);
    }

    private void assertRefused(WireCommand request) {
        assertThat(client.ask(request)).isInstanceOfSatisfying(ErrorMessage.class, error -> {
            assertThat(error.requestId()).isEqualTo(ID);
            assertThat(error.errorCode()).isEqualTo(ErrorMessage.ILLEGAL_ARGUMENT);
            assertThat(error.message()).isNotEmpty();
        });
    }

    @Test
    void creation() {
        client.assertAnswer(new CreateTableSegment(ID, FIXED, "", false, 3, 0), new SegmentAlreadyExists(ID, FIXED));
        assertRefused(new CreateTableSegment(ID, MISSING, "", false, 8193, 0));
        assertRefused(new CreateTableSegment(ID, MISSING, "", false, -1, 0));
        client.assertAnswer(new GetTableSegmentInfo(ID, MISSING, ""), new NoSuchSegment(ID, MISSING, -1));
    }

    @Test
    void deletion() {
        put(HASHED, entry("k", ANY, "v"));
        client.assertAnswer(new DeleteTableSegment(ID, HASHED, true, ""), new TableSegmentNotEmpty(ID, HASHED));
        client.assertAnswer(
                new DeleteTableSegment(ID, FIXED, true, ""), new OperationUnsupported(ID, "deleteTableSegment"));
        client.assertAnswer(remove(HASHED, key("k", ANY)), new TableKeysRemoved(ID, HASHED));
        client.assertAnswer(new DeleteTableSegment(ID, HASHED, true, ""), new SegmentDeleted(ID, HASHED));
        client.assertAnswer(new DeleteTableSegment(ID, HASHED, false, ""), new NoSuchSegment(ID, HASHED, -1));
        client.assertAnswer(new DeleteSegment(ID, FIXED, ""), new SegmentDeleted(ID, FIXED));
        client.createSegment(FIXED);
        assertRefused(new DeleteTableSegment(ID, FIXED, false, ""));
    }

    @Test
    void updatesAndReads() {
        client.assertAnswer(
                update(FIXED, entry("abc", ABSENT, "de"), entry("abd", ANY, "")),
                new TableEntriesUpdated(ID, List.of(0L, 22L)));
        client.assertAnswer(
                read(FIXED, "abd", "xyz", "abc"),
                new TableRead(
                        ID, FIXED, List.of(entry("abd", 22, ""), entry("xyz", ABSENT, ""), entry("abc", 0, "de"))));
        client.assertAnswer(update(FIXED, entry("abc", 0, "f")), new TableEntriesUpdated(ID, List.of(42L)));
        client.assertAnswer(remove(FIXED, key("abc", 42), key("abd", 22)), new TableKeysRemoved(ID, FIXED));
        client.assertAnswer(read(FIXED, "abc"), new TableRead(ID, FIXED, List.of(entry("abc", ABSENT, ""))));
    }

    @Test
    void conditions() {
        put(FIXED, entry("abc", ANY, "1"));
        client.assertAnswer(update(FIXED, entry("abc", ABSENT, "2")), new TableKeyBadVersion(ID, FIXED));
        client.assertAnswer(update(FIXED, entry("abc", 7, "2")), new TableKeyBadVersion(ID, FIXED));
        client.assertAnswer(update(FIXED, entry("abd", 0, "2")), new TableKeyDoesNotExist(ID, FIXED));
        client.assertAnswer(remove(FIXED, key("abc", 7)), new TableKeyBadVersion(ID, FIXED));
        client.assertAnswer(remove(FIXED, key("abc", ABSENT)), new TableKeyBadVersion(ID, FIXED));
        client.assertAnswer(remove(FIXED, key("abd", 7)), new TableKeyDoesNotExist(ID, FIXED));
        client.assertAnswer(remove(FIXED, key("abd", ABSENT)), new TableKeysRemoved(ID, FIXED));
        client.assertAnswer(
                update(FIXED, entry("aba", ABSENT, "2"), entry("abc", 7, "2")), new TableKeyBadVersion(ID, FIXED));
        assertRefused(update(FIXED, entry("abc", -2, "2")));
        client.assertAnswer(
                new UpdateTableEntries(ID, FIXED, "", List.of(entry("abc", ANY, "2")), 20),
                new SegmentIsTruncated(ID, FIXED, 21, 20));
        client.assertAnswer(
                new RemoveTableKeys(ID, FIXED, "", List.of(key("abc", ANY)), 22),
                new SegmentIsTruncated(ID, FIXED, 21, 22));
        client.assertAnswer(
                read(FIXED, "abc", "aba"),
                new TableRead(ID, FIXED, List.of(entry("abc", 0, "1"), entry("aba", ABSENT, ""))));
        client.assertAnswer(
                new UpdateTableEntries(ID, FIXED, "", List.of(entry("abc", ANY, "2")), 21),
                new TableEntriesUpdated(ID, List.of(21L)));
    }

    @Test
    void missingAndSealedTables() {
        List<TableEntry> entries = List.of(entry("abc", ANY, "1"));
        client.assertAnswer(new UpdateTableEntries(ID, MISSING, "", entries, 5), new NoSuchSegment(ID, MISSING, 5));
        client.assertAnswer(remove(MISSING, key("abc", ANY)), new NoSuchSegment(ID, MISSING, -1));
        client.assertAnswer(read(MISSING, "abc"), new NoSuchSegment(ID, MISSING, -1));
        client.assertAnswer(new ReadTableKeys(ID, MISSING, "", 9, range("", "")), new NoSuchSegment(ID, MISSING, -1));
        client.assertAnswer(new SealSegment(ID, FIXED, ""), new SegmentSealed(ID, FIXED));
        client.assertAnswer(new UpdateTableEntries(ID, FIXED, "", entries, 5), new SegmentIsSealed(ID, FIXED, 5));
        client.assertAnswer(remove(FIXED, key("abc", ANY)), new SegmentIsSealed(ID, FIXED, -1));
        client.assertAnswer(read(FIXED, "abc"), new TableRead(ID, FIXED, List.of(entry("abc", ABSENT, ""))));
    }

    @Test
    void badInputChangesNothing() {
        put(FIXED, entry("abc", ANY, "1"));
        put(HASHED, entry("k", ANY, "1"));
        assertRefused(update(FIXED, entry("abc", ANY, "2"), entry("abcd", ANY, "2")));
        assertRefused(remove(FIXED, key("abc", ANY), key("ab", ANY)));
        assertRefused(read(FIXED, "abc", "ab"));
        assertRefused(update(HASHED, entry("k", ANY, "2"), entry("k".repeat(8193), ANY, "2")));
        assertRefused(update(HASHED, entry("k", ANY, "2"), entry("l", ANY, "v".repeat(MIB - 17))));
        assertRefused(update(HASHED, entry("k", ANY, "2"), entry("", ANY, "2")));
        client.assertAnswer(read(FIXED, "abc"), new TableRead(ID, FIXED, List.of(entry("abc", 0, "1"))));
        client.assertAnswer(read(HASHED, "k"), new TableRead(ID, HASHED, List.of(entry("k", 0, "1"))));
    }

    @Test
    void tablesAndBytesAreTwoThings() {
        client.createSegment(MISSING);
        assertRefused(update(MISSING, entry("abc", ANY, "1")));
        assertRefused(read(MISSING, "abc"));
        assertRefused(new GetTableSegmentInfo(ID, MISSING, ""));
        assertRefused(new SetupAppend(ID, new UUID(1, 2), FIXED, ""));
        assertRefused(new ReadSegment(FIXED, 0, 10, "", ID));
        client.assertAnswer(new CreateSegment(ID, FIXED, 0, 0, "", 0), new SegmentAlreadyExists(ID, FIXED));
    }

    @Test
    void info() {
        put(FIXED, entry("abc", ANY, "1"), entry("abd", ANY, "2"));
        put(FIXED, entry("abc", ANY, "3"));
        client.assertAnswer(new GetTableSegmentInfo(ID, FIXED, ""), new TableSegmentInfo(ID, FIXED, 0, 63, 2, 3));
        client.assertAnswer(new GetTableSegmentInfo(ID, HASHED, ""), new TableSegmentInfo(ID, HASHED, 0, 0, 0, 0));
        assertThat(client.ask(new GetStreamSegmentInfo(ID, FIXED, "")))
                .isInstanceOfSatisfying(StreamSegmentInfo.class, info -> assertThat(info.writeOffset())
                        .isEqualTo(63));
    }

    @Test
    void walkingWithBounds() {
        put(FIXED, entry("abc", ANY, "1"), entry("b\u00ffz", ANY, "2"), entry("b\u0000a", ANY, "3"));
        TableEntriesRead all = (TableEntriesRead) client.ask(new ReadTableEntries(ID, FIXED, "", 9, range("", "")));
        assertThat(all.entries())
                .containsExactly(entry("abc", 0, "1"), entry("b\u0000a", 42, "3"), entry("b\u00ffz", 21, "2"));
        TableKeysRead some =
                (TableKeysRead) client.ask(new ReadTableKeys(ID, FIXED, "", 9, range("b\u0000a", "b\u00ffz")));
        assertThat(some.keys()).containsExactly(key("b\u0000a", 42), key("b\u00ffz", 21));
        client.assertAnswer(
                new ReadTableKeys(ID, FIXED, "", 9, range("c", "")), new TableKeysRead(ID, FIXED, List.of(), NONE));
        assertRefused(new ReadTableKeys(ID, FIXED, "", 9, after(some.continuationToken())));
    }

    @Test
    void walkingWithTokens() {
        for (int i = 10; i < 35; i++) {
            put(HASHED, entry("k" + i, ANY, "v" + i));
        }
        List<String> found = new ArrayList<>();
        ByteBuf token = NONE;
        while (true) {
            TableEntriesRead page =
                    (TableEntriesRead) client.ask(new ReadTableEntries(ID, HASHED, "", 10, after(token)));
            token = page.continuationToken();
            if (page.entries().isEmpty()) {
                break;
            }
            page.entries().forEach(entry -> found.add(entry.key().data().toString(StandardCharsets.ISO_8859_1)));
        }
        assertThat(token.isReadable()).isFalse();
        assertThat(found).hasSize(25).doesNotHaveDuplicates();
        assertRefused(new ReadTableEntries(ID, HASHED, "", 10, after(text("nonsense"))));
        assertRefused(new ReadTableKeys(ID, HASHED, "", 10, range("k", "")));
    }

    @Test
    void changes() {
        put(HASHED, entry("a", ANY, "1"), entry("b", ANY, "2"));
        put(HASHED, entry("a", ANY, "3"));
        client.assertAnswer(
                new ReadTableEntriesDelta(ID, HASHED, "", 0, 1),
                new TableEntriesDeltaRead(ID, HASHED, List.of(entry("b", 19, "2")), false, false, 38));
        client.assertAnswer(
                new ReadTableEntriesDelta(ID, HASHED, "", 38, 9),
                new TableEntriesDeltaRead(ID, HASHED, List.of(entry("a", 38, "3")), false, true, 57));
        client.assertAnswer(
                new ReadTableEntriesDelta(ID, HASHED, "", 57, 9),
                new TableEntriesDeltaRead(ID, HASHED, List.of(), false, true, 0));
        assertRefused(new ReadTableEntriesDelta(ID, HASHED, "", 58, 9));
        client.assertAnswer(
                new ReadTableEntriesDelta(ID, FIXED, "", 0, 9), new OperationUnsupported(ID, "readTableEntriesDelta"));
    }

    @Test
    void tablesOfOtherNodes() {
        store.partitions.place(store.partitions.indexOf(FIXED), null);
        WrongHost wrongHost = new WrongHost(ID, FIXED);
        client.assertAnswer(update(FIXED, entry("abc", ANY, "1")), wrongHost);
        client.assertAnswer(read(FIXED, "abc"), wrongHost);
        client.assertAnswer(new DeleteTableSegment(ID, FIXED, false, ""), wrongHost);
    }

    @Test
    void theLargestRequestsAndReplies() {
        String large = "v".repeat(1_040_384);
        for (int i = 10; i < 25; i++) {
            put(FIXED, entry("k" + i, ANY, large));
        }
        String[] keys = new String[15];
        Arrays.setAll(keys, i -> "k" + (10 + i));
        TableRead reply = (TableRead) client.ask(read(FIXED, keys));
        assertThat(reply.entries()).hasSize(15).allSatisfy(entry -> assertThat(entry.value())
                .isEqualTo(text(large)));
        TableEntry[] batch = new TableEntry[16];
        Arrays.setAll(batch, i -> entry("m" + (10 + i), ABSENT, large));
        TableEntriesUpdated stored = (TableEntriesUpdated) client.ask(update(FIXED, batch));
        assertThat(stored.updatedVersions()).hasSize(16).isSorted();
        client.assertAnswer(update(FIXED, batch), new TableKeyBadVersion(ID, FIXED));
    }

    private void restart(int bytes) {
        client.close();
        store.close();
        store = new TestStore(
                new WireOptions("127.0.0.1", 0, 9090, 100, bytes, 1024, 1024, bytes, WireLimits.DEFAULT), 64L * MIB);
        client = store.connect();
        create();
    }

    @Test
    void updatesCountLikeAppends() {
        restart(MIB);
        store.logs.hold();
        String value = "v".repeat(64 << 10);
        int updates = 200;
        CompletableFuture<Void> writing = CompletableFuture.runAsync(() -> {
            for (int i = 0; i < updates; i++) {
                client.send(update(FIXED, entry("abc", ANY, value)));
            }
        });
        TestStore.eventually("reading stops", () -> store.node.counters().pauses() > 0);
        assertThat(store.credits.used()).isBetween((long) MIB, (long) MIB + (256 << 10));
        store.logs.letGo();
        for (int i = 0; i < updates; i++) {
            client.read(TableEntriesUpdated.class);
        }
        writing.join();
        TestStore.eventually("credits are given back", () -> store.credits.used() == 0);
    }

    @Test
    void aPeerThatDoesNotReadItsRepliesHoldsLittle() {
        restart(4 * MIB);
        put(FIXED, entry("abc", ANY, "v".repeat(MIB - 100)));
        int reads = 100;
        CompletableFuture<Void> asking = CompletableFuture.runAsync(() -> {
            for (int i = 0; i < reads; i++) {
                client.send(read(FIXED, "abc"));
            }
        });
        TestStore.eventually("reading stops", () -> store.node.counters().pauses() > 0);
        for (int i = 0; i < reads; i++) {
            assertThat(client.read(TableRead.class).entries()).hasSize(1);
        }
        asking.join();
        TestStore.eventually("credits are given back", () -> store.credits.used() == 0);
        client.send(read(FIXED, "abc"), read(FIXED, "abc"));
    }
}
