/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.engine.tables;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;

/**
 * A key with its value.
 *
 * @param version in a command the condition as in {@link TableKey}; in a reply that of the entry, 0 or more, or {@link
 *     TableKey#ABSENT}
 * @param value in a reply it is the table's own memory, which never changes: to be read only, and not released
 */
public record TableEntry(ByteBuf key, long version, ByteBuf value) {

    @Override
    public String toString() {
        int shown = Math.min(value.readableBytes(), 16);
        return ByteBufUtil.hexDump(key) + "@" + version + "=" + ByteBufUtil.hexDump(value, value.readerIndex(), shown)
                + " (" + value.readableBytes() + " bytes)";
    }
}
