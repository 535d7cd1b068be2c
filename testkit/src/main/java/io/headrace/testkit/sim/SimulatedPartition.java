/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.testkit.sim;

import io.headrace.engine.log.Callback;
import io.headrace.engine.log.Checkpoint;
import io.headrace.engine.log.Done;
import io.headrace.engine.log.PartitionCheckpoints;
import io.headrace.engine.log.PartitionLog;
import io.headrace.engine.partition.Loop;
import io.headrace.engine.partition.Partition;
import io.headrace.engine.partition.PartitionListener;
import io.headrace.engine.partition.PartitionOptions;
import io.headrace.engine.partition.ReplyTo;
import io.headrace.engine.partition.StateMachine;
import io.headrace.engine.state.Layer;
import io.headrace.engine.state.StateBase;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One partition of a simulated cluster, with all its owners: the present one, those that do not know yet that they were
 * replaced, and those on the way. Checks on every event that:
 *
 * <ul>
 *   <li>no output leaves before the whole batch that it could have observed is stored for good, by that owner's epoch;
 *   <li>what an owner recovers, byte for byte, is what a replay of the whole log from its first frame gives;
 *   <li>each command is answered exactly once, and not at all once it is lost;
 *   <li>no checkpoint is deleted that recovery needs, and the log is not truncated beyond it.
 * </ul>
 */
public final class SimulatedPartition<C, R> {
    private static final int MIN_TICK_MICROS = 10_000;
    private static final int MAX_TICK_MICROS = 50_000;

    /** Makes state machines, all alike: one for each owner, and some for checkers. */
    @FunctionalInterface
    public interface Machines<C, R> {

        /**
         * A fresh machine.
         *
         * @param loop of the owner that this machine is for
         * @param self submits a command to the very owner that this machine is for, without a reply; does nothing for
         *     the machines of checkers
         */
        StateMachine<C, R> create(Loop loop, Consumer<C> self);
    }

    private final Simulation simulation;
    private final String name;
    private final SimulatedLogStore logs;
    private final SimulatedCheckpointStore checkpoints;
    private final Machines<C, R> machines;
    private final PartitionOptions options;
    private final List<Owner> owners = new ArrayList<>();

    private LogReplay replay;
    private long newestNeeded;
    private long releases;
    private long recoveries;
    private long tickFactor = 1;

    /** For machines that do not submit commands to themselves. */
    public SimulatedPartition(
            Simulation simulation,
            String name,
            SimulatedLogStore logs,
            SimulatedCheckpointStore checkpoints,
            Supplier<? extends StateMachine<C, R>> machines,
            PartitionOptions options) {
        this(simulation, name, logs, checkpoints, (loop, self) -> machines.get(), options);
    }

    public SimulatedPartition(
            Simulation simulation,
            String name,
            SimulatedLogStore logs,
            SimulatedCheckpointStore checkpoints,
            Machines<C, R> machines,
            PartitionOptions options) {
        this.simulation = simulation;
        this.name = name;
        this.logs = logs;
        this.checkpoints = checkpoints;
        this.machines = machines;
        this.options = options;
        this.replay = new LogReplay(forChecks());
    }

    private StateMachine<C, R> forChecks() {
        return machines.create(simulation.loop(name + "#check"), command -> {});
    }

    /** The name of its log. */
    public String name() {
        return name;
    }

    /** Makes owners tick so many times less often than usual: for long times in which nothing happens. */
    public void tickSlowly(long factor) {
        tickFactor = factor;
    }

    /** Starts one more owner on a loop of its own, whatever others there are. It is ticked until it is lost. */
    public Owner start() {
        Owner owner = new Owner(simulation.loop(name + "#" + (owners.size() + 1)));
        owners.add(owner);
        owner.loop.execute(() -> {
            if (!owner.gone) {
                owner.partition.start();
            }
        });
        return owner;
    }

    /** Every owner that there ever was, oldest first. */
    public List<Owner> owners() {
        return owners;
    }

    /** The owner that was started last; null before the first. */
    public @Nullable Owner newest() {
        return owners.isEmpty() ? null : owners.get(owners.size() - 1);
    }

    /** Replies and other outputs that have left all owners together. */
    public long releases() {
        return releases;
    }

    /** Owners that came to serve. */
    public long recoveries() {
        return recoveries;
    }

    /** Drops every owner, as crashes would. */
    public void crashAll() {
        owners.forEach(Owner::crash);
    }

    /** Replays all of the log that is stored for good into a fresh machine. */
    public void replayInto(StateMachine<C, R> fresh) {
        LogReplay whole = new LogReplay(fresh);
        replay(whole, logs.durableFrame(name));
    }

