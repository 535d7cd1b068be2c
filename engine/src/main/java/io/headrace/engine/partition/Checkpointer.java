/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.engine.partition;

import io.headrace.engine.log.Callback;
import io.headrace.engine.log.Checkpoint;
import io.headrace.engine.log.LogException;
import io.headrace.engine.log.PartitionCheckpoints;
import io.headrace.engine.log.PartitionLog;
import io.headrace.engine.state.LayeredState;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes checkpoints of a serving partition, one at a time, and lets the log be truncated behind them.
 *
 * <ol>
 *   <li>Bring rows up to date, a few in each turn, until few are left.
 *   <li>Seal the open frame, write the snapshot down and freeze the changed rows, all in one turn: the checkpoint ends
 *       with that frame.
 *   <li>Write the changed rows into the base.
 *   <li>Store the snapshot and the base. If that or the step before fails, the former checkpoints stay and another attempt
 *       is made later.
 *   <li>Once the log has committed the frame, publish the checkpoint beside the one before. If that fails, the partition is
 *       lost: another owner may have taken over.
 *   <li>Delete what neither of the two needs, and truncate the log below what the older one needs.
 * </ol>
 *
 * <p>While a checkpoint cannot be taken, changed rows go into the base all the same when there are too many of them: that
 * bounds the memory that they take. If not even that succeeds, the partition is lost before they fill the heap; its next
 * owner begins with what was committed.
 */
final class Checkpointer {
    private static final Logger LOG = LoggerFactory.getLogger(Checkpointer.class);

    /** Heap that changed rows take at most while they cannot be written: so many times what has them written, or this. */
    private static final int MAX_UNWRITTEN = 4;

    private static final long MIN_UNWRITTEN_BYTES = 64L << 20;

    /** This part of what has a checkpoint taken is replayed sooner than written: it is left when a partition ends. */
    private static final int LITTLE = 100;

    /** Ticks between two attempts after one has failed. */
    private static final int RETRY_TICKS = 100;

    /**
     * A checkpoint that recovery may begin with.
     *
     * @param oldestFrame what its state needs of the log, together with all later frames. Not what the state of later
     *     needs: what has changed since may not be committed, and a crash would bring back references to frames that are
     *     gone
     */
    record Restorable(Checkpoint checkpoint, long oldestFrame) {}

    private final String name;
    private final StateMachine<?, ?> machine;
    private final @Nullable LayeredState rows;
    private final PartitionLog log;
    private final PartitionCheckpoints store;
    private final Clock clock;
    private final PartitionOptions options;
    private final Loop loop;
    private final LongSupplier sealOpenFrame;
    private final Consumer<Throwable> lose;

    private @Nullable Restorable newest;
    private @Nullable Restorable stored;

    /** Held from the second step to the fourth. */
    private @Nullable ByteBuf snapshot;

    private long bytes;
    private long frames;
    private long committed;
    private long due;
    private int waitTicks;
    private int writeTicks;
    private boolean running;

    /** Rows are brought up to date; also {@link #running}. */
    private boolean preparing;

    /** Why rows could not be written last; empty if they could. */
    private String problem = "";

    private boolean writing;
    private boolean closed;
    private @Nullable Runnable whenSettled;

    /** A checkpoint has been begun for {@link #whenSettled}. */
    private boolean settling;

    private @Nullable Runnable whenLast;

    /** The frame after which nothing comes; -1 until that is known. */
    private long lastFrame = -1;

    /** @param recovered what the state was recovered from */
    Checkpointer(
            String name,
            StateMachine<?, ?> machine,
            PartitionLog log,
            PartitionCheckpoints store,
            Clock clock,
            PartitionOptions options,
            Recovery.Recovered recovered,
            Loop loop,
            LongSupplier sealOpenFrame,
            Consumer<Throwable> lose) {
        this.name = name;
        this.machine = machine;
        this.rows = machine.rows();
        this.log = log;
        this.store = store;
        this.clock = clock;
        this.options = options;
        this.loop = loop;
        this.sealOpenFrame = sealOpenFrame;
        this.lose = lose;
        this.newest = recovered.from();
        this.committed = log.nextFrame() - 1;
        // Partitions that began together do not all write at the same time.
        double place = place(name);
        this.bytes = recovered.replayedBytes() + (long) (options.checkpointBytes() * place / 2);
        this.due = clock.millis() + options.checkpointMillis() - (long) (options.checkpointMillis() * place / 2);
    }

    /** 0 to 1, far apart for names that differ little. */
    private static double place(String name) {
        return ((name.hashCode() * 0x9E3779B9) >>> 1) / (double) Integer.MAX_VALUE;
    }

    /** A frame of {@code length} bytes went to the log. */
    void logged(int length) {
        bytes += length;
        frames++;
    }

    void committed(long frame) {
        committed = frame;
        publishWhenCommitted();
        finish();
    }

    void tick() {
        waitTicks = Math.max(0, waitTicks - 1);
        writeTicks = Math.max(0, writeTicks - 1);
        if (rows != null
                && (writing || !problem.isEmpty())
                && rows.changedBytes() >= MIN_UNWRITTEN_BYTES
                && rows.changedBytes() / MAX_UNWRITTEN >= options.checkpointRowBytes()) {
            lose.accept(new LogException(
                    LogException.Kind.UNAVAILABLE,
                    rows.changedBytes() + " bytes of changed rows wait for the local disk, which "
                            + (problem.isEmpty() ? "is too slow" : "fails: " + problem)));
            return;
        }
        if (writing) {
            return;
        }
        if (!running && waitTicks == 0 && isDue()) {
            begin();
        } else if (rows != null
                && !preparing
                && writeTicks == 0
                && rows.changedBytes() >= options.checkpointRowBytes()) {
            write(rows, () -> {}, cause -> {});
        }
    }

