/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.engine.partition;

import io.headrace.engine.log.Callback;
import io.headrace.engine.log.CheckpointStore;
import io.headrace.engine.log.LogStore;
import io.headrace.engine.log.PartitionCheckpoints;
import io.headrace.engine.log.PartitionLog;
import io.headrace.engine.partition.PendingFrames.Output;
import io.headrace.engine.state.LayeredState;
import io.headrace.engine.state.LoadedRows;
import io.headrace.engine.state.NotInMemory;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs a {@link StateMachine} over a fenced log: execute, log, release when durable.
 *
 * <p>A command is executed at once against the newest state; what it logs goes into the open frame and is applied from
 * there; what it answers waits until the log has that frame. While few frames are in flight the open frame is sent at
 * the end of the event-loop turn, else it goes on filling: group commit without timers. If anything goes wrong with the
 * log, the whole partition is dropped with everything unanswered, and its next owner recovers from the log.
 *
 * <p>All methods are called on the loop given to the constructor.
 */
public final class Partition<C, R> {
    static final int READ_AHEAD_BYTES = 1 << 20;
    private static final int RECOVERY_READ_BYTES = 4 << 20;
    private static final Logger LOG = LoggerFactory.getLogger(Partition.class);

    /** A partition goes through these in order; {@code LOST} may follow on each. */
    private enum Phase {
        NEW,
        RECOVERING,
        SERVING,
        CLOSING,
        LOST
    }

    private record Sealed(long number, ByteBuf bytes) {}

    private final String name;
    private final StateMachine<C, R> machine;
    private final LogStore logs;
    private final CheckpointStore checkpoints;
    private final Loop loop;
    private final Clock clock;
    private final RandomGenerator random;
    private final PartitionOptions options;
    private final PartitionListener listener;
    private final FrameCache cache;
    private final @Nullable LayeredState rows;
    private final PartitionTurn turn = new PartitionTurn();

    private Phase phase = Phase.NEW;
    private @Nullable Serving serving;
    private @Nullable Runnable closed;

    public Partition(
            String name,
            StateMachine<C, R> machine,
            LogStore logs,
            CheckpointStore checkpoints,
            Loop loop,
            Clock clock,
            RandomGenerator random,
            PartitionOptions options,
            PartitionListener listener) {
        this.name = name;
        this.machine = machine;
        this.logs = logs;
        this.checkpoints = checkpoints;
        this.loop = loop;
        this.clock = clock;
        this.random = random;
        this.options = options;
        this.listener = listener;
        this.rows = machine.rows();
        this.cache = new FrameCache(
                PooledByteBufAllocator.DEFAULT, options.tailCacheBytes(), options.moreTail(), options.readCacheBytes());
    }

    public String name() {
        return name;
    }

    /** Takes over the log and recovers; the listener hears of the end. */
    public void start() {
        assertOwner();
        if (phase != Phase.NEW) {
            throw new IllegalStateException(name + " was started before");
        }
        phase = Phase.RECOVERING;
        logs.open(name, loop, Callback.of(this::recover, this::lose));
    }

    /** Executes a command, or tells {@code replyTo} that the partition does not serve. */
    public void submit(C command, ReplyTo<? super R> replyTo) {
        assertOwner();
        if (turn.executing) {
            // An output that was set free inside a turn came back as a command: it gets a turn of its own.
            loop.execute(() -> submit(command, replyTo));
        } else if (phase != Phase.SERVING) {
            String reason = name + " is " + phase.name().toLowerCase(java.util.Locale.ROOT);
            deliver(() -> replyTo.lost(reason));
        } else {
            turn.execute(command, replyTo, null);
        }
    }

    /** A command that is put aside; it is executed again when its rows have been loaded. */
    private final class AsideCommand extends RowLoader.Aside {
        private final C command;
        private final ReplyTo<? super R> replyTo;

        AsideCommand(LoadedRows rows, C command, ReplyTo<? super R> replyTo) {
            super(rows);
            this.command = command;
            this.replyTo = replyTo;
        }

        @Override
        void loaded() {
            if (phase == Phase.SERVING) {
                turn.execute(command, replyTo, this);
            } else {
                lost(name + " no longer serves");
            }
        }

        @Override
        void lost(String reason) {
            // It was put aside before it had done anything.
            deliver(() -> replyTo.notExecuted(reason));
        }
    }

    /** Lets time pass: to be called about ten times a second. */
    public void tick() {
        assertOwner();
        if (phase == Phase.SERVING) {
            turn.run(machine::tick);
        }
        Serving now = serving;
        if (phase == Phase.SERVING && now != null) {
            cache.tick(now.pending.committed());
            now.checkpointer.tick();
        }
    }

