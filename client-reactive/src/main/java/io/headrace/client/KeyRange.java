/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.client;

/**
 * A part of the key space.
 *
 * @param low where it begins, 0 or more
 * @param high where it ends, at most 1
 */
public record KeyRange(double low, double high) {

    /** @throws IllegalArgumentException if it is empty or reaches beyond the key space */
    public KeyRange {
        if (!(low >= 0 && low < high && high <= 1)) {
            throw new IllegalArgumentException("no part of the key space: " + low + " to " + high);
        }
    }
}
