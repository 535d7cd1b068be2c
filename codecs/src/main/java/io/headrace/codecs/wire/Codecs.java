/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.codecs.wire;

import io.headrace.codecs.wire.AdminReply.ChunkInfo;
import io.headrace.codecs.wire.AdminReply.StorageChunksListed;
import io.headrace.codecs.wire.AdminReply.StorageFlushed;
import io.headrace.codecs.wire.AdminRequest.FlushToStorage;
import io.headrace.codecs.wire.AdminRequest.ListStorageChunks;
import io.headrace.codecs.wire.WireCommand.Hello;
import io.headrace.codecs.wire.WireCommand.KeepAlive;
import io.headrace.codecs.wire.WireCommand.Padding;
import io.headrace.codecs.wire.WireCommand.PartialEvent;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The table of all commands, by type code and by class. */
final class Codecs {
    private static final int MIN_CHUNK_BYTES = 3 * 8 + 2 + 1;
    private static final int LOWEST = Byte.MIN_VALUE;
    private static final @Nullable Codec<?>[] BY_CODE = new Codec<?>[256];
    private static final Map<Class<?>, Codec<?>> BY_CLASS = new HashMap<>();

    static {
        Stream.of(general(), AppendCodecs.ALL, SegmentCodecs.ALL, TableCodecs.ALL, FailureCodecs.ALL)
                .flatMap(List::stream)
                .forEach(Codecs::add);
    }

    private Codecs() {}

    private static void add(Codec<?> codec) {
        int at = codec.code() - LOWEST;
        if (BY_CODE[at] != null || BY_CLASS.put(codec.type(), codec) != null) {
            throw new IllegalStateException("a second codec for " + codec);
        }
        BY_CODE[at] = codec;
    }

    static Codec<?> byCode(int code) {
        Codec<?> codec = code < LOWEST || code > Byte.MAX_VALUE ? null : BY_CODE[code - LOWEST];
        if (codec == null) {
            throw new WireFormatException("there is no command of type " + code);
        }
        return codec;
    }

    static Codec<?> of(WireCommand command) {
        Codec<?> codec = BY_CLASS.get(command.getClass());
        if (codec == null) {
            throw new IllegalStateException("there is no codec for " + command.getClass());
        }
        return codec;
    }

    private static List<Codec<?>> general() {
        return List.of(
                new Codec<>(-127, Hello.class, in -> new Hello(in.i32(), in.i32()), (c, out) -> out.i32(c.highVersion())
                        .i32(c.lowVersion())),
                new Codec<>(100, KeepAlive.class, in -> KeepAlive.INSTANCE, (c, out) -> {}),
                new Codec<>(-1, Padding.class, in -> new Padding(in.left()), (c, out) -> out.zeros(c.length())),
                new Codec<>(-2, PartialEvent.class, in -> new PartialEvent(in.rest()), (c, out) -> out.rest(c.data())),
                new Codec<>(
                        -3,
                        FlushToStorage.class,
                        in -> new FlushToStorage(in.i32(), in.utf(), in.i64()),
                        (c, out) -> out.i32(c.containerId())
                                .utf(c.delegationToken())
                                .i64(c.requestId())),
                new Codec<>(
                        -4,
                        StorageFlushed.class,
                        in -> new StorageFlushed(in.i64()),
                        (c, out) -> out.i64(c.requestId())),
                new Codec<>(
                        -5,
                        ListStorageChunks.class,
                        in -> new ListStorageChunks(in.utf(), in.utf(), in.i64()),
                        (c, out) ->
                                out.utf(c.segment()).utf(c.delegationToken()).i64(c.requestId())),
                new Codec<>(
                        -6,
                        StorageChunksListed.class,
                        in -> new StorageChunksListed(in.i64(), in.list(MIN_CHUNK_BYTES, Codecs::readChunk)),
                        (c, out) -> out.i64(c.requestId()).list(c.chunks(), Codecs::writeChunk)));
    }

    private static ChunkInfo readChunk(FieldReader in) {
        return new ChunkInfo(in.i64(), in.i64(), in.i64(), in.utf(), in.bool());
    }

    private static void writeChunk(FieldWriter out, ChunkInfo chunk) {
        out.i64(chunk.lengthInMetadata())
                .i64(chunk.lengthInStorage())
                .i64(chunk.startOffset())
                .utf(chunk.chunkName())
                .bool(chunk.existsInStorage());
    }
}
