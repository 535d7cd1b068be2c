/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.client;

import io.headrace.client.internal.Resources;
import io.headrace.client.internal.bytes.ByteSegment;
import io.headrace.client.internal.bytes.ByteWrite;
import io.headrace.client.internal.write.FlowWrite;
import io.headrace.client.internal.write.PendingEvent;
import io.headrace.client.internal.write.StreamWriter;
import io.headrace.codecs.wire.SegmentReply.StreamSegmentInfo;
import io.reactivex.rxjava3.core.Completable;
import io.reactivex.rxjava3.core.Flowable;
import io.reactivex.rxjava3.core.Single;
import java.nio.ByteBuffer;
import org.reactivestreams.Publisher;

/**
 * Writes a stream of bytes: a stream with one segment, which has no events in it. Bytes are stored in the order of
 * subscription, and each once, through lost connections and restarts of servers. May be used by any thread; other writers'
 * bytes may come in between those of two buffers.
 */
public final class ByteStreamWriter {
    private final Resources resources;
    private final StreamWriter writer;
    private final ByteSegment segment;

    ByteStreamWriter(Resources resources, StreamName stream, WriterOptions options) {
        this.resources = resources;
        this.writer = StreamWriter.ofBytes(resources, stream, options);
        this.segment = new ByteSegment(resources, stream);
    }

    /**
     * Writes what is left in a buffer, whose position does not move. Completes when it is durable. {@link
     * OverloadedException} if too much is under way: then nothing of it is written. A buffer above 8 MiB is written in pieces,
     * between which others may come.
     */
    public Completable write(ByteBuffer bytes) {
        return ByteWrite.of(writer, bytes);
    }

    /** Writes a flow of buffers, no faster than they can be stored. Completes when all are durable. */
    public Completable writeAll(Publisher<ByteBuffer> buffers) {
        return FlowWrite.of(
                Flowable.fromPublisher(buffers).concatMapIterable(ByteWrite::pieces, 1), PendingEvent::piece, writer);
    }

    /** Completes when all that was written before is durable. */
    public Completable flush() {
        return ByteWrite.of(writer, ByteBuffer.allocate(0));
    }

    /** Where the stream begins, in bytes: more than 0 if it was truncated. */
    public Single<Long> headOffset() {
        return resources.loop().single(segment::info).map(StreamSegmentInfo::startOffset);
    }

    /** Where the stream ends, in bytes, whoever has written them. */
    public Single<Long> tailOffset() {
        return resources.loop().single(segment::info).map(StreamSegmentInfo::writeOffset);
    }

    /** Deletes all bytes before an offset. {@link IllegalArgumentException} if the stream is not as long. */
    public Completable truncateBefore(long offset) {
        return resources.loop().completable(() -> segment.truncate(offset));
    }

    /** Completes when all that was written is durable and nobody can write any more; takes nothing from then on. */
    public Completable seal() {
        return writer.close().andThen(resources.loop().completable(segment::seal));
    }

    /** Completes when all that was written has become durable, fails if something was lost; takes nothing from then on. */
    public Completable close() {
        return writer.close();
    }
}
