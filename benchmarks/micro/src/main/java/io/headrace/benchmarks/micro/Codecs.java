/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.benchmarks.micro;

import io.headrace.codecs.wire.AppendBlocks;
import io.headrace.codecs.wire.AppendCommand;
import io.headrace.codecs.wire.AppendStream;
import io.headrace.codecs.wire.FrameHeader;
import io.headrace.codecs.wire.WireDecoder;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.buffer.Unpooled;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** An append block of 60 events of 1 KB on the wire. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class Codecs {
    private static final int EVENTS = 60;

    private final UUID writer = new UUID(1, 2);
    private final List<ByteBuf> events = IntStream.range(0, EVENTS)
            .mapToObj(number -> Unpooled.directBuffer().writeZero(1_024))
            .toList();
    private final ByteBuf block = AppendBlocks.encode(PooledByteBufAllocator.DEFAULT, writer, events, EVENTS, 1);
    private final AppendStream stream = new AppendStream();

    @Benchmark
    public int encodeBlock() {
        ByteBuf encoded = AppendBlocks.encode(PooledByteBufAllocator.DEFAULT, writer, events, EVENTS, 1);
        int bytes = encoded.readableBytes();
        encoded.release();
        return bytes;
    }

    /** Both frames of the block, and what they mean together. */
    @Benchmark
    public AppendStream.@Nullable Append decodeBlock() {
        stream.accept(new AppendCommand.SetupAppend(1, writer, "scope/stream/0.#epoch.0", ""));
        int at = 0;
        AppendStream.Append append = null;
        while (at < block.readableBytes()) {
            int length = block.getInt(at + FrameHeader.LENGTH_OFFSET);
            ByteBuf payload = block.slice(at + FrameHeader.BYTES, length);
            append = stream.accept((AppendCommand) WireDecoder.decode(block.getInt(at), payload));
            at += FrameHeader.BYTES + length;
        }
        return append;
    }
}
