/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.engine.streams;

/**
 * A key-value table's fixed properties.
 *
 * @param partitions number of table segments, at least 1
 * @param primaryKeyLength bytes, at least 1
 * @param secondaryKeyLength bytes, at least 0
 * @param rolloverBytes 0 for the store's default
 */
public record TableConfiguration(int partitions, int primaryKeyLength, int secondaryKeyLength, long rolloverBytes) {

    static final int MAX_KEY_BYTES = 8_192;

    boolean isValid() {
        return partitions >= 1
                && partitions <= ScalingPolicy.MAX_SEGMENTS
                && primaryKeyLength >= 1
                && secondaryKeyLength >= 0
                && (long) primaryKeyLength + secondaryKeyLength <= MAX_KEY_BYTES
                && rolloverBytes >= 0;
    }
}
