/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.verticles.rocksdb;

/**
 * Bytes that are stored in a chunk.
 *
 * @param name of the file in a database's directory; empty if it is none
 * @param chunk name of the chunk, which holds them and nothing else
 * @param length in bytes
 * @param crc their CRC32C
 */
record StoredFile(String name, String chunk, long length, int crc) {}
