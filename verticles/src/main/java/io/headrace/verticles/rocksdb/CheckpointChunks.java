/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.verticles.rocksdb;

import io.headrace.engine.log.LogException;
import io.headrace.tiering.Callback;
import io.headrace.tiering.CallbackExecutor;
import io.headrace.tiering.ChunkInfo;
import io.headrace.tiering.ChunkPage;
import io.headrace.tiering.ChunkStorage;
import io.headrace.tiering.ChunkWriter;
import io.headrace.tiering.Done;
import io.headrace.tiering.StorageException;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.function.Consumer;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * The files of checkpoints as chunks. Its methods block, each for no longer than the storage's deadlines, and fail with
 * {@link LogException}: CORRUPT if a chunk is damaged or missing for certain, else UNAVAILABLE.
 */
final class CheckpointChunks {
    /** Most bytes that are moved, and held in memory, at a time. */
    static final int PIECE_BYTES = 20 << 20;

    private static final CallbackExecutor AT_ONCE = Runnable::run;
    private static final int PAGE = 1000;

    private final ChunkStorage storage;

    CheckpointChunks(ChunkStorage storage) {
        this.storage = storage;
    }

    /** Where bytes that are stored come from. */
    private interface Source {
        /** Reads {@code length} bytes that stand at {@code offset}. */
        ByteBuf read(long offset, int length) throws IOException;
    }

    String identity() {
        return await("the identity of the storage", callback -> storage.identity(AT_ONCE, callback));
    }

