/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.compatibility;

import static io.headrace.compatibility.Failures.assertStatus;
import static io.headrace.compatibility.Failures.failure;
import static io.headrace.compatibility.Failures.unexpected;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.grpc.Status;
import io.pravega.client.KeyValueTableFactory;
import io.pravega.client.admin.KeyValueTableInfo;
import io.pravega.client.admin.KeyValueTableManager;
import io.pravega.client.stream.DeleteScopeFailedException;
import io.pravega.client.tables.BadKeyVersionException;
import io.pravega.client.tables.Insert;
import io.pravega.client.tables.IteratorItem;
import io.pravega.client.tables.KeyValueTable;
import io.pravega.client.tables.KeyValueTableClientConfiguration;
import io.pravega.client.tables.KeyValueTableConfiguration;
import io.pravega.client.tables.NoSuchKeyException;
import io.pravega.client.tables.Put;
import io.pravega.client.tables.Remove;
import io.pravega.client.tables.TableEntry;
import io.pravega.client.tables.TableKey;
import io.pravega.client.tables.TableModification;
import io.pravega.client.tables.Version;
import io.pravega.common.util.AsyncIterator;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.junit.jupiter.api.DisplayName;

@DisplayName("Key-value tables")
class KeyValueTableTest {
    private static final int PRIMARY = 4;
    private static final int SECONDARY = 2;

    private static KeyValueTableConfiguration configuration(int partitions, int primary, int secondary) {
        return KeyValueTableConfiguration.builder()
                .partitionCount(partitions)
                .primaryKeyLength(primary)
                .secondaryKeyLength(secondary)
                .build();
    }

    private static KeyValueTableManager manager(Client client) {
        return client.own(KeyValueTableManager.create(client.config()));
    }

    private static boolean create(Client client, String table) {
        return manager(client).createKeyValueTable(client.scope(), table, configuration(4, PRIMARY, SECONDARY));
    }

    private static KeyValueTable open(Client client, String table) {
        KeyValueTableFactory factory = client.own(KeyValueTableFactory.withScope(client.scope(), client.config()));
        return client.own(factory.forKeyValueTable(
                table, KeyValueTableClientConfiguration.builder().build()));
    }

    /** A new table with four partitions. */
    private static KeyValueTable table(Client client) {
        client.createScope();
        assertThat(create(client, "t")).isTrue();
        return open(client, "t");
    }