    /**
     * Prepares for the end while it goes on serving: sees to it that the next owner will have little to replay. To be called once,
     * before {@link #close}.
     *
     * @param whenSettled called in any case, also if the partition is lost or no checkpoint can be taken
     */
    public void settle(Runnable whenSettled) {
        assertOwner();
        Serving now = serving;
        if (phase != Phase.SERVING || now == null) {
            whenSettled.run();
        } else {
            now.checkpointer.settle(whenSettled);
        }
    }

    /** Takes no more commands, waits for what is in flight, takes a checkpoint if it is worth one and lets go of the log. */
    public void close(Runnable whenClosed) {
        assertOwner();
        Serving now = serving;
        if (phase != Phase.SERVING || now == null) {
            drop(name + " is closed");
            whenClosed.run();
            return;
        }
        phase = Phase.CLOSING;
        closed = whenClosed;
        now.checkpointer.last(() -> {
            if (phase == Phase.CLOSING) {
                drop(name + " is closed");
                whenClosed.run();
            }
        });
    }

    /** Drops the partition at once, as a crash would. */
    public void abort(String reason) {
        assertOwner();
        drop(reason);
    }

    /** Number of the newest frame whose effects may be seen; 0 before recovery. */
    public long committedFrame() {
        return serving == null ? 0 : serving.pending.committed();
    }

    /** Replies and other outputs that wait for the log. */
    public int heldOutputs() {
        return serving == null ? 0 : serving.pending.held();
    }

    /** Bytes of memory held by the frame caches. */
    public long cacheBytes() {
        return cache.bytes();
    }

    private void recover(PartitionLog log) {
        if (phase != Phase.RECOVERING) {
            log.close();
            return;
        }
        PartitionCheckpoints store = checkpoints.open(name, log.epoch(), machine.rows() != null, loop);
        new Recovery(name, machine, log, store, options, RECOVERY_READ_BYTES)
                .run(Callback.of(recovered -> serve(log, store, recovered), cause -> {
                    log.close();
                    store.close();
                    lose(cause);
                }));
    }

    private void serve(PartitionLog log, PartitionCheckpoints store, Recovery.Recovered recovered) {
        if (phase != Phase.RECOVERING) {
            log.close();
            store.close();
            return;
        }
        Serving now = new Serving(log, store, recovered);
        serving = now;
        phase = Phase.SERVING;
        LOG.info("{} serves in epoch {} from frame {}", name, log.epoch(), log.nextFrame());
        turn.run(t -> {
            now.begin();
            machine.recovered(t);
        });
        if (phase == Phase.SERVING) {
            listener.serving();
        }
    }

    private void lose(Throwable cause) {
        if (phase == Phase.LOST) {
            return;
        }
        boolean wasClosing = phase == Phase.CLOSING;
        LOG.warn("{} is lost: {}", name, cause.toString());
        LOG.debug("{} is lost", name, cause);
        drop(name + " is lost");
        Runnable whenClosed = closed;
        if (wasClosing && whenClosed != null) {
            whenClosed.run();
        } else {
            listener.lost(cause);
        }
    }

    private void drop(String reason) {
        if (phase == Phase.LOST) {
            return;
        }
        phase = Phase.LOST;
        machine.lost(reason);
        Serving now = serving;
        if (now != null) {
            now.drop(reason);
        }
        cache.release();
    }

    private void assertOwner() {
        if (!loop.inLoop()) {
            throw new IllegalStateException(
                    name + " was called from " + Thread.currentThread().getName() + ", which is not its event loop");
        }
    }

    /** Hands over an output. Who receives it may fail; that must not cost the others theirs. */
    private static void deliver(Runnable output) {
        try {
            output.run();
        } catch (RuntimeException e) {
            LOG.error("An output could not be delivered", e);
        }
    }

    private record HeldReply<R>(StateMachine<?, R> machine, ReplyTo<? super R> replyTo, R reply) implements Output {
        @Override
        public void release() {
            deliver(() -> replyTo.reply(reply));
        }

        @Override
        public void drop(String reason) {
            machine.discard(reply);
            deliver(() -> replyTo.lost(reason));
        }
    }

    private record HeldAction(Runnable action) implements Output {
        @Override
        public void release() {
            deliver(action);
        }

        @Override
        public void drop(String reason) {}
    }

