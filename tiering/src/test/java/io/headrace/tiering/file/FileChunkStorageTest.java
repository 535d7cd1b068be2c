/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.tiering.file;

import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.tiering.Bytes;
import io.headrace.tiering.ChunkStorage;
import io.headrace.tiering.ChunkStorageContract;
import io.headrace.tiering.ChunkWriter;
import io.headrace.tiering.Chunks;
import io.headrace.tiering.StorageException.Kind;
import io.headrace.tiering.StorageOptions;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.net.URI;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

final class FileChunkStorageTest extends ChunkStorageContract {
    @TempDir
    Path temporary;

    private final CountDownLatch back = new CountDownLatch(1);

    @Override
    protected URI address() {
        return root().toUri();
    }

    private Path root() {
        return temporary.resolve("root");
    }

    /** The system's own error for a full disk, after a mebibyte. */
    @Override
    protected ChunkStorage small() throws IOException {
        AtomicLong room = new AtomicLong(1 << 20);
        return open(
                (file, options) -> new ScriptedChannel(FileChannel.open(file, options), (call, bytes) -> {
                    if (call.equals("write") && room.addAndGet(-bytes) < 0) {
                        throw new IOException("No space left on device");
                    }
                }),
                Chunks.PATIENT);
    }

    /** A file system whose server has gone: calls do not come back, and cannot be interrupted. */
    @Override
    protected ChunkStorage silent(StorageOptions options) throws IOException {
        return open(
                (file, mode) -> {
                    hang();
                    throw new IOException("the file system is back, but this has no file");
                },
                options);
    }

