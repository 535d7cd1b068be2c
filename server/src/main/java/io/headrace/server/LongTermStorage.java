/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.server;

import io.headrace.engine.partition.Loop;
import io.headrace.engine.partition.MemoryBudget;
import io.headrace.engine.segments.SegmentCommand;
import io.headrace.engine.segments.Tier;
import io.headrace.engine.segments.TierLimits;
import io.headrace.engine.segments.TierOptions;
import io.headrace.engine.segments.TierStatus;
import io.headrace.server.settings.Settings;
import io.headrace.tiering.ChunkStorage;
import io.headrace.tiering.ChunkStorages;
import io.headrace.tiering.StorageException;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The long-term storage of a server: one for all partitions, and how each of them stands with it. Any thread may ask. */
final class LongTermStorage implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(LongTermStorage.class);
    private static final long MIB = 1L << 20;
    private static final int POLL_MILLIS = 10;

    /** How long a start waits for a storage that does not answer, before the server serves without. */
    private static final long ANSWER_SECONDS = 10;

    /** Of the bound, where writers go on again. */
    private static final double ENOUGH = 0.9;

    private static final int FLUSH_BYTES = 4 << 20;

    /** Where chunks can be read only when they are sealed each flush makes one: fewer and larger ones are better. */
    private static final int SEALED_FLUSH_BYTES = 8 << 20;

    private static final int SEALED_PATIENCE = 6;

    private final URI address;
    private final @Nullable ChunkStorage storage;
    private final StorageCalls calls;
    private final TierOptions options;
    private final MemoryBudget blocks;
    private final long mostWaitingBytes;
    private final Map<String, TierStatus> partitions = new ConcurrentHashMap<>();
    private volatile boolean writersWait;

    private LongTermStorage(
            URI address,
            @Nullable ChunkStorage storage,
            StorageCalls calls,
            TierOptions options,
            MemoryBudget blocks,
            long mostWaitingBytes) {
        this.address = address;
        this.storage = storage;
        this.calls = calls;
        this.options = options;
        this.blocks = blocks;
        this.mostWaitingBytes = mostWaitingBytes;
    }

    /**
     * Opens what is set, or a directory beside the log.
     *
     * @param data directory of the server
     * @param partitions how many there will be
     * @param blockBytes memory of all partitions for what is read back
     * @throws StartException if it cannot be used
     */
    static LongTermStorage open(Settings settings, Path data, int partitions, long blockBytes) throws IOException {
        Optional<URI> chosen = settings.get(Settings.TIER2);
        if (chosen.isEmpty()) {
            Files.createDirectories(data.resolve("tier2"));
        }
        URI address = chosen.orElse(data.resolve("tier2").toUri());
        StorageCalls calls = new StorageCalls();
        ChunkStorage storage = address.equals(Settings.NO_TIER2) ? null : new MeasuredStorage(open(address), calls);
        long most = storage == null ? Long.MAX_VALUE : settings.get(Settings.TIER2_LAG_MIB) * MIB;
        long flushMillis = settings.get(Settings.TIER2_DELAY).toMillis();
        boolean isReadable = storage == null || storage.traits().readableBeforeSeal();
        TierOptions options = new TierOptions(
                isReadable ? FLUSH_BYTES : SEALED_FLUSH_BYTES,
                isReadable ? flushMillis : SEALED_PATIENCE * flushMillis,
                most / 2 / partitions,
                TierLimits.DEFAULT);
        return new LongTermStorage(address, storage, calls, options, Tier.blocks(blockBytes, partitions), most);
    }

    /** A place within a storage. */
    static URI below(URI storage, String name) {
        String path = storage.getRawPath().replaceAll("/+$", "") + "/" + name;
        String query = storage.getRawQuery() == null ? "" : "?" + storage.getRawQuery();
        String authority = storage.getRawAuthority() == null ? "" : storage.getRawAuthority();
        return URI.create(storage.getScheme() + "://" + authority + path + query);
    }

    private static ChunkStorage open(URI address) {
        try {
            return ChunkStorages.open(address);
        } catch (StorageException e) {
            throw new StartException(
                    "the long-term storage (--" + Settings.TIER2.name() + ") cannot be used: " + e.getMessage(), e);
        }
    }

    /** What a partition is given; it counts as starting from here on. */
    Tier of(String partition, Loop loop, Consumer<SegmentCommand> self) {
        partitions.put(partition, TierStatus.NEW);
        return new Tier(
                partition, storage, loop::execute, self, options, blocks, status -> partitions.put(partition, status));
    }

    /** The partition is no longer here. */
    void forget(String partition) {
        partitions.remove(partition);
    }

    /**
     * Waits until the storage has said who it is, but not for ever: while it is away everything else works.
     *
     * @throws StartException if it is not the one that the data is in
     */
    void awaitKnown() throws InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(ANSWER_SECONDS);
        while (partitions.values().stream().anyMatch(status -> status.state() == TierStatus.State.STARTING)) {
            if (System.nanoTime() > deadline) {
                LOG.warn(
                        "the long-term storage {} does not answer: data stays in the log, and what is not there cannot be"
                                + " read, until it does. {}",
                        address,
                        problem());
                return;
            }
            TimeUnit.MILLISECONDS.sleep(POLL_MILLIS);
        }
        for (TierStatus status : partitions.values()) {
            if (status.state() == TierStatus.State.WRONG_STORAGE) {
                throw new StartException("the long-term storage " + address + " (--" + Settings.TIER2.name()
                        + ") is not the one that the data is in: " + status.problem());
            }
        }
    }

    /**
     * Whether so much waits in the log that writers must wait, too; with a reason in the log each time that this changes.
     *
     * @param isElse whether they wait for another reason
     */
    boolean holdsWriters(BooleanSupplier isElse) {
        long waiting =
                partitions.values().stream().mapToLong(TierStatus::countedBytes).sum();
        if (!writersWait && waiting >= mostWaitingBytes) {
            writersWait = true;
            LOG.warn(
                    "{} MiB wait in the log for the long-term storage, as many as may: writers wait until it is less. {}",
                    waiting / MIB,
                    problem());
        } else if (writersWait && waiting < mostWaitingBytes * ENOUGH) {
            writersWait = false;
            LOG.info("{} MiB wait in the log for the long-term storage: writers go on", waiting / MIB);
        }
        return writersWait || isElse.getAsBoolean();
    }

    /** How each partition stands. */
    Map<String, TierStatus> statuses() {
        return Map.copyOf(partitions);
    }

    /** What it has been asked so far. */
    StorageCalls calls() {
        return calls;
    }

    boolean writersWait() {
        return writersWait;
    }

    private long waitingBytes() {
        return partitions.values().stream().mapToLong(TierStatus::waitingBytes).sum();
    }

    private String problem() {
        return partitions.values().stream()
                .map(TierStatus::problem)
                .filter(problem -> !problem.isEmpty())
                .findFirst()
                .orElse("");
    }

    /** The worst state that a partition is in. */
    private TierStatus.State state() {
        return partitions.values().stream()
                .map(TierStatus::state)
                .max((one, other) -> Integer.compare(badness(one), badness(other)))
                .orElse(TierStatus.State.STARTING);
    }

    private static int badness(TierStatus.State state) {
        return switch (state) {
            case RUNNING, NONE -> 0;
            case STARTING -> 1;
            case FAILING -> 2;
            case WRONG_STORAGE -> 3;
        };
    }

    /** For {@code /health}. */
    JsonObject report() {
        long millis = partitions.values().stream()
                .mapToLong(TierStatus::waitingMillis)
                .max()
                .orElse(0);
        return new JsonObject()
                .put("address", address.toString())
                .put("state", state().name().toLowerCase(Locale.ROOT).replace('_', ' '))
                .put("waitingBytes", waitingBytes())
                .put("waitingSeconds", TimeUnit.MILLISECONDS.toSeconds(millis))
                .put("mostWaitingBytes", storage == null ? null : mostWaitingBytes)
                .put("writersWait", writersWait)
                .put(
                        "chunks",
                        partitions.values().stream()
                                .mapToInt(TierStatus::chunks)
                                .sum())
                .put("problem", problem());
    }

    @Override
    public void close() {
        if (storage != null) {
            storage.close();
        }
    }
}