    /** The state that the log implies, as a snapshot. */
    public byte[] replayAll() {
        return replayTo(logs.durableFrame(name));
    }

    /** At the end, when nothing runs any more: everything was answered. */
    public void checkAnswered() {
        for (Owner owner : owners) {
            if (owner.unanswered != 0) {
                throw simulation.violation(owner + " left " + owner.unanswered + " commands unanswered");
            }
        }
    }

    private byte[] replayTo(long frame) {
        if (replay.replayed() > frame) {
            replay = new LogReplay(forChecks());
        }
        replay(replay, frame);
        return replay.snapshot();
    }

    private void replay(LogReplay into, long frame) {
        while (into.replayed() < frame) {
            byte[] bytes = logs.stored(name, into.replayed() + 1);
            if (bytes == null) {
                throw simulation.violation(name + " has lost frame " + (into.replayed() + 1));
            }
            into.next(bytes);
        }
    }

    /** One process that owns the partition, or believes so. */
    public final class Owner implements PartitionListener, CheckedMachine.Judge {
        private final SimulatedLoop loop;
        private final CheckedMachine<C, R> machine;
        private final Partition<C, R> partition;
        private @Nullable PartitionLog log;
        private long firstOwnFrame;
        private boolean serving;
        private boolean gone;
        private boolean leaving;
        private @Nullable Throwable cause;
        private int unanswered;

        Owner(SimulatedLoop loop) {
            this.loop = loop;
            this.machine = new CheckedMachine<>(machines.create(loop, this::tell), this);
            this.partition = new Partition<>(
                    name,
                    machine,
                    (partition, onLoop, opened) -> logs.open(
                            partition,
                            onLoop,
                            Callback.of(
                                    log -> {
                                        this.log = log;
                                        firstOwnFrame = log.nextFrame();
                                        opened.done(log);
                                    },
                                    opened::failed)),
                    (partition, epoch, withRows, onLoop) -> new WatchedCheckpoints(
                            checkpoints.open(partition, epoch, withRows, onLoop), SimulatedPartition.this),
                    loop,
                    simulation.clock(),
                    simulation.random(),
                    options,
                    this);
        }

        /** Sends a command, from anywhere. The reply comes on this owner's loop. */
        public void submit(C command, ReplyTo<? super R> replyTo) {
            loop.execute(() -> {
                unanswered++;
                partition.submit(command, new Once(replyTo));
            });
        }

        /** Sends a command that has no reply. */
        public void tell(C command) {
            loop.execute(() -> partition.submit(command, new ReplyTo<>() {
                @Override
                public void reply(R reply) {
                    violated("answered " + command + ", which has no reply");
                }

                @Override
                public void lost(String reason) {}
            }));
        }

        /** Ends the process between two tasks of its loop. What it had in flight is left to chance. */
        public void crash() {
            if (!gone) {
                gone = true;
                serving = false;
                loop.runNow(() -> partition.abort("crash"));
            }
        }

        /** Asks the owner to finish what it has and let go. */
        public void close() {
            loop.execute(this::closeNow);
        }

        /** As {@link #close}, after it has been prepared for that while it served. */
        public void handOver() {
            loop.execute(() -> {
                if (!gone && !leaving) {
                    leaving = true;
                    partition.settle(() -> loop.execute(this::closeNow));
                }
            });
        }

        private void closeNow() {
            if (!gone) {
                partition.close(() -> {
                    gone = true;
                    serving = false;
                });
            }
        }

        /** Stops the process for a while, as a long garbage collection does. */
        public void pause(long micros) {
            loop.pause(micros);
        }

        /** Commands that arrived and were neither answered nor lost yet. */
        public int unanswered() {
            return unanswered;
        }

        /** Whether it takes commands, as far as it knows. */
        public boolean isServing() {
            return serving;
        }

        /** Whether it has crashed, closed or lost its log, and knows. */
        public boolean isGone() {
            return gone;
        }

        /** Why it lost its log; null unless it did. */
        public @Nullable Throwable cause() {
            return cause;
        }

        /** Epoch of its log; 0 before that is open. */
        public long epoch() {
            return log == null ? 0 : log.epoch();
        }

        /** The whole durable state as this owner has it, committed or not. */
        public byte[] snapshot() {
            return LogReplay.snapshot(machine);
        }

        @Override
        public void serving() {
            serving = true;
            recoveries++;
            tickLater();
        }

        @Override
        public void lost(Throwable why) {
            if (gone) {
                violated("told twice that it is lost");
            }
            serving = false;
            gone = true;
            cause = why;
        }

