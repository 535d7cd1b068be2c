/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.server.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.headrace.client.ConflictException;
import io.headrace.client.KeyValueTable;
import io.headrace.client.NotFoundException;
import io.headrace.client.OverloadedException;
import io.headrace.client.Serializers;
import io.headrace.client.TableCondition;
import io.headrace.client.TableConfiguration;
import io.headrace.client.TableEntry;
import io.headrace.client.TableKey;
import io.headrace.client.TableKeySerializer;
import io.headrace.client.TableName;
import io.headrace.client.TablePut;
import io.headrace.client.TableRange;
import io.headrace.client.TableRemoval;
import io.headrace.client.TableVersion;
import io.headrace.server.Received;
import io.reactivex.rxjava3.core.Flowable;
import io.reactivex.rxjava3.core.Single;
import io.reactivex.rxjava3.subscribers.TestSubscriber;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

final class KeyValueTableTest extends ClientTest {
    private static final int PRIMARY = 4;
    private static final int SECONDARY = 2;
    private static final TableKeySerializer<String> TEXT = TableKeySerializer.of(
            text -> TableKey.of(text.substring(0, PRIMARY), text.substring(PRIMARY)),
            key -> text(key.primary()) + text(key.secondary()));

    private static String text(java.nio.ByteBuffer bytes) {
        return StandardCharsets.UTF_8.decode(bytes).toString();
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private KeyValueTable<String, String> table() {
        TableName name = new TableName(scope, "t");
        admin.createTable(name, TableConfiguration.of(4, PRIMARY, SECONDARY))
                .ignoreElement()
                .blockingAwait();
        return client.table(name, TEXT, Serializers.utf8());
    }

    private static String value(KeyValueTable<String, String> table, String key) {
        return table.get(key).map(TableEntry::value).defaultIfEmpty("nothing").blockingGet();
    }

    private static void assertConflict(ThrowingCallable call) {
        assertThatThrownBy(call).isInstanceOf(ConflictException.class);
    }

    @Test
    void tablesComeAndGo() {
        TableName name = new TableName(scope, "t");
        TableConfiguration settings = TableConfiguration.of(3, 4, 5);
        assertThat(admin.createTable(name, settings).blockingGet()).isTrue();
        assertThat(admin.createTable(name, settings).blockingGet()).isFalse();
        assertThat(admin.configuration(name).blockingGet()).isEqualTo(settings);
        assertThat(admin.tables(scope).toList().blockingGet()).containsExactly(name);
        assertThat(admin.deleteTable(name).blockingGet()).isTrue();
        assertThat(admin.deleteTable(name).blockingGet()).isFalse();
        assertThat(admin.tables(scope).toList().blockingGet()).isEmpty();
        assertThatThrownBy(() -> admin.configuration(name).blockingGet()).isInstanceOf(NotFoundException.class);
        assertThatThrownBy(() ->
                        admin.createTable(new TableName("none", "t"), settings).blockingGet())
                .isInstanceOf(NotFoundException.class);
        assertThatThrownBy(() -> client.table(name, TEXT, Serializers.utf8())
                        .get("key100")
                        .blockingGet())
                .isInstanceOf(NotFoundException.class);
    }

    @Test
    void conditionsGuardAKey() {
        KeyValueTable<String, String> table = table();
        assertThat(table.exists("key100").blockingGet()).isFalse();
        assertThat(value(table, "key100")).isEqualTo("nothing");
        TableVersion first = table.putIfAbsent("key100", "1").blockingGet();
        assertConflict(() -> table.putIfAbsent("key100", "2").blockingGet());
        TableVersion second = table.putIfVersion("key100", "2", first).blockingGet();
        assertConflict(() -> table.putIfVersion("key100", "3", first).blockingGet());
        assertThat(table.get("key100").blockingGet()).isEqualTo(new TableEntry<>("key100", "2", second));
        assertThat(table.exists("key100").blockingGet()).isTrue();
        assertConflict(() -> table.removeIfVersion("key100", first).blockingAwait());
        assertConflict(() -> table.removeIfVersion("key100", new TableVersion(second.segmentId() + 1, second.offset()))
                .blockingAwait());
        table.removeIfVersion("key100", second).blockingAwait();
        assertThat(table.exists("key100").blockingGet()).isFalse();
        assertConflict(() -> table.putIfVersion("key100", "3", second).blockingGet());
        table.put("key100", "").ignoreElement().blockingAwait();
        assertThat(value(table, "key100")).isEmpty();
        table.remove("key100").andThen(table.remove("key100")).blockingAwait();
    }

    @Test
    void severalKeysOfOnePrimaryChangeTogether() {
        KeyValueTable<String, String> table = table();
        List<TablePut<String, String>> puts = IntStream.range(10, 20)
                .mapToObj(i -> new TablePut<>("key1" + i, "v" + i, TableCondition.absent()))
                .toList();
        List<TableVersion> versions = table.putAll(puts).blockingGet();
        assertThat(versions).hasSize(10).doesNotHaveDuplicates();
        assertConflict(() -> table.putAll(List.of(
                        new TablePut<>("key110", "new", TableCondition.version(versions.get(0))),
                        new TablePut<>("key111", "new", TableCondition.absent())))
                .blockingGet());
        assertThat(value(table, "key110")).isEqualTo("v10");
        assertConflict(() -> table.removeAll(List.of(
                        new TableRemoval<>("key110"),
                        new TableRemoval<>("key111", TableCondition.version(versions.get(0)))))
                .blockingAwait());
        table.removeAll(List.of(
                        new TableRemoval<>("key110", TableCondition.version(versions.get(0))),
                        new TableRemoval<>("key111")))
                .blockingAwait();
        assertThat(table.getAll(List.of("key112", "key110", "key119")).blockingGet())
                .extracting(found -> found.map(TableEntry::value))
                .containsExactly(Optional.of("v12"), Optional.empty(), Optional.of("v19"));
    }

    @Test
    void whatCannotBeIsRefused() {
        KeyValueTable<String, String> table = table();
        assertRefused(() -> table.put("key1234", "x").blockingGet());
        assertRefused(() -> table.get("key1").blockingGet());
        assertRefused(
                () -> table.put("key100", "x".repeat((1 << 20) - (8 << 10) + 1)).blockingGet());
        assertRefused(() -> table.putAll(List.of(new TablePut<>("key100", "x"), new TablePut<>("key200", "x")))
                .blockingGet());
        assertRefused(() -> table.removeAll(IntStream.range(0, 257)
                        .mapToObj(i -> new TableRemoval<>("key100"))
                        .toList())
                .blockingAwait());
        assertRefused(() -> table.entries(TableRange.prefix(bytes("12345"))).blockingSubscribe());
        assertThat(table.putAll(List.of()).blockingGet()).isEmpty();
    }

    private static void assertRefused(ThrowingCallable call) {
        assertThatThrownBy(call).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void largeValuesTravelInPartsAndWithinBounds() {
        KeyValueTable<String, String> table = table();
        String value = "x".repeat(1_000_000);
        List<String> keys =
                IntStream.range(0, 40).mapToObj(i -> "k" + (100 + i) + "00").toList();
        Flowable.fromIterable(keys)
                .flatMapSingle(key -> table.put(key, key + value), false, 8)
                .ignoreElements()
                .blockingAwait();
        assertThat(table.getAll(keys).blockingGet())
                .extracting(found ->
                        found.map(entry -> entry.value().substring(0, 6)).orElseThrow())
                .isEqualTo(keys);
        assertThatThrownBy(() -> Single.merge(IntStream.range(0, 100)
                                .mapToObj(i -> table.put("key100", value))
                                .toList())
                        .blockingSubscribe())
                .isInstanceOf(OverloadedException.class);
        table.put("key100", "small").ignoreElement().blockingAwait();
    }

    @Test
    void rangesAreInOrderOverAllPartitions() {
        KeyValueTable<String, String> table = table();
        List<String> all = new ArrayList<>();
        for (int i = 100; i < 300; i++) {
            for (String secondary : List.of("aa", "ma", "mz", "zz")) {
                all.add("k" + i + secondary);
            }
        }
        Flowable.fromIterable(all)
                .flatMapSingle(key -> table.put(key, "v" + key), false, 64)
                .ignoreElements()
                .blockingAwait();
        assertThat(table.keys(TableRange.all()).toList().blockingGet()).isEqualTo(all);
        assertThat(table.entries(TableRange.all())
                        .map(TableEntry::value)
                        .toList()
                        .blockingGet())
                .isEqualTo(all.stream().map(key -> "v" + key).toList());
        assertThat(table.keys(TableRange.of(bytes("k150"))).toList().blockingGet())
                .containsExactly("k150aa", "k150ma", "k150mz", "k150zz");
        assertThat(table.keys(TableRange.of(bytes("k150"), bytes("m"), bytes("m")))
                        .toList()
                        .blockingGet())
                .containsExactly("k150ma", "k150mz");
        assertThat(table.keys(TableRange.between(bytes("k120"), bytes("k121")))
                        .toList()
                        .blockingGet())
                .isEqualTo(all.subList(80, 88));
        assertThat(table.keys(TableRange.prefix(bytes("k29"))).toList().blockingGet())
                .isEqualTo(all.subList(760, 800));
        assertThat(table.keys(TableRange.prefix(bytes("q"))).toList().blockingGet())
                .isEmpty();

        TestSubscriber<String> slow = table.keys(TableRange.all()).test(0);
        slow.request(3);
        Received.await(slow, 3).assertValues("k100aa", "k100ma", "k100mz");
        slow.request(100);
        Received.await(slow, 103).assertValueCount(103).assertNotComplete();
        slow.cancel();
        TestSubscriber<String> toTheEnd = table.keys(TableRange.all()).test(800);
        Received.await(toTheEnd, 800).assertValueCount(800);
    }

    @Test
    void changesOfOneKeyAreNotLost() {
        KeyValueTable<String, String> table = table();
        table.put("countr", "0").ignoreElement().blockingAwait();
        Single<Integer> increment = table.get("countr")
                .toSingle()
                .flatMap(entry -> table.putIfVersion(
                        "countr", Integer.toString(Integer.parseInt(entry.value()) + 1), entry.version()))
                .retry(cause -> cause instanceof ConflictException)
                .map(version -> 1);
        Flowable.range(0, 20)
                .flatMapSingle(i -> increment, false, 4)
                .ignoreElements()
                .blockingAwait();
        assertThat(value(table, "countr")).isEqualTo("20");
    }
}
