/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.engine.tables;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;

/**
 * A key, and what must be true of it.
 *
 * @param version the present one must be this; or one of the constants
 */
public record TableKey(ByteBuf key, long version) {
    /** No condition. */
    public static final long ANY_VERSION = Long.MIN_VALUE;

    /** Version of a key that is not there. */
    public static final long ABSENT = -1;

    @Override
    public String toString() {
        return ByteBufUtil.hexDump(key) + "@" + version;
    }
}
