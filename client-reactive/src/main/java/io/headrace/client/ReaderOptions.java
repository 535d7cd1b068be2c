/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.client;

/**
 * Settings of an {@link EventReader}.
 *
 * @param maxBytesAhead how many bytes may be fetched before they are asked for, over all segments. An event that is larger
 *     is fetched as a whole nevertheless, one for each segment.
 * @param maxEventBytes the largest event that is read; a larger one ends the reading as {@link ProtocolException}
 * @param skipTruncated whether to go on behind data that was deleted before it was read, rather than to end as {@link
 *     TruncatedException}
 */
public record ReaderOptions(int maxBytesAhead, int maxEventBytes, boolean skipTruncated) {
    private static final int MIN_BYTES_AHEAD = 1024;

    /** @throws IllegalArgumentException if a setting is out of bounds */
    public ReaderOptions {
        if (maxBytesAhead < MIN_BYTES_AHEAD) {
            throw new IllegalArgumentException(
                    "bytes ahead must be at least " + MIN_BYTES_AHEAD + ", not " + maxBytesAhead);
        }
        if (maxEventBytes < 0) {
            throw new IllegalArgumentException("events cannot have " + maxEventBytes + " bytes");
        }
    }

    /** 4 MiB ahead, events of up to 1 GiB, truncation is an error. */
    public static ReaderOptions defaults() {
        return new ReaderOptions(4 << 20, 1 << 30, false);
    }

    public ReaderOptions withMaxBytesAhead(int bytes) {
        return new ReaderOptions(bytes, maxEventBytes, skipTruncated);
    }

    public ReaderOptions withMaxEventBytes(int bytes) {
        return new ReaderOptions(maxBytesAhead, bytes, skipTruncated);
    }

    public ReaderOptions withSkipTruncated(boolean skip) {
        return new ReaderOptions(maxBytesAhead, maxEventBytes, skip);
    }
}