        private void tickLater() {
            simulation.after(
                    tickFactor * (MIN_TICK_MICROS + simulation.random().nextInt(MAX_TICK_MICROS - MIN_TICK_MICROS)),
                    () -> loop.execute(() -> {
                        if (!gone) {
                            partition.tick();
                            tickLater();
                        }
                    }));
        }

        @Override
        public void released(long frame, String what) {
            releases++;
            if (gone) {
                violated(what + " left after the owner was gone");
            }
            if (frame == 0) {
                return;
            }
            long last = frame;
            Boolean endsBatch = LogReplay.endsBatch(logs.stored(name, last));
            while (Boolean.FALSE.equals(endsBatch) && last >= firstOwnFrame) {
                endsBatch = LogReplay.endsBatch(logs.stored(name, ++last));
            }
            byte[] stored = logs.stored(name, last);
            if (stored == null || last > logs.durableFrame(name)) {
                violated(what + " left although frame " + last + " is not stored for good");
            } else if (last >= firstOwnFrame && LogReplay.epoch(stored) != epoch()) {
                violated(what + " left although frame " + last + " is of epoch " + LogReplay.epoch(stored));
            }
        }

        @Override
        public boolean replaced() {
            return logs.writer(name) != epoch();
        }

        @Override
        public void recovered(byte[] snapshot) {
            if (!Arrays.equals(snapshot, replayTo(firstOwnFrame - 1))) {
                violated("recovered another state than a replay of frames 1 to " + (firstOwnFrame - 1) + " gives");
            }
        }

        @Override
        public void given(long frame, ByteBuf bytes) {
            byte[] stored = frame < firstOwnFrame || epoch() == logs.writer(name) ? logs.stored(name, frame) : null;
            if (stored != null && !bytes.equals(Unpooled.wrappedBuffer(stored))) {
                violated("was given other bytes for frame " + frame + " than the log has");
            }
        }

        @Override
        public void violated(String what) {
            throw simulation.violation(this + " " + what);
        }

        @Override
        public String toString() {
            return loop + " (epoch " + epoch() + ")";
        }

        private final class Once implements ReplyTo<R> {
            private final ReplyTo<? super R> replyTo;
            private boolean answered;

            Once(ReplyTo<? super R> replyTo) {
                this.replyTo = replyTo;
            }

            @Override
            public void reply(R reply) {
                answer();
                replyTo.reply(reply);
            }

            @Override
            public void lost(String reason) {
                answer();
                replyTo.lost(reason);
            }

            private void answer() {
                if (answered || !loop.inLoop()) {
                    violated(answered ? "answered a command twice" : "answered off its loop");
                }
                answered = true;
                unanswered--;
            }
        }
    }

    /** Knows what the descriptor needs. */
    private record WatchedCheckpoints(PartitionCheckpoints of, SimulatedPartition<?, ?> partition)
            implements PartitionCheckpoints {
        @Override
        public void restore(@Nullable Checkpoint checkpoint, Callback<ByteBuf> restored) {
            of.restore(checkpoint, restored);
        }

        @Override
        public StateBase base() {
            return of.base();
        }

        @Override
        public void write(Layer layer, Callback<Done> written) {
            of.write(layer, written);
        }

        @Override
        public void save(long frame, ByteBuf snapshot, Callback<Checkpoint> saved) {
            of.save(frame, snapshot, saved);
        }

        @Override
        public void published(List<Checkpoint> kept, List<Checkpoint> dropped) {
            for (Checkpoint checkpoint : partition.logs.checkpoints(partition.name)) {
                if (dropped.contains(checkpoint)) {
                    throw partition.simulation.violation(
                            partition.name + " deletes " + checkpoint + ", which its descriptor names");
                }
            }
            of.published(kept, dropped);
        }

        @Override
        public void close() {
            of.close();
        }
    }

    /** Checks what the cluster needs to recover: call it after each event. */
    public void checkRecoverable() {
        List<Checkpoint> named = logs.checkpoints(name);
        // Behind a single one stands the log from its beginning.
        long oldest = named.size() < PartitionLog.MAX_CHECKPOINTS
                ? 1
                : named.get(named.size() - 1).frame() + 1;
        if (logs.firstFrame(name) > oldest) {
            throw simulation.violation(
                    name + " is truncated to frame " + logs.firstFrame(name) + " but needs " + oldest);
        }
        for (Checkpoint checkpoint : named) {
            if (checkpoints.stored(checkpoint) == null) {
                throw simulation.violation(name + " has nothing stored of " + checkpoint);
            }
        }
        long needed = named.isEmpty() ? 1 : named.get(0).frame() + 1;
        if (needed < newestNeeded) {
            throw simulation.violation(name + " has gone back to " + named.get(0) + " after frame " + newestNeeded);
        }
        newestNeeded = needed;
    }
}