    /** Stores a file under a new name. */
    StoredFile store(String chunk, Path file) {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            return store(fileName(file), chunk, channel.size(), (offset, length) -> read(channel, offset, length));
        } catch (IOException e) {
            throw new LogException(LogException.Kind.UNAVAILABLE, file + " cannot be read: " + e, e);
        }
    }

    static String fileName(Path file) {
        return String.valueOf(file.getFileName());
    }

    /** Stores bytes under a new name; the caller keeps them. */
    StoredFile store(String chunk, ByteBuf bytes) {
        int start = bytes.readerIndex();
        return store(
                "",
                chunk,
                bytes.readableBytes(),
                (offset, length) -> bytes.retainedSlice(start + (int) offset, length));
    }

    private StoredFile store(String name, String chunk, long length, Source source) {
        CRC32C crc = new CRC32C();
        try {
            if (length <= PIECE_BYTES) {
                ByteBuf all = source.read(0, (int) length);
                update(crc, all);
                await(chunk, (Callback<Done> callback) -> storage.put(chunk, all, AT_ONCE, callback));
            } else {
                write(chunk, length, source, crc);
            }
        } catch (IOException e) {
            throw new LogException(LogException.Kind.UNAVAILABLE, name + " cannot be read: " + e, e);
        }
        return new StoredFile(name, chunk, length, (int) crc.getValue());
    }

    private void write(String chunk, long length, Source source, CRC32C crc) throws IOException {
        ChunkWriter writer = await(chunk, callback -> storage.create(chunk, AT_ONCE, callback));
        try {
            for (long offset = 0; offset < length; offset += PIECE_BYTES) {
                long at = offset;
                ByteBuf piece = source.read(at, (int) Math.min(PIECE_BYTES, length - at));
                update(crc, piece);
                await(chunk, (Callback<Long> callback) -> writer.write(at, piece, callback));
            }
            await(chunk, writer::seal);
        } finally {
            writer.close();
        }
    }

    /** Whether a chunk is there with the right length; damage in it is not looked for. */
    boolean isThere(StoredFile file) {
        try {
            long length =
                    await(file.chunk(), (Callback<Long> callback) -> storage.length(file.chunk(), AT_ONCE, callback));
            return length == file.length();
        } catch (LogException e) {
            if (e.kind() == LogException.Kind.CORRUPT) {
                return false;
            }
            throw e;
        }
    }

    /** Reads a chunk that is small enough to be held in memory, whatever its length; the receiver releases it. */
    ByteBuf load(String chunk) {
        long length = await(chunk, (Callback<Long> callback) -> storage.length(chunk, AT_ONCE, callback));
        if (length > Integer.MAX_VALUE) {
            throw damaged(chunk, "it has " + length + " bytes");
        }
        return load(chunk, length, null);
    }

    /** Reads what was stored and checks it; the receiver releases it. */
    ByteBuf load(StoredFile file) {
        CRC32C crc = new CRC32C();
        ByteBuf bytes = load(file.chunk(), file.length(), crc);
        if ((int) crc.getValue() != file.crc()) {
            bytes.release();
            throw damaged(file.chunk(), "its checksum does not match");
        }
        return bytes;
    }

    private ByteBuf load(String chunk, long length, @Nullable CRC32C crc) {
        ByteBuf all = PooledByteBufAllocator.DEFAULT.buffer((int) length, (int) length);
        boolean complete = false;
        try {
            pieces(chunk, length, piece -> {
                if (crc != null) {
                    update(crc, piece);
                }
                all.writeBytes(piece);
            });
            complete = true;
            return all;
        } catch (IOException e) {
            throw new IllegalStateException("memory cannot be written to", e);
        } finally {
            if (!complete) {
                all.release();
            }
        }
    }

    /** Reads what was stored into a new file, and checks it. */
    void load(StoredFile file, Path target) {
        CRC32C crc = new CRC32C();
        try (FileChannel channel = FileChannel.open(target, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            pieces(file.chunk(), file.length(), piece -> {
                update(crc, piece);
                while (piece.isReadable()) {
                    piece.readBytes(channel, piece.readableBytes());
                }
            });
        } catch (IOException e) {
            throw new LogException(LogException.Kind.UNAVAILABLE, target + " cannot be written: " + e, e);
        }
        if ((int) crc.getValue() != file.crc()) {
            throw damaged(file.chunk(), "its checksum does not match");
        }
    }

    private interface Sink {
        void take(ByteBuf piece) throws IOException;
    }

    private void pieces(String chunk, long length, Sink sink) throws IOException {
        for (long offset = 0; offset < length; offset += PIECE_BYTES) {
            long at = offset;
            int size = (int) Math.min(PIECE_BYTES, length - at);
            ByteBuf into = PooledByteBufAllocator.DEFAULT.directBuffer(size, size);
            ByteBuf piece =
                    await(chunk, (Callback<ByteBuf> callback) -> storage.read(chunk, at, into, AT_ONCE, callback));
            try {
                sink.take(piece);
            } finally {
                piece.release();
            }
        }
    }

    void delete(String chunk) {
        await(chunk, (Callback<Done> callback) -> storage.delete(chunk, AT_ONCE, callback));
    }

    /** Names of all chunks that begin with {@code prefix}, which ends with a slash. */
    List<String> list(String prefix) {
        List<String> names = new ArrayList<>();
        String from = null;
        do {
            String at = from;
            ChunkPage page = await(prefix, callback -> storage.list(prefix, at, PAGE, AT_ONCE, callback));
            page.chunks().stream().map(ChunkInfo::chunk).forEach(names::add);
            from = page.next();
        } while (from != null);
        return names;
    }

    static LogException damaged(String chunk, String what) {
        return new LogException(
                LogException.Kind.CORRUPT, "checkpoint file " + chunk + " is damaged or missing: " + what);
    }

    /** CRC32C of a file of this machine. */
    static int crc(Path file) throws IOException {
        CRC32C crc = new CRC32C();
        ByteBuffer piece = ByteBuffer.allocate(1 << 16);
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            while (channel.read(piece) >= 0) {
                crc.update(piece.flip());
                piece.clear();
            }
        }
        return (int) crc.getValue();
    }

    private static void update(CRC32C crc, ByteBuf bytes) {
        for (ByteBuffer part : bytes.nioBuffers()) {
            crc.update(part);
        }
    }

    private static ByteBuf read(FileChannel channel, long offset, int length) throws IOException {
        ByteBuf piece = PooledByteBufAllocator.DEFAULT.directBuffer(length, length);
        boolean complete = false;
        try {
            while (piece.isWritable()) {
                if (piece.writeBytes(channel, offset + piece.writerIndex(), piece.writableBytes()) < 0) {
                    throw new IOException("it ends before its length");
                }
            }
            complete = true;
            return piece;
        } finally {
            if (!complete) {
                piece.release();
            }
        }
    }

    private static <T> T await(String chunk, Consumer<Callback<T>> operation) {
        CompletableFuture<T> answer = new CompletableFuture<>();
        operation.accept(Callback.of(answer::complete, answer::completeExceptionally));
        try {
            return answer.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new LogException(LogException.Kind.UNAVAILABLE, "interrupted at " + chunk, e);
        } catch (ExecutionException e) {
            throw failure(chunk, e.getCause());
        }
    }

    private static LogException failure(String chunk, @Nullable Throwable cause) {
        if (cause instanceof StorageException failure) {
            return switch (failure.kind()) {
                case NOT_FOUND, INVALID_OFFSET, CORRUPT -> damaged(chunk, failure.toString());
                default -> new LogException(LogException.Kind.UNAVAILABLE, chunk + ": " + failure, failure);
            };
        }
        throw new IllegalStateException(chunk + " could not be asked for", cause);
    }
}
