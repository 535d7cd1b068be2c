/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.client;

import io.headrace.client.internal.Resources;
import io.headrace.client.internal.bytes.ByteSegment;
import io.headrace.client.internal.read.ByteReading;
import io.headrace.codecs.wire.SegmentReply.StreamSegmentInfo;
import io.reactivex.rxjava3.core.Flowable;
import io.reactivex.rxjava3.core.Single;
import java.nio.ByteBuffer;
import java.util.function.Supplier;

/**
 * Reads a stream of bytes: a stream with one segment. Each subscription reads anew.
 *
 * <pre>{@code
 * ByteStreamReader reader = client.byteReader(StreamName.of("shop/film"));
 * Flowable<ByteBuffer> all = reader.tailOffset().flatMapPublisher(tail -> reader.bytes(0, tail));
 * }</pre>
 */
public final class ByteStreamReader {
    /** Most bytes in one buffer, unless {@link #withBufferBytes} says otherwise. */
    public static final int DEFAULT_BUFFER_BYTES = 256 << 10;

    private final Supplier<Resources> resources;
    private final StreamName stream;
    private final int bufferBytes;

    ByteStreamReader(Supplier<Resources> resources, StreamName stream) {
        this(resources, stream, DEFAULT_BUFFER_BYTES);
    }

    private ByteStreamReader(Supplier<Resources> resources, StreamName stream, int bufferBytes) {
        this.resources = resources;
        this.stream = stream;
        this.bufferBytes = bufferBytes;
    }

    /**
     * The same with other buffers.
     *
     * @param most bytes that a buffer may have, at least 1
     */
    public ByteStreamReader withBufferBytes(int most) {
        if (most < 1) {
            throw new IllegalArgumentException("buffers need at least 1 byte, not " + most);
        }
        return new ByteStreamReader(resources, stream, most);
    }

    /**
     * The bytes from an offset on, as they come, until the stream is sealed. No more is read than the buffers that are asked
     * for can hold. {@link TruncatedException} if they were deleted.
     */
    public Flowable<ByteBuffer> bytes(long fromOffset) {
        return bytes(fromOffset, Long.MAX_VALUE);
    }

    /** The bytes from one offset to another, which is not included, or to the end if the stream is sealed before. */
    public Flowable<ByteBuffer> bytes(long fromOffset, long toOffset) {
        if (fromOffset < 0 || toOffset < fromOffset) {
            throw new IllegalArgumentException("no part of a stream: " + fromOffset + " to " + toOffset);
        }
        return Flowable.fromPublisher(subscriber ->
                ByteReading.begin(resources.get(), stream, fromOffset, toOffset, bufferBytes, subscriber));
    }

    /** Where the stream begins, in bytes: more than 0 if it was truncated. */
    public Single<Long> headOffset() {
        return info().map(StreamSegmentInfo::startOffset);
    }

    /** Where the stream ends, in bytes. */
    public Single<Long> tailOffset() {
        return info().map(StreamSegmentInfo::writeOffset);
    }

    private Single<StreamSegmentInfo> info() {
        Resources here = resources.get();
        return here.loop().single(() -> new ByteSegment(here, stream).info());
    }
}