    private boolean isDue() {
        return bytes >= options.checkpointBytes()
                || frames >= options.checkpointFrames()
                || (rows != null && rows.changedBytes() >= options.checkpointRowBytes())
                || (frames > 0 && clock.millis() >= due);
    }

    /**
     * Sees to it that little is left to be replayed: lets a running checkpoint end, and takes another if much has come
     * meanwhile. Calls {@code done} in any case, also if none can be taken. To be called once.
     */
    void settle(Runnable done) {
        whenSettled = done;
        finish();
    }

    /** Takes one more checkpoint if much is left to be replayed, and calls {@code done} when all is committed. */
    void last(Runnable done) {
        whenLast = done;
        finish();
    }

    /** The partition is gone: what is under way comes to nothing. */
    void close() {
        closed = true;
        takeSnapshot();
        store.close();
        settled();
    }

    private @Nullable ByteBuf takeSnapshot() {
        ByteBuf taken = snapshot;
        snapshot = null;
        if (taken != null && closed) {
            taken.release();
        }
        return taken;
    }

    private void begin() {
        running = true;
        preparing = true;
        prepare();
    }

    private void prepare() {
        if (closed) {
            return;
        }
        try {
            preparing = !machine.writeRows();
        } catch (RuntimeException e) {
            lose.accept(e);
            return;
        }
        if (preparing) {
            loop.execute(this::prepare);
        } else {
            seal();
        }
    }

    private void seal() {
        long frame = sealOpenFrame.getAsLong();
        ByteBuf written = PooledByteBufAllocator.DEFAULT.buffer();
        try {
            machine.snapshot(written);
        } catch (RuntimeException e) {
            written.release();
            lose.accept(e);
            return;
        }
        snapshot = written;
        long oldestFrame = Math.min(frame + 1, machine.oldestFrame());
        lastFrame = whenLast == null ? -1 : frame;
        bytes = 0;
        frames = 0;
        due = clock.millis() + options.checkpointMillis();
        if (rows == null) {
            save(frame, oldestFrame);
        } else {
            write(rows, () -> save(frame, oldestFrame), this::failed);
        }
    }

    private void write(LayeredState changed, Runnable then, Consumer<Throwable> failed) {
        writing = true;
        store.write(
                changed.freeze(),
                Callback.of(
                        done -> {
                            writing = false;
                            problem = "";
                            changed.written();
                            then.run();
                            finish();
                        },
                        cause -> {
                            writing = false;
                            writeTicks = RETRY_TICKS;
                            problem = cause.toString();
                            changed.unfreeze();
                            LOG.warn("{} could not write changed rows, will try again: {}", name, cause.toString());
                            failed.accept(cause);
                            finish();
                        }));
    }

    private void save(long frame, long oldestFrame) {
        ByteBuf taken = takeSnapshot();
        if (taken != null) {
            store.save(
                    frame,
                    taken,
                    Callback.of(
                            saved -> {
                                stored = new Restorable(saved, oldestFrame);
                                publishWhenCommitted();
                            },
                            this::failed));
        }
    }

    private void failed(Throwable cause) {
        LOG.warn("{} could not take a checkpoint, will try again: {}", name, cause.toString());
        ByteBuf taken = takeSnapshot();
        if (taken != null) {
            taken.release();
        }
        waitTicks = RETRY_TICKS;
        bytes = options.checkpointBytes();
        end();
    }

    private void publishWhenCommitted() {
        Restorable ready = stored;
        if (ready != null && ready.checkpoint().frame() <= committed) {
            stored = null;
            List<Checkpoint> kept =
                    newest == null ? List.of(ready.checkpoint()) : List.of(ready.checkpoint(), newest.checkpoint());
            List<Checkpoint> dropped =
                    log.checkpoints().stream().filter(c -> !kept.contains(c)).toList();
            log.publish(kept, Callback.of(done -> published(ready, kept, dropped), lose));
        }
    }

    private void published(Restorable checkpoint, List<Checkpoint> kept, List<Checkpoint> dropped) {
        Restorable older = newest;
        newest = checkpoint;
        store.published(kept, dropped);
        // While there is no older checkpoint, the log from its beginning stands in for it.
        if (older == null || older.oldestFrame() <= log.firstFrame()) {
            end();
        } else {
            log.truncate(older.oldestFrame(), Callback.of(done -> end(), lose));
        }
    }

    private void end() {
        running = false;
        finish();
    }

    private void finish() {
        if (isBusy()) {
            return;
        }
        if (whenSettled != null && !settling && !isLittleLeft()) {
            settling = true;
            begin();
            return;
        }
        settled();
        if (whenLast == null || isBusy()) {
            return;
        }
        if (lastFrame < 0 && !isLittleLeft()) {
            begin();
            return;
        }
        if (lastFrame < 0) {
            lastFrame = sealOpenFrame.getAsLong();
        }
        Runnable done = whenLast;
        if (done != null && lastFrame <= committed) {
            whenLast = null;
            done.run();
        }
    }

    private boolean isBusy() {
        return running || writing || closed;
    }

    private boolean isLittleLeft() {
        return bytes <= options.checkpointBytes() / LITTLE && frames <= options.checkpointFrames() / LITTLE;
    }

    private void settled() {
        Runnable done = whenSettled;
        whenSettled = null;
        settling = false;
        if (done != null) {
            done.run();
        }
    }
}
