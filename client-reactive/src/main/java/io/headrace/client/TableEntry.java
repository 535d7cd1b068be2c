/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.client;

/** A key of a table and what it has. */
public record TableEntry<K, V>(K key, V value, TableVersion version) {}
