/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.verticles.rocksdb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.headrace.engine.log.Callback;
import io.headrace.engine.log.Checkpoint;
import io.headrace.engine.log.LogException;
import io.headrace.engine.partition.Loop;
import io.headrace.tiering.ChunkStorage;
import io.headrace.tiering.ChunkStorages;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RocksCheckpointStoreTest {
    @TempDir
    private Path directory;

    private Path local;
    private Path stored;
    private ChunkStorage storage;

    /** What the log's descriptor would name. */
    private List<Checkpoint> published = List.of();

    /** Rows at the frames of checkpoints. */
    private final Map<Long, Map<String, String>> rowsAt = new HashMap<>();

    @BeforeEach
    void open() {
        local = directory.resolve("local");
        stored = directory.resolve("stored");
        storage = ChunkStorages.open(stored.toUri());
    }

    @AfterEach
    void close() {
        storage.close();
    }

    private Owner owner(long epoch) {
        return new Owner(local, storage, epoch);
    }

    /** Takes a checkpoint and publishes it beside the one before. */
    private void checkpoint(Owner owner, long frame) {
        Map<String, String> rows = owner.all();
        owner.write();
        Checkpoint saved = owner.save(frame, "snapshot " + frame);
        rowsAt.put(frame, rows);
        List<Checkpoint> kept = published.isEmpty() ? List.of(saved) : List.of(saved, published.get(0));
        List<Checkpoint> dropped =
                published.stream().filter(c -> !kept.contains(c)).toList();
        published = kept;
        owner.published(kept, dropped);
    }

    private void assertRecovered(Owner owner, long frame) {
        assertThat(owner.recover(published)).isEqualTo("snapshot " + frame);
        assertThat(owner.all()).isEqualTo(rowsAt.get(frame));
    }

    private static void change(Owner owner, Random random, int count) {
        for (int i = 0; i < count; i++) {
            String key = "k" + random.nextInt(200);
            if (random.nextInt(4) == 0) {
                owner.remove(random.nextInt(Owner.MAPS), key);
            } else {
                owner.put(random.nextInt(Owner.MAPS), key, "v" + random.nextInt());
            }
        }
    }

    private List<Path> chunkFiles() {
        return files(stored.resolve("checkpoints"));
    }

    private static List<Path> files(Path root) {
        try (Stream<Path> all = Files.walk(root)) {
            return all.filter(Files::isRegularFile).sorted().toList();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void rowsAndSnapshotComeBack() {
        try (Owner first = owner(1)) {
            assertThat(first.restore(null)).isEmpty();
            change(first, new Random(1), 500);
            checkpoint(first, 10);
            first.put(0, "later", "lost");
            first.write();
        }
        try (Owner second = owner(2)) {
            assertRecovered(second, 10);
        }
        LocalDirectory.delete(local);
        try (Owner third = owner(3)) {
            assertRecovered(third, 10);
            third.state.drop(1);
            checkpoint(third, 20);
        }
        try (Owner fourth = owner(4)) {
            assertRecovered(fourth, 20);
            assertThat(fourth.get(1, "k1")).isNull();
        }
    }

    @Test
    void rowsThatAreNotInMemoryAreLoadedByAnother() {
        try (Owner first = owner(1)) {
            first.restore(null);
            for (int i = 0; i < 3000; i++) {
                first.put(i % Owner.MAPS, "k" + i, "v" + i);
            }
            checkpoint(first, 10);
        }
        try (Owner second = owner(2)) {
            second.restore(published.get(0));
            assertThat(second.get(0, "k0")).isEqualTo("v0");
            assertThat(second.misses).isPositive();
            int misses = second.misses;
            assertThat(second.get(0, "k0")).isEqualTo("v0");
            assertThat(second.misses).as("the row is in memory now").isEqualTo(misses);
            assertThat(second.get(0, "none")).isNull();
            assertRecovered(second, 10);
        }
    }

    @Test
    void tableFilesThatAreStoredAlreadyAreNotStoredAgain() {
        try (Owner first = owner(1)) {
            first.restore(null);
            change(first, new Random(1), 1000);
            checkpoint(first, 10);
            first.put(0, "one", "more");
            checkpoint(first, 20);
            first.save(21, "all chunks of before are deleted when this returns");
        }
        assertThat(chunkFiles().stream().filter(file -> file.toString().endsWith(".sst")))
                .hasSize(2);
    }

    @Test
    void aDamagedLocalDirectoryIsNotTrusted() throws IOException {
        try (Owner first = owner(1)) {
            first.restore(null);
            change(first, new Random(1), 1000);
            checkpoint(first, 10);
        }
        for (Path file : files(local)) {
            byte[] bytes = Files.readAllBytes(file);
            if (bytes.length > 0) {
                bytes[bytes.length / 2] ^= 1;
            }
            Files.delete(file);
            Files.write(file, bytes);
        }
        Files.writeString(local.resolve("p-0").resolve("not ours"), "what is this?");
        try (Owner second = owner(2)) {
            assertRecovered(second, 10);
        }
    }

    @Test
    void damageIsNamedAndTheOlderCheckpointStillGood() throws IOException {
        try (Owner first = owner(1)) {
            first.restore(null);
            change(first, new Random(1), 300);
            checkpoint(first, 10);
        }
        List<Path> older = chunkFiles();
        try (Owner second = owner(2)) {
            second.restore(published.get(0));
            change(second, new Random(2), 300);
            checkpoint(second, 20);
        }
        long epoch = 3;
        for (Path file : chunkFiles()) {
            if (older.contains(file)) {
                continue;
            }
            byte[] whole = Files.readAllBytes(file);
            byte[] changed = whole.clone();
            changed[changed.length / 2] ^= 1;
            Files.delete(file);
            assertDamaged(epoch++, file);
            Files.write(file, changed);
            assertDamaged(epoch++, file);
            Files.write(file, Arrays.copyOf(whole, whole.length / 2));
            assertDamaged(epoch++, file);
            Files.write(file, whole);
        }
        assertThat(epoch).as("each kind of file was damaged").isGreaterThanOrEqualTo(3 + 9);
        try (Owner last = owner(epoch)) {
            assertRecovered(last, 20);
        }
    }

    private void assertDamaged(long epoch, Path file) {
        LocalDirectory.delete(local);
        try (Owner owner = owner(epoch)) {
            assertThatThrownBy(() -> owner.restore(published.get(0)))
                    .isInstanceOfSatisfying(LogException.class, failure -> assertThat(failure.kind())
                            .isEqualTo(LogException.Kind.CORRUPT))
                    .hasMessageContaining(CheckpointChunks.fileName(file));
            assertThat(owner.recover(published)).isEqualTo("snapshot 10");
            assertThat(owner.all()).isEqualTo(rowsAt.get(10L));
        }
    }

    @Test
    void afterTheOlderCheckpointWasTakenTheDamagedOneIsReplaced() throws IOException {
        try (Owner first = owner(1)) {
            first.restore(null);
            first.put(0, "a", "1");
            checkpoint(first, 10);
            first.put(0, "b", "2");
            checkpoint(first, 20);
        }
        Files.delete(stored.resolve(published.get(0).location().split(":", 2)[1]));
        try (Owner second = owner(2)) {
            Checkpoint good = published.get(1);
            assertThat(second.recover(published)).isEqualTo("snapshot 10");
            second.put(0, "b", "again");
            published = List.of(good);
            checkpoint(second, 30);
            assertThat(published).hasSize(2).contains(good);
        }
        try (Owner third = owner(3)) {
            assertRecovered(third, 30);
            assertThat(third.restore(published.get(1))).isEqualTo("snapshot 10");
        }
    }

    @Test
    void anotherStorageIsNotTakenForAnEmptyOne() {
        try (Owner first = owner(1)) {
            first.restore(null);
            first.put(0, "a", "1");
            checkpoint(first, 10);
        }
        try (ChunkStorage other = ChunkStorages.open(directory.resolve("other").toUri());
                Owner second = new Owner(local, other, 2)) {
            assertThatThrownBy(() -> second.recover(published))
                    .isInstanceOf(LogException.class)
                    .hasMessageContaining("another directory or bucket");
        }
    }

    @Test
    void whatAnOlderProgramHasStoredIsReadAndDeleted() {
        Checkpoint old = new Checkpoint("42", 7);
        List<Checkpoint> deleted = new ArrayList<>();
        FormerCheckpoints former = new FormerCheckpoints() {
            @Override
            public boolean hasPlaceFor(Checkpoint checkpoint) {
                return checkpoint.location().equals("42");
            }

            @Override
            public void load(Checkpoint checkpoint, Loop loop, Callback<ByteBuf> loaded) {
                loop.execute(() -> loaded.done(Unpooled.copiedBuffer("old", StandardCharsets.UTF_8)));
            }

            @Override
            public void delete(Checkpoint checkpoint) {
                deleted.add(checkpoint);
            }
        };
        published = List.of(old);
        try (Owner owner = new Owner(local, storage, 5, former, RocksOptions.DEFAULT)) {
            assertThat(owner.recover(published)).isEqualTo("old");
            owner.put(0, "a", "1");
            checkpoint(owner, 10);
            assertThat(deleted).isEmpty();
            checkpoint(owner, 20);
            assertThat(deleted).containsExactly(old);
        }
        try (Owner next = owner(6)) {
            assertRecovered(next, 20);
        }
    }

    /** Dies between any two operations of the storage, with the last one done or not; the next owner finds all in order. */
    @Test
    void aCrashAnywhereLeavesTheOldOrTheNewCheckpoint() throws IOException {
        int operations = live(Integer.MAX_VALUE, false);
        assertThat(operations).isGreaterThan(20);
        for (int last = 0; last < operations; last++) {
            live(last, false);
            live(last, true);
        }
    }

    private int live(int last, boolean lastTakesEffect) throws IOException {
        close();
        LocalDirectory.delete(directory);
        Files.createDirectories(directory);
        open();
        published = List.of();
        rowsAt.clear();
        Random random = new Random(last);
        MortalStorage mortal = new MortalStorage(storage);
        mortal.dieAt(last, lastTakesEffect);
        String when = "dead at operation " + last + (lastTakesEffect ? ", done" : ", not done");
        try (Owner first = new Owner(local, mortal, 1)) {
            first.restore(null);
            for (long frame = 10; frame <= 40; frame += 10) {
                change(first, random, 100);
                checkpoint(first, frame);
            }
            first.save(41, "never published");
            // RocksDB compacts when it likes: with fewer table files to store there may be no operation of that number.
            assertThat(mortal.isDead()).as(when).isFalse();
        } catch (LogException e) {
            assertThat(mortal.isDead()).as(when).isTrue();
        }
        if (random.nextBoolean()) {
            LocalDirectory.delete(local);
        }
        try (Owner second = owner(2)) {
            assertThat(second.recover(published)).as(when).isEqualTo(snapshot(published));
            assertThat(second.all()).as(when).isEqualTo(rows(published));
            change(second, random, 100);
            checkpoint(second, 50);
            checkpoint(second, 60);
            second.save(61, "all that is not needed is deleted when this returns");
        }
        assertThat(chunkFiles().stream()
                        .map(CheckpointChunks::fileName)
                        .filter(name -> name.startsWith("1-") && !name.endsWith(".sst")))
                .as(when)
                .isEmpty();
        LocalDirectory.delete(local);
        try (Owner third = owner(3)) {
            assertRecovered(third, 60);
        }
        return mortal.operations();
    }

    private static String snapshot(List<Checkpoint> published) {
        return published.isEmpty() ? "" : "snapshot " + published.get(0).frame();
    }

    private @Nullable Map<String, String> rows(List<Checkpoint> published) {
        return published.isEmpty() ? Map.of() : rowsAt.get(published.get(0).frame());
    }
}
