/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.tiering.worker;

/**
 * How heavy an operation is.
 *
 * @param held bytes that it keeps in memory
 * @param moved bytes that it reads or writes, in memory or not: it may take longer for them
 */
record Load(long held, long moved) {
    static final Load NONE = new Load(0, 0);

    static Load of(long bytes) {
        return new Load(bytes, bytes);
    }
}