    /** What exists only while this owner serves. */
    private final class Serving {
        final PartitionLog log;
        final FrameBuilder builder;
        final PendingFrames pending;
        final FrameLoader loader;
        final @Nullable RowLoader rowLoader;
        final Checkpointer checkpointer;
        final Deque<Sealed> unsent = new ArrayDeque<>();
        int inFlight;
        boolean flushScheduled;

        Serving(PartitionLog log, PartitionCheckpoints store, Recovery.Recovered recovered) {
            this.log = log;
            this.builder = new FrameBuilder(cache, log.epoch(), log.nextFrame());
            this.pending = new PendingFrames(log.nextFrame() - 1);
            this.loader = new FrameLoader(log, cache, machine::oldestFrame, Partition.this::lose);
            this.rowLoader = rows == null ? null : new RowLoader(rows, Partition.this::lose);
            this.checkpointer = new Checkpointer(
                    name,
                    machine,
                    log,
                    store,
                    clock,
                    options,
                    recovered,
                    loop,
                    this::sealForCheckpoint,
                    Partition.this::lose);
        }

        /** The first record of each owner: what an owner before it left unfinished in the log ends here. */
        void begin() {
            mark();
        }

        /** Logs nothing but that this owner was there. Between batches only, which is when the open frame is empty. */
        void mark() {
            builder.append(
                    Replay.EPOCH_START,
                    Replay.EPOCH_START_BYTES,
                    out -> out.writeLong(log.epoch()).writeLong(clock.millis()),
                    pending.committed());
            builder.endBatch();
        }

        void log(LogRecord record) {
            int size = record.size();
            if (size > Frame.MAX_RECORD_BYTES || record.type() < 1 || record.type() > 127) {
                throw new IllegalStateException("a record of type " + record.type() + " has " + size + " bytes");
            }
            if (!builder.fits(size)) {
                if (turn.records > 0) {
                    pending.endsInsideBatch(builder.number());
                }
                seal();
                send();
            }
            ByteBuf body = builder.append(record, pending.committed());
            turn.records++;
            machine.apply(record.type(), body, builder.number(), builder.offsetOf(body));
        }

        /** Position of everything logged so far. */
        long logged() {
            return builder.isEmpty() ? builder.number() - 1 : builder.number();
        }

        void endTurn() {
            if (turn.records > 0) {
                builder.endBatch();
            }
            if (!builder.isEmpty() && !flushScheduled) {
                // Behind the tasks that are queued already: their records share the frame.
                flushScheduled = true;
                loop.execute(this::flush);
            }
        }

        void flush() {
            flushScheduled = false;
            if (phase == Phase.LOST) {
                return;
            }
            if (!builder.isEmpty() && unsent.isEmpty() && inFlight < options.maxFramesInFlight()) {
                seal();
            }
            send();
        }

        long sealForCheckpoint() {
            if (!builder.isEmpty()) {
                seal();
                send();
            }
            return builder.number() - 1;
        }

        private void seal() {
            long number = builder.number();
            unsent.addLast(new Sealed(number, builder.seal()));
        }

        private void send() {
            while (!unsent.isEmpty() && inFlight < options.maxFramesInFlight()) {
                Sealed frame = unsent.removeFirst();
                inFlight++;
                checkpointer.logged(frame.bytes.readableBytes());
                log.append(
                        frame.number,
                        frame.bytes.retainedDuplicate(),
                        Callback.of(done -> durable(frame.number), Partition.this::lose));
            }
        }

        private void durable(long frame) {
            if (phase == Phase.LOST) {
                return;
            }
            inFlight--;
            // The log first: it should not idle while replies go out.
            flush();
            for (Output output : pending.durable(frame)) {
                release(output);
            }
            if (phase != Phase.LOST) {
                checkpointer.committed(pending.committed());
            }
        }

        private void release(Output output) {
            if (phase == Phase.LOST) {
                output.drop(name + " is lost");
            } else {
                output.release();
            }
        }

        void drop(String reason) {
            loader.close(reason);
            if (rowLoader != null) {
                rowLoader.close(reason);
            }
            checkpointer.close();
            pending.drain().forEach(output -> output.drop(reason));
            unsent.clear();
            log.close();
        }
    }

    /** One turn at a time, so one object serves them all. */
    private final class PartitionTurn implements Turn<C, R> {
        boolean executing;
        int records;
        private boolean answered;
        private long now;