    private void hang() {
        boolean interrupted = false;
        while (true) {
            try {
                back.await();
                break;
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private FileChunkStorage open(Channels channels, StorageOptions options) throws IOException {
        return new FileChunkStorage(Root.open(root()), channels, options);
    }

    @AfterEach
    void letHangingCallsGo() {
        back.countDown();
    }

    @Test
    void offsetsGoBeyondTwoGibibytes() throws IOException {
        Chunks chunks = chunks();
        long length = (1L << 31) + 100;
        Files.createDirectories(root().resolve(directory));
        try (FileChannel sparse = FileChannel.open(
                root().resolve(directory).resolve("sparse"),
                StandardOpenOption.CREATE_NEW,
                StandardOpenOption.WRITE,
                StandardOpenOption.SPARSE)) {
            FileChunk chunk = new FileChunk(root().resolve(directory).resolve("sparse"), FileChannel::open, sparse);
            for (long offset : new long[] {(1L << 31) - 1, (1L << 31) + 1, length - 10}) {
                chunk.append(offset, Unpooled.wrappedBuffer(Bytes.of(1, offset, 10)));
            }
            chunk.seal(length);
        }
        assertThat(chunks.length(name("sparse"))).isEqualTo(length);
        for (long offset : new long[] {(1L << 31) + 1, length - 10}) {
            assertThat(chunks.read(name("sparse"), offset, 10)).isEqualTo(Bytes.of(1, offset, 10));
        }
        assertThat(chunks.read(name("sparse"), (1L << 31) - 1, 2)).isEqualTo(Bytes.of(1, (1L << 31) - 1, 2));
        assertFails(Kind.INVALID_OFFSET, () -> chunks.read(name("sparse"), length, 1));
    }

    @Test
    void namesAreFilesAndDirectories() throws IOException {
        Chunks chunks = chunks();
        chunks.put("a/../b#1/.c", Bytes.of(1, 10));
        assertThat(root().resolve("a/%2E./b%231/%2Ec")).isRegularFile();
        chunks.delete("a/../b#1/.c");
        try (var files = Files.list(root())) {
            assertThat(files.map(file -> file.getFileName().toString()))
                    .containsExactlyInAnyOrder(".headrace-chunks", ".temporary");
        }
    }

    @Test
    void nothingIsBelowAChunk() {
        assertThatNothingIsBelowAChunk();
    }

    /** The layout is durable: this version must be read by all later ones. */
    @Test
    void theMarkerSaysTheVersionOfTheLayoutAndTheIdentity() throws IOException {
        Path marker = root().resolve(".headrace-chunks");
        assertThat(Files.exists(marker)).isFalse();
        String identity = chunks().identity();
        assertThat(Files.readString(marker)).isEqualTo("headrace chunks 1\n" + identity + "\n");

        String other = "0b7c7e0c-4d0f-4f0e-9d9b-2f6f0c6a7a11";
        Files.writeString(marker, "headrace chunks 1\n" + other + "\n");
        assertThat(chunks().identity()).isEqualTo(other);
        Files.writeString(marker, "headrace chunks 2\n" + other + "\n");
        assertFails(Kind.BAD_REQUEST, this::chunks);
        for (String damaged : List.of("", "headrace chunks 1\n", "headrace chunks 1\n" + other, "\0".repeat(55))) {
            Files.writeString(marker, damaged);
            assertFails(Kind.CORRUPT, this::chunks);
        }
    }

    @Test
    void aDirectoryOfSomethingElseIsLeftAlone() throws IOException {
        Files.createDirectories(root());
        Files.writeString(root().resolve("letter.txt"), "Dear");
        assertFails(Kind.BAD_REQUEST, this::chunks);
        try (var files = Files.list(root())) {
            assertThat(files).containsExactly(root().resolve("letter.txt"));
        }
        Files.delete(root().resolve("letter.txt"));
        Files.createDirectory(root().resolve("lost+found"));
        chunks().put("a", Bytes.of(1, 1));
    }

    /** What remains of a mount point when its file system is not mounted: an empty directory. */
    @Test
    void inAnUnmountedDirectoryNothingIsAbsentAndNothingIsMade() throws IOException {
        Chunks chunks = chunks();
        chunks.put(name("a"), Bytes.of(1, 10));
        Files.move(root(), temporary.resolve("elsewhere"));
        Files.createDirectory(root());

        assertFails(Kind.UNAVAILABLE, () -> chunks.read(name("a"), 0, 1));
        assertFails(Kind.UNAVAILABLE, () -> chunks.exists(name("a")));
        assertFails(Kind.UNAVAILABLE, () -> chunks.length(name("a")));
        assertFails(Kind.UNAVAILABLE, () -> chunks.seal(name("a")));
        assertFails(Kind.UNAVAILABLE, () -> chunks.delete(name("a")));
        assertFails(Kind.UNAVAILABLE, () -> chunks.list(directory + "/", 10));
        assertFails(Kind.UNAVAILABLE, () -> chunks.put(name("b"), Bytes.of(1, 1)));
        assertFails(Kind.UNAVAILABLE, () -> chunks.create("top-level"));
        assertFails(Kind.UNAVAILABLE, () -> chunks.create(name("c")));
        try (var files = Files.list(root())) {
            assertThat(files).isEmpty();
        }
        Files.delete(root());
        assertFails(Kind.UNAVAILABLE, () -> chunks.exists(name("a")));
        Files.move(temporary.resolve("elsewhere"), root());
        assertThat(chunks.read(name("a"), 0, 10)).isEqualTo(Bytes.of(1, 10));
    }

    @Test
    void aStaleHandleIsReplacedAndTheBytesAreWrittenAgain() throws IOException {
        for (String stale : List.of("write", "force")) {
            AtomicInteger opened = new AtomicInteger();
            AtomicBoolean restarted = new AtomicBoolean();
            Channels channels = (file, options) -> {
                int handle = opened.incrementAndGet();
                return new ScriptedChannel(FileChannel.open(file, options), (call, bytes) -> {
                    if (call.equals(stale) && restarted.get() && handle == 1) {
                        throw new IOException("Stale file handle");
                    }
                });
            };
            FileChunk chunk = chunk(stale, channels);
            chunk.append(0, Unpooled.wrappedBuffer(Bytes.of(1, 100)));
            restarted.set(true);
            chunk.append(100, Unpooled.wrappedBuffer(Bytes.of(1, 100, 50)));
            chunk.append(150, Unpooled.wrappedBuffer(Bytes.of(1, 150, 50)));
            chunk.seal(200);
            chunk.close();
            assertThat(opened).hasValue(2);
            assertThat(Files.readAllBytes(temporary.resolve(stale))).isEqualTo(Bytes.of(1, 200));
        }
    }

    @Test
    void aFileThatIsShorterThanWhatWasSyncedIsCorrupt() throws IOException {
        FileChunk chunk = chunk("file", FileChannel::open);
        chunk.append(0, Unpooled.wrappedBuffer(Bytes.of(1, 100)));
        try (FileChannel other = FileChannel.open(temporary.resolve("file"), StandardOpenOption.WRITE)) {
            other.truncate(99);
        }
        assertFails(Kind.CORRUPT, () -> chunk.seal(100));
        chunk.close();
    }

    private FileChunk chunk(String name, Channels channels) throws IOException {
        Path file = temporary.resolve(name);
        return new FileChunk(
                file, channels, channels.open(file, Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)));
    }

    @Test
    void aFailedSyncIsNotRepeated() throws IOException {
        AtomicInteger syncs = new AtomicInteger();
        AtomicBoolean broken = new AtomicBoolean();
        Channels channels = (file, options) -> {
            boolean data = options.contains(StandardOpenOption.WRITE);
            return new ScriptedChannel(FileChannel.open(file, options), (call, bytes) -> {
                if (data && call.equals("force") && broken.get()) {
                    syncs.incrementAndGet();
                    throw new IOException("Input/output error");
                }
            });
        };
        Chunks chunks = chunks(open(channels, Chunks.PATIENT));
        Chunks.Writer writer = chunks.create(name("a"));
        writer.write(0, Bytes.of(1, 10));
        broken.set(true);
        assertFails(Kind.UNAVAILABLE, () -> writer.write(10, Bytes.of(1, 10)));
        assertFails(Kind.UNAVAILABLE, () -> writer.write(10, Bytes.of(1, 10)));
        assertFails(Kind.UNAVAILABLE, writer::seal);
        assertThat(syncs).hasValue(1);
        broken.set(false);
        assertThat(writer.length()).isEqualTo(10);
        assertThat(chunks.read(name("a"), 0, 10)).isEqualTo(Bytes.of(1, 10));
        chunks.put(name("b"), Bytes.of(2, 10));
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void theSystemsOwnErrorForAFullDiskIsUnderstood() throws IOException {
        Channels full = (file, options) -> options.contains(StandardOpenOption.WRITE)
                ? FileChannel.open(Path.of("/dev/full"), StandardOpenOption.WRITE)
                : FileChannel.open(file, options);
        Chunks chunks = chunks(open(full, Chunks.PATIENT));
        assertFails(Kind.FULL, () -> chunks.put(name("a"), Bytes.of(1, 10)));
        assertThat(chunks.exists(name("a"))).isFalse();
    }

    @Test
    void hangingCallsDoNotHoldUpOthersWhileThereIsAWorker() throws IOException {
        Channels hangsForOne = (file, mode) -> {
            if (file.endsWith("hangs")) {
                hang();
            }
            return FileChannel.open(file, mode);
        };
        Chunks chunks = chunks(open(hangsForOne, Chunks.PATIENT.withWorkers(2)));
        Chunks.Writer writer = chunks.create(name("works"));
        CompletableFuture<ChunkWriter> hanging =
                chunks.call(callback -> chunks.storage().create(name("hangs"), loop, callback));
        writer.write(0, Bytes.of(1, 10));
        assertThat(chunks.read(name("works"), 0, 10)).isEqualTo(Bytes.of(1, 10));
        writer.write(10, Bytes.of(1, 10, 10));
        assertThat(hanging).isNotDone();
        back.countDown();
        assertThat(Chunks.await(hanging).chunk()).isEqualTo(name("hangs"));
        assertThat(chunks.read(name("works"), 0, 20)).isEqualTo(Bytes.of(1, 20));
    }

    @Test
    void whatADeadProcessHasLeftIsDeletedWhenItIsOld() throws IOException {
        chunks().put(name("a"), Bytes.of(1, 1));
        Path old = Files.createFile(root().resolve(".temporary").resolve("old"));
        Path young = Files.createFile(root().resolve(".temporary").resolve("young"));
        Files.setLastModifiedTime(old, FileTime.from(Instant.now().minus(Duration.ofDays(2))));
        chunks();
        assertThat(old).doesNotExist();
        assertThat(young).exists();
    }
}
