/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.client;

/** Gives a key a value, on a condition. */
public record TablePut<K, V>(K key, V value, TableCondition condition) {

    /** On no condition. */
    public TablePut(K key, V value) {
        this(key, value, TableCondition.none());
    }
}
