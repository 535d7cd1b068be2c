/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.verticles.cluster;

import static io.headrace.verticles.cluster.Nodes.node;
import static io.headrace.verticles.cluster.Nodes.partitions;
import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.engine.partition.Loop;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Keepers of several nodes over a registry in memory. Everything that happens is a step; the seed says which comes next. */
final class PartitionKeeperTest {
    private static final int SEEDS = 60;
    private static final int STEPS = 400;
    private static final List<String> SEGMENTS = partitions("segments", 7);
    private static final List<String> STREAMS = partitions("streams", 2);

    @Test
    void whateverHappensEachPartitionEndsWhereItBelongsAndIsNeverOpenTwiceInLivingSessions() {
        for (int seed = 0; seed < SEEDS; seed++) {
            World world = new World(seed);
            for (int step = 0; step < STEPS; step++) {
                world.disturb();
                world.step();
                world.check();
            }
            world.settle();
        }
    }

    @Test
    void aNodeThatEndsGivesBackWhatItHas() {
        World world = new World(1);
        Member a = world.begin("a");
        world.settle();
        assertThat(a.open).hasSize(SEGMENTS.size() + STREAMS.size());
        a.keeper.end();
        world.run();
        assertThat(a.open).isEmpty();
        assertThat(world.owners).isEmpty();
    }

    @Test
    void noMoreThanSomeAreHandedOverAtATime() {
        World world = new World(1);
        Member a = world.begin("a");
        world.settle();
        world.begin("b");
        int before = a.open.size();
        a.closing = new ArrayList<>();
        world.run();
        assertThat(a.closing).hasSize(World.MOVES);
        assertThat(a.open).hasSize(before);
        List<Runnable> held = a.closing;
        a.closing = null;
        held.forEach(Runnable::run);
        world.settle();
    }

    /** Nodes, the registry, and what is on its way between them. */
    private static final class World {
        static final int MOVES = 2;

        final Random random;
        final Map<String, Member> members = new TreeMap<>();
        final Map<String, NodeInfo> nodes = new TreeMap<>();
        /** Partition to the session that has it. */
        final Map<String, Session> owners = new TreeMap<>();

        long sessions;

        World(int seed) {
            random = new Random(seed);
        }

        Member begin(String id) {
            Member member = members.computeIfAbsent(id, name -> new Member(this, name));
            member.session = new Session(member);
            nodes.put(id, node(id, 1));
            tellAll();
            return member;
        }

        /** The session of a node ends; it may learn of it much later. */
        void expire(Member member) {
            Session session = member.session;
            if (session == null) {
                return;
            }
            member.session = null;
            session.alive = false;
            nodes.remove(member.id);
            owners.values().removeIf(owner -> owner == session);
            tellAll();
            member.post(() -> {
                member.keeper.sessionLost();
                begin(member.id);
            });
        }

        void tellAll() {
            Map<String, String> named = new HashMap<>();
            owners.forEach((partition, session) -> named.put(partition, session.member.id));
            ClusterView view = new ClusterView(0, nodes, named);
            members.values().stream().filter(member -> member.session != null).forEach(member -> {
                Session session = member.session;
                ClusterView told = new ClusterView(session.number, view.nodes(), view.owners());
                member.post(() -> {
                    if (session == member.session) {
                        member.keeper.changed(told);
                    }
                });
            });
        }

        void disturb() {
            List<Member> all = new ArrayList<>(members.values());
            switch (random.nextInt(30)) {
                case 0 -> {
                    if (members.size() < 4) {
                        begin("node-" + members.size());
                    }
                }
                case 1 -> {
                    if (!all.isEmpty()) {
                        expire(all.get(random.nextInt(all.size())));
                    }
                }
                case 2 -> {
                    if (!all.isEmpty()) {
                        Member member = all.get(random.nextInt(all.size()));
                        if (member.session != null) {
                            nodes.put(member.id, node(member.id, random.nextInt(3)));
                            tellAll();
                        }
                    }
                }
                case 3 -> all.forEach(member -> member.fence(random));
                default -> {}
            }
        }

