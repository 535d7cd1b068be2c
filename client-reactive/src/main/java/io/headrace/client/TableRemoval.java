/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.client;

/** Removes a key, on a condition. */
public record TableRemoval<K>(K key, TableCondition condition) {

    /** On no condition. */
    public TableRemoval(K key) {
        this(key, TableCondition.none());
    }
}
