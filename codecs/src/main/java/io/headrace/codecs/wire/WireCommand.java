/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.codecs.wire;

import io.netty.buffer.ByteBuf;

/**
 * A command of the segment-store protocol. Commands are immutable; those that carry bytes hold slices of the buffer that
 * they were read from, not copies, and do not retain it.
 */
public sealed interface WireCommand
        permits WireCommand.Hello,
                WireCommand.KeepAlive,
                WireCommand.Padding,
                WireCommand.PartialEvent,
                AppendCommand,
                Request,
                Reply {

    /**
     * Both sides say which versions of the protocol they speak. Encodings do not depend on it.
     *
     * @param highVersion the newest
     * @param lowVersion the oldest
     */
    record Hello(int highVersion, int lowVersion) implements WireCommand {
        /** The versions that this package implements. */
        public static final Hello CURRENT = new Hello(16, 5);

        /** Whether the two sides have a version in common. */
        public boolean isCompatible() {
            return lowVersion <= CURRENT.highVersion && highVersion >= CURRENT.lowVersion;
        }
    }

    /** Keeps a connection from timing out; is to be answered by another. */
    record KeepAlive() implements WireCommand {
        public static final KeepAlive INSTANCE = new KeepAlive();
    }

    /** Filler without meaning, of {@code length} bytes. */
    record Padding(int length) implements WireCommand {}

    /** The last bytes of an append block; makes sense only inside of one. */
    record PartialEvent(ByteBuf data) implements WireCommand {}
}