        /** One thing happens, at a node that has something before it. */
        boolean step() {
            List<Member> busy =
                    members.values().stream().filter(m -> !m.inbox.isEmpty()).toList();
            if (busy.isEmpty()) {
                return false;
            }
            Member next = busy.get(random.nextInt(busy.size()));
            next.inbox.remove(0).run();
            return true;
        }

        void run() {
            for (int i = 0; i < 100_000; i++) {
                if (!step()) {
                    return;
                }
                check();
            }
            throw new AssertionError("there is no end to it");
        }

        /** A partition is open only where the registry says, but for nodes that have not heard of the end of their session. */
        void check() {
            for (Member member : members.values()) {
                for (Map.Entry<String, Session> open : member.open.entrySet()) {
                    Session session = open.getValue();
                    if (session.alive) {
                        assertThat(owners.get(open.getKey())).as(open.getKey()).isSameAs(session);
                    }
                }
            }
        }

        void settle() {
            nodes.replaceAll((id, node) -> node(id, 1));
            tellAll();
            run();
            if (nodes.isEmpty()) {
                return;
            }
            Map<String, String> expected = new TreeMap<>(Placement.of(SEGMENTS, nodes.values()));
            expected.putAll(Placement.of(STREAMS, nodes.values()));
            Map<String, String> found = new TreeMap<>();
            members.values().forEach(member -> member.open.keySet().forEach(name -> {
                assertThat(found.put(name, member.id)).as(name).isNull();
            }));
            assertThat(found).isEqualTo(expected);
        }
    }

    private static final class Session {
        final Member member;
        final long number;
        boolean alive = true;

        Session(Member member) {
            this.member = member;
            number = ++member.world.sessions;
        }

        Session ended() {
            alive = false;
            return this;
        }
    }

    /** A node: its keeper, its partitions, and its way to the registry. */
    private static final class Member implements Registry, PartitionKeeper.Places, Loop {
        final World world;
        final String id;
        final List<Runnable> inbox = new ArrayList<>();
        final Map<String, Session> open = new TreeMap<>();
        final PartitionKeeper keeper;

        @Nullable
        Session session;

        /** Where closings wait; null if they happen at once. */
        @Nullable
        List<Runnable> closing;

        Member(World world, String id) {
            this.world = world;
            this.id = id;
            keeper = new PartitionKeeper(
                    id, Map.of(Role.STORE, SEGMENTS, Role.CONTROLLER, STREAMS), this, this, this, World.MOVES);
        }

        void post(Runnable task) {
            inbox.add(task);
        }

        void fence(Random random) {
            if (!open.isEmpty() && random.nextInt(3) == 0) {
                keeper.fenced(List.copyOf(open.keySet()).get(random.nextInt(open.size())));
            }
        }

        @Override
        public void execute(Runnable task) {
            post(task);
        }

        @Override
        public boolean inLoop() {
            return true;
        }

        @Override
        public void open(String partition) {
            assertThat(open).doesNotContainKey(partition);
            Session owner = world.owners.get(partition);
            open.put(partition, owner != null && owner.member == this ? owner : new Session(this).ended());
        }

        @Override
        public void close(String partition, Runnable closed) {
            assertThat(open).containsKey(partition);
            Runnable end = () -> {
                open.remove(partition);
                closed.run();
            };
            if (closing != null) {
                closing.add(end);
            } else {
                post(end);
            }
        }

        @Override
        public void abandon(String partition, Runnable closed) {
            open.remove(partition);
            post(closed);
        }

        @Override
        public void later(long millis, Runnable task) {
            post(task);
        }

        @Override
        public void listen(Listener listener) {}

        @Override
        public void announce(NodeInfo node) {}

        @Override
        public void claim(long number, String partition, Claimed claimed) {
            Session by = session;
            if (by == null || by.number != number || world.owners.containsKey(partition)) {
                post(() -> claimed.done(false));
                return;
            }
            world.owners.put(partition, by);
            world.tellAll();
            post(() -> claimed.done(by == session));
        }

        @Override
        public void release(long number, String partition, Runnable released) {
            Session by = session;
            if (by != null && by.number == number && world.owners.get(partition) == by) {
                world.owners.remove(partition);
                world.tellAll();
            }
            post(released);
        }
    }
}
