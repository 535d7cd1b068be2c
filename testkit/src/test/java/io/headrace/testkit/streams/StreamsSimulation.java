/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.testkit.streams;

import io.headrace.codecs.name.Slots;
import io.headrace.engine.streams.RetentionPolicy;
import io.headrace.engine.streams.StreamName;
import io.headrace.engine.streams.StreamsView;
import io.headrace.engine.streams.WatchedRows;
import io.headrace.testkit.sim.Faults;
import io.headrace.testkit.sim.Misfortune;
import io.headrace.testkit.sim.SimulatedPartition;
import io.headrace.testkit.sim.Simulation;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** A whole run: streams and their clients, chaos, healing, verdict. */
final class StreamsSimulation {
    private static final long MAX_STEPS = 500_000;
    private static final long SETTLE_MICROS = 5_000_000;

    /** Longer than any lease. */
    private static final long LEASES_MICROS = 700_000_000L;

    final Simulation simulation;
    final StreamsWorld world;
    private final RandomGenerator random;
    private final List<StreamCast> casts = new ArrayList<>();
    private final List<GroupDirector> groups = new ArrayList<>();
    private final List<Actor> actors = new ArrayList<>();
    private final List<Misfortune> misfortunes = new ArrayList<>();

    StreamsSimulation(long seed) {
        this(seed, Mutation.NONE);
    }

    StreamsSimulation(long seed, Mutation mutation) {
        simulation = new Simulation(seed);
        random = simulation.random();
        world = new StreamsWorld(simulation, 1 + random.nextInt(2), 2 + random.nextInt(2), mutation);
        int pace = 50_000 + random.nextInt(2_000_000);
        for (SimulatedPartition<?, ?> partition : world.partitions()) {
            misfortunes.add(new Misfortune(simulation, partition, pace, this::changeFaults));
        }
        int streams = 1 + random.nextInt(3);
        for (int i = 0; i < streams; i++) {
            cast(new StreamName(scope(random.nextInt(world.streams.size())), "stream" + i));
        }
        for (int i = random.nextInt(3); i > 0; i--) {
            GroupDirector group = new GroupDirector(world, scope(random.nextInt(world.streams.size())), "g" + i, casts);
            groups.add(group);
            actors.add(group);
        }
        if (random.nextBoolean()) {
            int partition = random.nextInt(world.streams.size());
            actors.add(new ScopeDirector(world, scope(partition) + "x", casts.get(0).name));
        }
    }

    /** The name of a scope that a partition has. */
    private String scope(int partition) {
        for (int i = 0; ; i++) {
            String name = "scope" + i;
            if (Slots.ofScope(name) * world.streams.size() / Slots.COUNT == partition) {
                return name;
            }
        }
    }

    private void cast(StreamName name) {
        boolean retains = random.nextInt(3) == 0;
        boolean truncates = !retains && random.nextBoolean();
        StreamCast cast = new StreamCast(name, retains ? retention() : null);
        casts.add(cast);
        double ends = random.nextInt(3) == 0 ? 0.02 : 0;
        int pace = 5_000 + random.nextInt(60_000);
        actors.add(new StreamDirector(world, cast, ends, truncates || retains));
        for (int i = random.nextInt(3); i > 0; i--) {
            actors.add(new StreamWriter(world, cast, pace));
        }
        for (int i = random.nextInt(4); i > 0; i--) {
            actors.add(new StreamTransactor(world, cast, pace, random.nextInt(30)));
        }
        if (random.nextInt(4) > 0) {
            actors.add(new StreamScaler(world, cast, 50_000 + random.nextInt(1_000_000)));
        }
        for (int i = retains ? random.nextInt(3) : 0; i > 0; i--) {
            actors.add(new StreamSubscriber(world, cast, 20_000 + random.nextInt(200_000)));
        }
        for (int i = random.nextInt(2) * random.nextInt(4); i > 0; i--) {
            actors.add(new StreamNoter(world, cast, 10_000 + random.nextInt(100_000)));
        }
        actors.add(new StreamReader(world, cast, pace, truncates ? 0.02 : 0));
        if (random.nextBoolean()) {
            actors.add(new StreamReader(world, cast, pace, 0));
        }
    }

    /** Without an upper limit: what subscribers need stays. */
    private RetentionPolicy retention() {
        return random.nextBoolean()
                ? new RetentionPolicy(RetentionPolicy.Type.SIZE, random.nextInt(2_000), Long.MAX_VALUE)
                : new RetentionPolicy(RetentionPolicy.Type.TIME, random.nextInt(3_000), Long.MAX_VALUE);
    }

