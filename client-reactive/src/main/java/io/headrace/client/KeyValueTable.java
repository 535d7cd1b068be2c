/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.client;

import io.headrace.client.internal.Resources;
import io.headrace.client.internal.table.TableAccess;
import io.headrace.client.internal.table.TableScan;
import io.reactivex.rxjava3.core.Completable;
import io.reactivex.rxjava3.core.Flowable;
import io.reactivex.rxjava3.core.Maybe;
import io.reactivex.rxjava3.core.Single;
import java.util.List;
import java.util.Optional;

/**
 * A key-value table. What is read is what was written last, by whatever client. May be used by any thread; changes that are
 * under way at the same time take effect in any order.
 *
 * <p>If a connection is lost, a change is asked for again, and one without a condition may then take effect twice. A change
 * with a condition that may have been made by the first attempt ends as {@link UnavailableException}; so a {@link
 * ConflictException} always means that nothing was changed.
 *
 * <pre>{@code
 * KeyValueTable<String, String> table =
 *         client.table(TableName.of("shop/stock"), TableKeySerializer.of(Serializers.utf8()), Serializers.utf8());
 * Single<TableVersion> sold = table.get("apple")
 *         .toSingle()
 *         .flatMap(entry -> table.putIfVersion("apple", entry.value() + " sold", entry.version()))
 *         .retry(cause -> cause instanceof ConflictException);
 * }</pre>
 */
public final class KeyValueTable<K, V> {
    private final Resources resources;
    private final TableAccess<K, V> access;

    KeyValueTable(Resources resources, TableName table, TableKeySerializer<K> keys, Serializer<V> values) {
        this.resources = resources;
        this.access = new TableAccess<>(resources, table, keys, values);
    }

    /** What a key has; nothing if it is not there. */
    public Maybe<TableEntry<K, V>> get(K key) {
        return getAll(List.of(key)).flatMapMaybe(found -> Maybe.fromOptional(found.get(0)));
    }

    /** What each of some keys has, in their order, empty for those that are not there. Not as of one moment. */
    public Single<List<Optional<TableEntry<K, V>>>> getAll(List<K> keys) {
        return access.getAll(keys);
    }

    /** Whether a key is there. */
    public Single<Boolean> exists(K key) {
        return resources.loop().single(() -> access.exists(key));
    }

    /** Gives a key a value, whatever it had. */
    public Single<TableVersion> put(K key, V value) {
        return put(new TablePut<>(key, value));
    }

    /** Gives a key that is not there a value; {@link ConflictException} if it is. */
    public Single<TableVersion> putIfAbsent(K key, V value) {
        return put(new TablePut<>(key, value, TableCondition.absent()));
    }

    /** Gives a key that has still this version a value; {@link ConflictException} if it has another, or is not there. */
    public Single<TableVersion> putIfVersion(K key, V value, TableVersion version) {
        return put(new TablePut<>(key, value, TableCondition.version(version)));
    }

    private Single<TableVersion> put(TablePut<K, V> put) {
        return putAll(List.of(put)).map(versions -> versions.get(0));
    }

    /**
     * Gives keys with the same primary part values, all or, if one of the conditions is not met, none. At most {@value
     * TableAccess#MAX_KEYS} keys; emits a version for each.
     */
    public Single<List<TableVersion>> putAll(List<TablePut<K, V>> puts) {
        return resources.loop().single(() -> access.put(puts));
    }

    /** Removes a key, if it is there. */
    public Completable remove(K key) {
        return removeAll(List.of(new TableRemoval<>(key)));
    }

    /** Removes a key that has still this version; {@link ConflictException} if it has another, or is not there. */
    public Completable removeIfVersion(K key, TableVersion version) {
        return removeAll(List.of(new TableRemoval<>(key, TableCondition.version(version))));
    }

    /**
     * Removes keys with the same primary part, all or, if one of the conditions is not met, none. At most {@value
     * TableAccess#MAX_KEYS} keys.
     */
    public Completable removeAll(List<TableRemoval<K>> removals) {
        return resources.loop().completable(() -> access.remove(removals));
    }

    /**
     * The entries of a range in the order of their keys, as unsigned bytes. Each page is read when it is needed, so that what
     * changes meanwhile may be seen or not; what is there all the time is seen once.
     */
    public Flowable<TableEntry<K, V>> entries(TableRange range) {
        return Flowable.fromPublisher(subscriber -> TableScan.entries(resources, access, range, subscriber));
    }

    /** The keys of a range, as {@link #entries} has them, without the values. */
    public Flowable<K> keys(TableRange range) {
        return Flowable.fromPublisher(subscriber -> TableScan.keys(resources, access, range, subscriber));
    }
}