        /** @param aside the command, if it was put aside before */
        void execute(C command, ReplyTo<? super R> replyTo, @Nullable AsideCommand aside) {
            boolean ended = true;
            try {
                enter();
                use(aside == null ? null : aside.rows());
                machine.execute(command, replyTo, this);
            } catch (NotInMemory missing) {
                ended = false;
                putAside(missing, command, replyTo, aside);
            } catch (RuntimeException | AssertionError e) {
                if (records > 0) {
                    lose(e);
                } else {
                    // Nothing was changed: the command costs only itself.
                    LOG.error(
                            "{} could not execute a {}",
                            name,
                            command.getClass().getSimpleName(),
                            e);
                    deliver(() -> replyTo.lost("internal error"));
                }
            } finally {
                use(null);
                leave();
            }
            Serving now = serving;
            if (aside != null && ended && now != null && now.rowLoader != null) {
                now.rowLoader.ended(aside);
            }
        }

        private void use(@Nullable LoadedRows loaded) {
            if (rows != null) {
                rows.use(loaded);
            }
        }

        /** Executes a command again when rows have been loaded; what was loaded for it before is kept. */
        private void putAside(
                NotInMemory missing, C command, ReplyTo<? super R> replyTo, @Nullable AsideCommand before) {
            RowLoader rowLoader = current().rowLoader;
            if (records > 0 || answered || rows == null || rowLoader == null) {
                lose(new IllegalStateException("rows were missed where none may be read", missing));
            } else if (before == null) {
                rowLoader.load(missing.reads(), new AsideCommand(rows.missing(), command, replyTo));
            } else {
                rowLoader.loadMore(missing.reads(), before);
            }
        }

        void run(java.util.function.Consumer<Turn<C, R>> body) {
            try {
                enter();
                body.accept(this);
            } catch (RuntimeException | AssertionError e) {
                lose(e);
            } finally {
                leave();
            }
        }

        private void enter() {
            executing = true;
            records = 0;
            answered = false;
            now = Math.max(now, clock.millis());
        }

        private void leave() {
            executing = false;
            Serving current = serving;
            if (current != null && phase != Phase.LOST) {
                current.endTurn();
            }
            records = 0;
        }

        private Serving current() {
            Serving current = serving;
            if (!executing || current == null) {
                throw new IllegalStateException("a turn was used after it had ended");
            }
            return current;
        }

        @Override
        public long now() {
            return now;
        }

        @Override
        public long epoch() {
            return current().log.epoch();
        }

        @Override
        public RandomGenerator random() {
            return random;
        }

        @Override
        public void log(LogRecord record) {
            current().log(record);
        }

        @Override
        public void reply(ReplyTo<? super R> replyTo, R reply) {
            replyAfter(current().logged(), replyTo, reply);
        }

        @Override
        public void replyConfirmed(ReplyTo<? super R> replyTo, R reply) {
            replyConfirmed(current().logged(), replyTo, reply);
        }

        @Override
        public void replyConfirmed(long frame, ReplyTo<? super R> replyTo, R reply) {
            if (options.soleOwner()) {
                replyAfter(frame, replyTo, reply);
                return;
            }
            Serving now = current();
            if (now.builder.isEmpty()) {
                now.mark();
            }
            replyAfter(now.builder.number(), replyTo, reply);
        }

        @Override
        public void replyAfter(long frame, ReplyTo<? super R> replyTo, R reply) {
            answered = true;
            current().pending.hold(frame, new HeldReply<>(machine, replyTo, reply));
        }

        @Override
        public void afterCommit(Runnable output) {
            answered = true;
            current().pending.hold(current().logged(), new HeldAction(output));
        }

        @Override
        public long committedFrame() {
            return current().pending.committed();
        }

        @Override
        public @Nullable ByteBuf frame(long frame) {
            FrameBuilder builder = current().builder;
            return frame == builder.number() && !builder.isEmpty() ? builder.view() : cache.get(frame);
        }

        @Override
        public void prefetch(long frame, int bytes) {
            current().loader.prefetch(frame, (int) Math.min(bytes, options.readCacheBytes() / 2));
        }

        @Override
        public void executeWhenLoaded(long frame, C command, ReplyTo<? super R> replyTo) {
            current().loader.load(frame, new FrameLoader.Waiter() {
                @Override
                public void loaded() {
                    submit(command, replyTo);
                }

                @Override
                public void lost(String reason) {
                    deliver(() -> replyTo.lost(reason));
                }
            });
        }

        @Override
        public void executeLater(C command, ReplyTo<? super R> replyTo) {
            loop.execute(() -> submit(command, replyTo));
        }

        @Override
        public void executeBehindOthers(C command) {
            RowLoader rowLoader = current().rowLoader;
            if (rowLoader != null) {
                rowLoader.whenOthersEnded(() -> submit(command, ReplyTo.none()));
            }
        }
    }
}