    void run() {
        changeFaults();
        misfortunes.forEach(Misfortune::start);
        actors.forEach(Actor::start);
        long end = simulation.micros() + 1_000_000 + random.nextInt(10_000_000);
        simulation.after(end - simulation.micros(), () -> {});
        until(() -> simulation.micros() >= end, "the end of the chaos");
        List<? extends SimulatedPartition<?, ?>.Owner> last = heal();
        world.finish();
        StreamsAudit audit = new StreamsAudit(world);
        until(() -> serves(last) && actors.stream().allMatch(Actor::isDone), "clients come to an end");
        until(() -> serves(last) && !isBusy(), "work comes to an end");
        world.partitions().forEach(partition -> partition.tickSlowly(200));
        simulation.runFor(LEASES_MICROS);
        until(() -> serves(last) && !isBusy(), "aborts come to an end");
        world.partitions().forEach(partition -> partition.tickSlowly(1));
        audit.begin();
        until(() -> serves(last) && audit.isComplete(), "the audit");
        judge(audit);
        world.partitions().forEach(SimulatedPartition::crashAll);
        simulation.runUntilIdle(MAX_STEPS);
        world.partitions().forEach(SimulatedPartition::checkAnswered);
    }

    private void until(BooleanSupplier goal, String what) {
        simulation.runUntil(
                () -> {
                    if (simulation.steps() % 16 == 0) {
                        world.partitions().forEach(SimulatedPartition::checkRecoverable);
                    }
                    return goal.getAsBoolean();
                },
                MAX_STEPS,
                what);
    }

    private void changeFaults() {
        world.logs.faults(Faults.swarm(random));
        world.checkpoints.faults(Faults.swarm(random));
        world.network.faults(Network.Faults.swarm(random));
    }

    /** Ends all faults and gives each partition an owner that must not be lost again. */
    private List<? extends SimulatedPartition<?, ?>.Owner> heal() {
        misfortunes.forEach(Misfortune::end);
        world.logs.faults(Faults.NONE);
        world.checkpoints.faults(Faults.NONE);
        world.network.faults(Network.Faults.NONE);
        // Takeovers that are under way come to an end, and none can disturb the last ones.
        world.partitions().forEach(partition -> partition.tickSlowly(20));
        simulation.runFor(SETTLE_MICROS);
        world.partitions().forEach(partition -> partition.tickSlowly(1));
        List<SimulatedPartition<?, ?>.Owner> last = new ArrayList<>();
        world.partitions().forEach(partition -> last.add(partition.start()));
        return last;
    }

    private boolean serves(List<? extends SimulatedPartition<?, ?>.Owner> last) {
        boolean all = true;
        for (SimulatedPartition<?, ?>.Owner owner : last) {
            if (owner.isGone()) {
                throw simulation.violation(owner + " was lost without a fault: " + owner.cause());
            }
            all &= owner.isServing();
        }
        return all;
    }

    private long busyCheckedAt = -1;
    private boolean busy = true;

    /** Whether anything is left to be done; looked at once in a while only, for it replays a log. */
    private boolean isBusy() {
        long now = simulation.micros() / 500_000;
        if (now != busyCheckedAt) {
            busyCheckedAt = now;
            busy = views().stream().anyMatch(view -> !view.unfinished().isEmpty());
        }
        return busy;
    }

    private List<StreamsView> views() {
        return views(world);
    }

    /** What the logs of the {@code streams} partitions say. */
    static List<StreamsView> views(StreamsWorld world) {
        List<StreamsView> views = new ArrayList<>();
        for (var partition : world.streams) {
            WatchedRows rows = WatchedRows.over(new NothingMachine(), world.simulation::violation);
            partition.replayInto(rows);
            views.add(rows.view());
        }
        return views;
    }

    private void judge(StreamsAudit audit) {
        List<StreamsView> views = views();
        for (StreamsView view : views) {
            if (!view.unfinished().isEmpty()) {
                throw simulation.violation("not finished: " + view.unfinished());
            }
            world.told.add(view.signs());
            view.streams().forEach(stream -> {
                if (!stream.transactions().isEmpty()) {
                    throw simulation.violation(stream.name() + " still has " + stream.transactions());
                }
            });
        }
        audit.checkSegments(views);
        groups.forEach(group -> group.check(views));
        for (StreamCast cast : casts) {
            StreamLife life = cast.life;
            StreamsView.Stream stream = find(views, cast.name);
            if (life == null || life.deleted != (stream == null)) {
                throw simulation.violation(cast.name + " should " + (stream == null ? "" : "not ") + "be there");
            }
            if (stream != null) {
                audit.checkEvents(life, stream);
            }
        }
        if (world.told.answers == 0 || world.history.answers == 0) {
            throw simulation.violation("the run made no progress");
        }
    }

    private static StreamsView.@Nullable Stream find(List<StreamsView> views, StreamName name) {
        return views.stream()
                .flatMap(view -> view.streams().stream())
                .filter(stream -> stream.name().equals(name))
                .findFirst()
                .orElse(null);
    }
}
