/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.client;

/**
 * What a key-value table is like; it stays so for the life of the table.
 *
 * @param partitions into how many parts its keys are spread
 * @param primaryKeyBytes length of all primary keys, which say in which part an entry is
 * @param secondaryKeyBytes length of all secondary keys, which tell apart the entries of a primary key; 0 if it has one
 * @param rolloverBytes size of the chunks in long-term storage; 0 for the server's default
 */
public record TableConfiguration(int partitions, int primaryKeyBytes, int secondaryKeyBytes, long rolloverBytes) {
    private static final int MAX_KEY_BYTES = 256;

    /** @throws IllegalArgumentException if a setting is out of bounds; both parts of a key may have 256 bytes together */
    public TableConfiguration {
        if (partitions < 1) {
            throw new IllegalArgumentException("a table cannot have " + partitions + " partitions");
        }
        if (primaryKeyBytes < 1
                || secondaryKeyBytes < 0
                || (long) primaryKeyBytes + secondaryKeyBytes > MAX_KEY_BYTES) {
            throw new IllegalArgumentException("keys cannot have " + primaryKeyBytes + " and " + secondaryKeyBytes
                    + " bytes, at most " + MAX_KEY_BYTES + " together");
        }
        if (rolloverBytes < 0) {
            throw new IllegalArgumentException("chunks cannot have " + rolloverBytes + " bytes");
        }
    }

    /** A table without secondary keys. */
    public static TableConfiguration of(int partitions, int keyBytes) {
        return new TableConfiguration(partitions, keyBytes, 0, 0);
    }

    /** A table with keys of two parts. */
    public static TableConfiguration of(int partitions, int primaryKeyBytes, int secondaryKeyBytes) {
        return new TableConfiguration(partitions, primaryKeyBytes, secondaryKeyBytes, 0);
    }
}
