/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.engine.state;

import java.util.HexFormat;

/** Something of a {@link StateBase} that a command needs and that is not in memory. */
public abstract sealed class RowRead {
    private final long map;
    private final byte[] key;

    private RowRead(long map, byte[] key) {
        this.map = map;
        this.key = key;
    }

    /** Number of the map. */
    public long map() {
        return map;
    }

    /** The key that is wanted, or the first one that may be; nobody writes to it. */
    public byte[] key() {
        return key;
    }

    @Override
    public String toString() {
        return "key " + HexFormat.of().formatHex(key) + " of map " + map;
    }

    /** One key. */
    public static final class Key extends RowRead {
        private final int length;

        /** @param length how many bytes of the value are wanted at most */
        public Key(long map, byte[] key, int length) {
            super(map, key);
            this.length = length;
        }

        public int length() {
            return length;
        }
    }

    /** A part of a walk. */
    public static final class Range extends RowRead {
        /** @param from the part begins with the first key that is not below */
        public Range(long map, byte[] from) {
            super(map, from);
        }
    }
}
