/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.engine.state;

/** A key with its value, as it was loaded; nobody writes to either. */
public final class Row {
    private final byte[] key;
    private final byte[] value;

    public Row(byte[] key, byte[] value) {
        this.key = key;
        this.value = value;
    }

    public byte[] key() {
        return key;
    }

    public byte[] value() {
        return value;
    }
}