    private static ByteBuffer bytes(String text) {
        return ByteBuffer.wrap(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    private static String text(ByteBuffer bytes) {
        return StandardCharsets.ISO_8859_1.decode(bytes.duplicate()).toString();
    }

    /** A key of both parts, four and two characters long. */
    private static TableKey key(String primary, String secondary) {
        return new TableKey(bytes(primary), bytes(secondary));
    }

    private static TableKey key(String primary) {
        return key(primary, "00");
    }

    private static <T> T get(CompletableFuture<T> future) {
        try {
            return future.get(60, TimeUnit.SECONDS);
        } catch (Exception e) {
            throw new AssertionError("A call failed", e);
        }
    }

    private static Version put(KeyValueTable table, TableKey key, String value) {
        return get(table.update(new Put(key, bytes(value))));
    }

    private static void assertValue(KeyValueTable table, TableKey key, String value) {
        assertThat(text(get(table.get(key)).getValue())).isEqualTo(value);
    }

    private static void assertBadVersion(CompletableFuture<?> update) {
        assertThat(failure(update)).isInstanceOf(BadKeyVersionException.class);
    }

    @Case("KVT-01")
    void creation(Client client) {
        client.createScope();
        assertThat(create(client, "t")).isTrue();
        assertThat(create(client, "t")).isFalse();
    }

    @Case("KVT-02")
    void creationWithoutAScope(Client client) {
        assertThatThrownBy(() -> create(client, "t")).isInstanceOf(IllegalArgumentException.class);
    }

    @Case("KVT-03")
    void deletion(Client client) {
        client.createScope();
        create(client, "t");
        KeyValueTableManager manager = manager(client);
        assertThat(manager.deleteKeyValueTable(client.scope(), "t")).isTrue();
        assertThat(manager.deleteKeyValueTable(client.scope(), "t")).isFalse();
    }

    @Case("KVT-04")
    void anAbsentTable(Client client) {
        client.createScope();
        assertStatus(Status.Code.NOT_FOUND, () -> open(client, "none"));
    }

    @Case("KVT-05")
    void inserts(Client client) {
        KeyValueTable table = table(client);
        get(table.update(new Insert(key("key1"), bytes("first"))));
        assertBadVersion(table.update(new Insert(key("key1"), bytes("second"))));
        assertValue(table, key("key1"), "first");
        get(table.update(new Remove(key("key1"))));
        get(table.update(new Insert(key("key1"), bytes("third"))));
        assertValue(table, key("key1"), "third");
    }

    @Case("KVT-06")
    void updates(Client client) {
        KeyValueTable table = table(client);
        Version first = put(table, key("key1"), "1");
        Version second = get(table.update(new Put(key("key1"), bytes("2"), first)));
        assertBadVersion(table.update(new Put(key("key1"), bytes("3"), first)));
        assertThat(get(table.get(key("key1"))).getVersion()).isEqualTo(second);
        assertValue(table, key("key1"), "2");
        get(table.update(new Remove(key("key1"))));
        assertThat(failure(table.update(new Put(key("key1"), bytes("4"), second))))
                .isInstanceOfAny(BadKeyVersionException.class, NoSuchKeyException.class);
    }

    @Case("KVT-07")
    void removals(Client client) {
        KeyValueTable table = table(client);
        Version first = put(table, key("key1"), "1");
        Version second = put(table, key("key1"), "2");
        assertBadVersion(table.update(new Remove(key("key1"), first)));
        assertValue(table, key("key1"), "2");
        get(table.update(new Remove(key("key1"), second)));
        assertThat(get(table.get(key("key1")))).isNull();
        get(table.update(new Remove(key("key1"))));
    }

    @Case("KVT-08")
    void aVersionOfAnotherPartition(Client client) {
        KeyValueTable table = table(client);
        Version version = put(table, key("key0"), "x");
        for (int i = 1; ; i++) {
            Version other = put(table, key("key" + i), "x");
            if (!segment(other).equals(segment(version))) {
                assertThat(catchFailure(() -> table.update(new Remove(key("key0"), other))))
                        .isInstanceOf(BadKeyVersionException.class);
                assertValue(table, key("key0"), "x");
                return;
            }
            assertThat(i).as("all keys are in one partition").isLessThan(9);
        }
    }

    /** The part of a version's text that names the segment. */
    private static String segment(Version version) {
        return version.toString().substring(0, version.toString().indexOf(':'));
    }

    /** What a call throws or its future fails with. */
    private static Throwable catchFailure(Supplier<CompletableFuture<?>> call) {
        List<CompletableFuture<?>> made = new ArrayList<>(1);
        Throwable thrown = catchThrowable(() -> made.add(call.get()));
        return thrown == null ? failure(made.get(0)) : thrown;
    }

    @Case("KVT-09")
    void severalKeysAtOnce(Client client) {
        KeyValueTable table = table(client);
        List<TableModification> inserts = new ArrayList<>();
        for (int i = 10; i < 20; i++) {
            inserts.add(new Insert(key("key1", "" + i), bytes("v" + i)));
        }
        List<Version> versions = get(table.update(inserts));
        assertThat(versions).hasSize(10).doesNotHaveDuplicates();
        assertBadVersion(table.update(List.of(
                new Put(key("key1", "10"), bytes("new"), versions.get(0)),
                new Insert(key("key1", "11"), bytes("new")),
                new Insert(key("key1", "99"), bytes("new")))));
        assertValue(table, key("key1", "10"), "v10");
        assertThat(get(table.get(key("key1", "99")))).isNull();
        assertBadVersion(table.update(List.of(
                new Remove(key("key1", "10"), versions.get(0)), new Remove(key("key1", "11"), versions.get(0)))));
        assertValue(table, key("key1", "10"), "v10");
        get(table.update(List.of(
                new Remove(key("key1", "10"), versions.get(0)), new Remove(key("key1", "11"), versions.get(1)))));
        assertThat(get(table.getAll(List.of(key("key1", "10"), key("key1", "11"), key("key1", "12")))))
                .satisfiesExactly(
                        gone -> assertThat(gone).isNull(),
                        gone -> assertThat(gone).isNull(),
                        left -> assertThat(text(left.getValue())).isEqualTo("v12"));
    }

    @Case("KVT-10")
    void updatesThatDoNotBelongTogether(Client client) {
        KeyValueTable table = table(client);
        assertRefused(
                () -> table.update(List.of(new Insert(key("key1"), bytes("1")), new Insert(key("key2"), bytes("1")))));
        assertRefused(() -> table.update(List.of(new Insert(key("key1"), bytes("1")), new Remove(key("key1", "01")))));
        assertThat(get(table.get(key("key1")))).isNull();
    }

    private static void assertRefused(Supplier<CompletableFuture<?>> call) {
        assertThat(catchFailure(call)).isInstanceOf(IllegalArgumentException.class);
    }

    @Case("KVT-11")
    void wrongLengths(Client client) {
        KeyValueTable table = table(client);
        assertRefused(() -> table.update(new Insert(key("longer"), bytes("1"))));
        assertRefused(() -> table.update(new Insert(key("key1", "longer"), bytes("1"))));
        assertRefused(() -> table.get(key("key")));
        String largest = "v".repeat(KeyValueTable.MAXIMUM_VALUE_LENGTH);
        assertRefused(() -> table.update(new Insert(key("key1"), bytes(largest + "v"))));
        put(table, key("key1"), largest);
        assertValue(table, key("key1"), largest);
    }

    @Case("KVT-12")
    void tooMuchAtOnce(Client client) {
        KeyValueTable table = table(client);
        List<TableModification> most = new ArrayList<>();
        for (int i = 0; i < 256; i++) {
            most.add(new Insert(key("key1", "" + (char) (i / 16 + 'a') + (char) (i % 16 + 'a')), bytes("v" + i)));
        }
        assertThat(get(table.update(most))).hasSize(256);
        List<TableModification> more = new ArrayList<>(most);
        more.add(new Insert(key("key1", "zz"), bytes("v")));
        assertRefused(() -> table.update(more));
        List<TableModification> large = new ArrayList<>();
        ByteBuffer value = bytes("v".repeat(1_000_000));
        for (int i = 10; i < 27; i++) {
            large.add(new Insert(key("key2", "" + i), value));
        }
        assertRefused(() -> table.update(large));
        assertThat(get(table.update(large.subList(0, 16)))).hasSize(16);
    }

    @Case("KVT-13")
    void manyLargeEntries(Client client) {
        KeyValueTable table = table(client);
        List<TableKey> keys = new ArrayList<>();
        for (int i = 100; i < 130; i++) {
            TableKey key = key("k" + i);
            keys.add(key);
            if (i % 5 != 0) {
                put(table, key, i + "v".repeat(1_000_000));
            }
        }
        Collections.shuffle(keys, new Random(1));
        List<TableEntry> found = get(table.getAll(keys));
        assertThat(found).hasSize(30);
        for (int i = 0; i < 30; i++) {
            String number = text(keys.get(i).getPrimaryKey()).substring(1);
            if (Integer.parseInt(number) % 5 == 0) {
                assertThat(found.get(i)).isNull();
            } else {
                assertThat(found.get(i).getKey()).isEqualTo(keys.get(i));
                assertThat(found.get(i).getValue().remaining()).isEqualTo(1_000_003);
                assertThat(text(found.get(i).getValue())).startsWith(number);
            }
        }
    }

    @Case("KVT-14")
    void withoutSecondaryKeys(Client client) {
        client.createScope();
        assertThat(manager(client).createKeyValueTable(client.scope(), "t", configuration(2, 3, 0)))
                .isTrue();
        KeyValueTable table = open(client, "t");
        TableKey key = new TableKey(bytes("abc"));
        Version version = get(table.update(new Insert(key, bytes("1"))));
        get(table.update(new Put(key, bytes("2"), version)));
        assertValue(table, key, "2");
        assertThat(get(table.exists(key))).isTrue();
        put(table, new TableKey(bytes("abd")), "3");
        assertThat(keys(table.iterator().all().keys())).containsExactly("abc/", "abd/");
        get(table.update(new Remove(key)));
        assertThat(get(table.exists(key))).isFalse();
    }

    private static List<String> keys(AsyncIterator<IteratorItem<TableKey>> iterator) {
        List<String> keys = new ArrayList<>();
        for (IteratorItem<TableKey> page = get(iterator.getNext()); page != null; page = get(iterator.getNext())) {
            page.getItems().forEach(key -> keys.add(name(key)));
        }
        return keys;
    }

    private static List<String> entries(AsyncIterator<IteratorItem<TableEntry>> iterator) {
        List<String> entries = new ArrayList<>();
        for (IteratorItem<TableEntry> page = get(iterator.getNext()); page != null; page = get(iterator.getNext())) {
            page.getItems().forEach(entry -> entries.add(name(entry.getKey()) + "=" + text(entry.getValue())));
        }
        return entries;
    }

    private static String name(TableKey key) {
        return text(key.getPrimaryKey()) + "/" + (key.getSecondaryKey() == null ? "" : text(key.getSecondaryKey()));
    }

    @Case("KVT-15")
    void iteration(Client client) {
        KeyValueTable table = table(client);
        List<String> all = new ArrayList<>();
        for (String primary : List.of("key1", "key2", "key3", "key4", "k\u00ffy5", "k\u0000y6", "key7", "key8")) {
            List<TableModification> inserts = new ArrayList<>();
            for (String secondary : List.of("zz", "aa", "m\u00ff", "m\u0000", "ma")) {
                inserts.add(new Insert(key(primary, secondary), bytes("v" + secondary)));
                all.add(primary + "/" + secondary);
            }
            get(table.update(inserts));
        }
        Collections.sort(all);
        assertThat(entries(table.iterator()
                        .maxIterationSize(2)
                        .forPrimaryKey(bytes("key3"))
                        .entries()))
                .containsExactly(
                        "key3/aa=vaa", "key3/m\u0000=vm\u0000", "key3/ma=vma", "key3/m\u00ff=vm\u00ff", "key3/zz=vzz");
        assertThat(keys(table.iterator()
                        .forPrimaryKey(bytes("key3"), bytes("m\u0000"), bytes("ma"))
                        .keys()))
                .containsExactly("key3/m\u0000", "key3/ma");
        assertThat(keys(table.iterator()
                        .forPrimaryKey(bytes("key3"), bytes("m"))
                        .keys()))
                .containsExactly("key3/m\u0000", "key3/ma", "key3/m\u00ff");
        assertThat(keys(table.iterator().maxIterationSize(3).all().keys())).isEqualTo(all);
        assertThat(keys(table.iterator().forRange(bytes("key2"), bytes("key4")).keys()))
                .isEqualTo(all.stream()
                        .filter(key -> key.matches("(?s)key[234]/.*"))
                        .toList());
        assertThat(keys(table.iterator().forPrefix(bytes("key")).keys()))
                .isEqualTo(all.stream().filter(key -> key.startsWith("key")).toList());
    }

    @Case("KVT-15")
    void iterationWhileTheTableChanges(Client client) {
        KeyValueTable table = table(client);
        for (int i = 100; i < 160; i++) {
            put(table, key("k" + i), "v");
        }
        AsyncIterator<IteratorItem<TableKey>> iterator =
                table.iterator().maxIterationSize(5).all().keys();
        List<String> seen = new ArrayList<>();
        get(iterator.getNext()).getItems().forEach(key -> seen.add(name(key)));
        for (int i = 130; i < 160; i++) {
            get(table.update(new Remove(key("k" + i))));
        }
        seen.addAll(keys(iterator));
        assertThat(seen).isSorted().doesNotHaveDuplicates().contains("k100/00", "k115/00", "k129/00");
    }

    @Case("KVT-16")
    void absentKeys(Client client) {
        KeyValueTable table = table(client);
        assertThat(get(table.exists(key("none")))).isFalse();
        assertThat(get(table.get(key("none")))).isNull();
        assertThat(get(table.getAll(Arrays.asList(key("none"), key("nope"))))).containsExactly(null, null);
        put(table, key("some"), "");
        assertThat(get(table.exists(key("some")))).isTrue();
        assertValue(table, key("some"), "");
    }

    @Case("KVT-17")
    void withoutPartitions(Client client) {
        client.createScope();
        assertThatThrownBy(() -> unexpected(
                        manager(client).createKeyValueTable(client.scope(), "t", configuration(0, PRIMARY, SECONDARY))))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Case("KVT-18")
    void aSecondLife(Client client) {
        KeyValueTable first = table(client);
        Version old = put(first, key("key1"), "old");
        assertThat(manager(client).deleteKeyValueTable(client.scope(), "t")).isTrue();
        assertThat(create(client, "t")).isTrue();
        KeyValueTable second = open(client, "t");
        assertThat(get(second.get(key("key1")))).isNull();
        put(second, key("key1"), "new");
        assertThat(catchFailure(() -> second.update(new Put(key("key1"), bytes("newer"), old))))
                .isInstanceOf(BadKeyVersionException.class);
        assertValue(second, key("key1"), "new");
    }

    @Case(
            value = {"KVT-06", "KVT-15"},
            durable = true)
    void entriesSurviveAKill(Server server) {
        try (Client client = new Client(server)) {
            KeyValueTable table = table(client);
            List<Version> versions = new ArrayList<>();
            for (int i = 100; i < 150; i++) {
                versions.add(put(table, key("k" + i), "v" + i));
            }
            get(table.update(new Remove(key("k149"))));
            server.kill();
            server.restart();
            assertThat(entries(table.iterator().all().entries()))
                    .hasSize(49)
                    .first()
                    .isEqualTo("k100/00=v100");
            get(table.update(new Put(key("k100"), bytes("new"), versions.get(0))));
            assertBadVersion(table.update(new Put(key("k101"), bytes("new"), versions.get(0))));
        }
    }

    @Case("LST-06")
    void listing(Client client) {
        client.createScope();
        List<String> expected = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
            expected.add("t" + i);
            assertThat(create(client, "t" + i)).isTrue();
        }
        client.stream("a", 1);
        List<String> listed = new ArrayList<>();
        for (var tables = manager(client).listKeyValueTables(client.scope()); tables.hasNext(); ) {
            KeyValueTableInfo info = tables.next();
            assertThat(info.getScope()).isEqualTo(client.scope());
            listed.add(info.getKeyValueTableName());
        }
        assertThat(listed).containsExactlyInAnyOrderElementsOf(expected);
    }

    @Case("ADM-06")
    void aScopeWithATableIsNotEmpty(Client client) {
        KeyValueTable table = table(client);
        put(table, key("key1"), "v");
        assertThatThrownBy(() -> unexpected(client.streams().deleteScope(client.scope())))
                .isInstanceOf(IllegalStateException.class);
        assertValue(table, key("key1"), "v");
        assertThat(manager(client).deleteKeyValueTable(client.scope(), "t")).isTrue();
        assertThat(client.streams().deleteScope(client.scope())).isTrue();
    }

    @Case({"ADM-08", "ADM-09"})
    void recursiveDeletionOfAScopeWithTables(Client client) throws DeleteScopeFailedException {
        put(table(client), key("key1"), "old");
        create(client, "u");
        client.stream("a", 1);
        assertThat(client.streams().deleteScopeRecursive(client.scope())).isTrue();
        assertThat(client.streams().checkScopeExists(client.scope())).isFalse();
        assertThat(get(table(client).get(key("key1")))).isNull();
    }

    @Case("ADM-11")
    @SuppressWarnings("deprecation") // The deprecated call is what is tested.
    void forcedDeletionOfAScopeWithTables(Client client) throws DeleteScopeFailedException {
        table(client);
        create(client, "u");
        assertThat(client.streams().deleteScope(client.scope(), true)).isTrue();
        client.createScope();
        assertThat(manager(client).listKeyValueTables(client.scope()).hasNext()).isFalse();
    }
}
