/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.codecs.wire;

/** The eight bytes before each command: i32 type, i32 number of payload bytes that follow, both big-endian. */
public final class FrameHeader {
    /** Size of the header, in bytes. */
    public static final int BYTES = 8;

    /** Where in the header the payload length stands, in bytes. */
    public static final int LENGTH_OFFSET = 4;

    /** Largest frame, in bytes, including the header. */
    public static final int MAX_FRAME = 0xFFFFFF;

    /** Largest payload, in bytes. */
    public static final int MAX_PAYLOAD = MAX_FRAME - BYTES;

    private FrameHeader() {}

    /**
     * Checks the length field of a header that was just received.
     *
     * @throws WireFormatException if it is negative or above {@link #MAX_PAYLOAD}
     */
    public static int checkPayloadLength(int length) {
        if (length < 0 || length > MAX_PAYLOAD) {
            throw new WireFormatException(
                    "a frame claims a payload of " + length + " bytes; allowed are 0 to " + MAX_PAYLOAD);
        }
        return length;
    }
}
