/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.client;

import java.util.function.Function;

/**
 * Turns the keys of a table into bytes and back. Every key must have as many bytes as the table's configuration says. May be
 * called by several threads at once.
 */
public interface TableKeySerializer<K> {

    /** The bytes of a key, which must not change afterwards. */
    TableKey serialize(K key);

    /** The key of some bytes. */
    K deserialize(TableKey bytes);

    /** Keys that are bytes already. */
    static TableKeySerializer<TableKey> bytes() {
        return of(Function.identity(), Function.identity());
    }

    /** Keys without a secondary part, as a serializer has them. */
    static <K> TableKeySerializer<K> of(Serializer<K> serializer) {
        return of(key -> TableKey.of(serializer.serialize(key)), bytes -> serializer.deserialize(bytes.primary()));
    }

    static <K> TableKeySerializer<K> of(Function<K, TableKey> serialize, Function<TableKey, K> deserialize) {
        return new TableKeySerializer<>() {
            @Override
            public TableKey serialize(K key) {
                return serialize.apply(key);
            }

            @Override
            public K deserialize(TableKey bytes) {
                return deserialize.apply(bytes);
            }
        };
    }
}
