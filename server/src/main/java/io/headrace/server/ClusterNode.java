/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.server;

import io.headrace.engine.segments.SegmentCommand;
import io.headrace.engine.segments.SegmentReply;
import io.headrace.engine.streams.StreamCommand;
import io.headrace.engine.streams.StreamReply;
import io.headrace.server.settings.Quorums;
import io.headrace.server.settings.Setting;
import io.headrace.server.settings.Settings;
import io.headrace.tiering.ChunkStorage;
import io.headrace.tiering.ChunkStorages;
import io.headrace.verticles.bookkeeper.BookKeeperLogStore;
import io.headrace.verticles.bookkeeper.LogOptions;
import io.headrace.verticles.bus.CommandBus;
import io.headrace.verticles.cluster.ClusterFacts;
import io.headrace.verticles.cluster.ClusteredVertx;
import io.headrace.verticles.cluster.NodeInfo;
import io.headrace.verticles.cluster.PartitionKeeper;
import io.headrace.verticles.cluster.Role;
import io.headrace.verticles.control.ControlVerticle;
import io.headrace.verticles.host.HostOptions;
import io.headrace.verticles.host.PartitionHost;
import io.headrace.verticles.host.Partitions;
import io.headrace.verticles.host.VertxLoop;
import io.headrace.verticles.net.Endpoint;
import io.headrace.verticles.net.Reach;
import io.headrace.verticles.rocksdb.RocksCheckpointStore;
import io.headrace.verticles.rocksdb.RocksOptions;
import io.headrace.verticles.wire.WireNode;
import io.headrace.verticles.zookeeper.ClusterAdmin;
import io.headrace.verticles.zookeeper.MemberList;
import io.headrace.verticles.zookeeper.SessionFile;
import io.headrace.verticles.zookeeper.ZooKeeperRegistry;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A node of a cluster: its log is on bookies, its data in a storage that all nodes share, and which partitions it has follows
 * from who else lives. {@link #compose} is where everything is put together.
 */
final class ClusterNode {
    private static final Logger LOG = LoggerFactory.getLogger(ClusterNode.class);

    private static final Duration START_LIMIT = Duration.ofSeconds(60);
    private static final Duration END_LIMIT = Duration.ofSeconds(4);
    private static final String SESSION = "session";
    private static final int HOLD_MILLIS = 50;
    private static final int POLL_MILLIS = 20;

    /** How many partitions a node hands over at a time. */
    private static final int MOVES = 2;

    private final Settings settings;
    private final Started started;
    private final Exposure exposure;
    private final Set<Role> roles;
    private final int sessionMillis;

    private ClusterNode(Settings settings, Started started) {
        this.settings = settings;
        this.started = started;
        this.exposure = Exposure.of(settings);
        this.roles = settings.get(Settings.ROLES);
        this.sessionMillis = (int) settings.get(Settings.SESSION_TIMEOUT).toMillis();
    }

    /**
     * Starts a node; returns when it serves.
     *
     * @throws StartException if it cannot; nothing is left running
     */
    static Server<Addresses> start(Settings settings) {
        return Server.start(started -> new ClusterNode(settings, started).compose());
    }

    private Addresses compose() throws IOException, InterruptedException {
        String zooKeeper = settings.get(Settings.ZOOKEEPER)
                .orElseThrow(() -> new StartException("a node of a cluster needs --" + Settings.ZOOKEEPER.name()
                        + " HOST:PORT,...: for a server without others use headrace standalone"));
        URI tier = settings.get(Settings.TIER2)
                .filter(address -> !address.equals(Settings.NO_TIER2))
                .orElseThrow(() -> new StartException("a node of a cluster needs --" + Settings.TIER2.name()
                        + ", the long-term storage that all nodes share"));
        Faces faces = new Faces(settings, exposure, started);
        faces.checkFree(Faces.PORTS);
        faces.checkFree(List.of(Settings.CLUSTER_PORT, Settings.BUS_PORT));
        DataDirectory data = started.add(
                "data directory", DataDirectory.open(settings.get(Settings.DATA), NodeFile.NAME), DataDirectory::close);
        ClusteredVertx.Listener member = listener(Settings.CLUSTER_PORT, Settings.ADVERTISED_CLUSTER);
        ClusterFacts facts;
        NodeFile file;
        try (ClusterAdmin admin = ClusterAdmin.connect(zooKeeper, (int) START_LIMIT.toMillis())) {
            facts = agreedUpon(admin.factsOr(proposed()));
            file = NodeFile.readOrCreate(data.path(), settings, facts.id());
            awaitName(admin, file.node(), data.path(), zooKeeper);
            admin.addMember(file.node(), member.advertised().toString());
        }
        ClusterFile counts = new ClusterFile(facts.segmentsPartitions(), facts.streamsPartitions());
        LongTermStorage tier2 = started.add(
                "long-term storage",
                LongTermStorage.open(
                        settings, data.path(), counts.segmentsPartitions(), PartitionMemory.blocks(settings)),
                LongTermStorage::close);
        BookKeeperLogStore logs =
                started.add("logs", BookKeeperLogStore.connect(logOptions(zooKeeper)), BookKeeperLogStore::close);
        RocksCheckpointStore checkpoints = checkpoints(data.path(), tier, logs);
        ZooKeeperRegistry registry = started.add(
                "registry",
                ZooKeeperRegistry.start(
                        zooKeeper, sessionMillis, new SessionFile(data.path().resolve(SESSION))),
                ZooKeeperRegistry::close);

        MemberList members =
                started.add("list of members", new MemberList(zooKeeper, sessionMillis), MemberList::close);
        Partitions<SegmentCommand, SegmentReply> segments = Partitions.ofSegments(table(facts.segments()));
        Partitions<StreamCommand, StreamReply> streams = Partitions.ofScopes(table(facts.streams()));
        ClusterState state = new ClusterState(segments, NodePartitions.segmentsNames(segments.count()));
        ClusteredVertx.Joined joined = started.add(
                "event loops",
                vertx(facts, file.node(), state, member, members),
                j -> Await.result("ending", j.vertx().close(), END_LIMIT));
        Vertx vertx = joined.vertx();
        Fenced fenced = new Fenced();
        PartitionHost host = started.add(
                "partitions",
                Await.result(
                        "starting event loops",
                        PartitionHost.start(
                                vertx, Server.EVENT_LOOPS, HostOptions.DEFAULT, (name, cause) -> fenced.tell(name)),
                        START_LIMIT),
                h -> Await.result("ending", h.close(), END_LIMIT));
        NodePartitions partitions = new NodePartitions(
                settings,
                new PartitionOpener(host, logs, checkpoints, PartitionMemory.options(settings, counts, false)),
                tier2,
                segments,
                streams);
        NodeMetrics metrics = new NodeMetrics();
        bus(vertx, file.node(), segments, streams, state, metrics);

        PartitionKeeper keeper = keeper(vertx, file.node(), registry, partitions);
        fenced.keeper = keeper::fenced;
        state.tell(keeper);
        registry.listen(state);

        WireNode node = faces.node(segments);
        vertx.setPeriodic(HOLD_MILLIS, id -> node.holdAppends(tier2.holdsWriters(() -> false)));
        int storePort = roles.contains(Role.STORE) ? faces.store(vertx, node, Server.EVENT_LOOPS) : 0;
        int controllerPort = roles.contains(Role.CONTROLLER) ? controller(faces, vertx, streams, state, metrics) : 0;
        ClusterWatch watch = watch(vertx, file.node(), state, registry);
        Health health = new Health(host, node.counters(), Optional.empty(), tier2, Optional.of(watch::toJson));
        Faces.Routes routes = roles.contains(Role.GATEWAY)
                ? faces.gateway(vertx, controller(state, controllerPort), streams)
                : router -> {};
        metrics.health(health);
        metrics.partitions(host);
        metrics.logs(logs);
        metrics.store(node.counters());
        metrics.storage(tier2);
        metrics.cluster(watch);
        int httpPort = faces.http(vertx, health::report, metrics.metrics(), routes);

        OwnAddresses own = new OwnAddresses(exposure);
        NodeInfo me = new NodeInfo(
                file.node(),
                roles.contains(Role.STORE) ? own.store(storePort) : nowhere(),
                roles.contains(Role.CONTROLLER) ? own.controller(controllerPort) : nowhere(),
                own.http(httpPort),
                own.bus(joined.busPort()),
                roles,
                settings.get(Settings.WEIGHT));
        announce(registry, me, zooKeeper);
        started.add("ownership", keeper, k -> handOver(registry, me, k, host));
        awaitOwners(state, partitions);
        LOG.info("node {} of cluster {} serves", me.id(), facts.id());
        own.check(vertx);
        return new Addresses(
                me.controller().toString(), me.store().toString(), me.http().toString());
    }

    private static int controller(
            Faces faces,
            Vertx vertx,
            Partitions<StreamCommand, StreamReply> streams,
            ClusterState state,
            NodeMetrics metrics)
            throws InterruptedException {
        ControlVerticle control = faces.controller(vertx, streams, state);
        metrics.controller(control.counters());
        return control.port();
    }

    /** What a node says of a port that it does not have. */
    private Endpoint nowhere() {
        return new Endpoint(exposure.advertised(), 0);
    }

    private ClusteredVertx.Listener listener(Setting<Integer> port, Setting<Optional<Endpoint>> advertised) {
        return new ClusteredVertx.Listener(settings.get(port), exposure.of(advertised, settings.get(port)));
    }

    private static ClusterWatch watch(Vertx vertx, String me, ClusterState state, ZooKeeperRegistry registry) {
        Reach reach = new Reach(vertx, ClusterWatch.LIMIT_MILLIS);
        ClusterWatch watch =
                new ClusterWatch(me, state::view, reach::attempt, registry::report, System::currentTimeMillis);
        lookAfterAWhile(vertx, watch);
        return watch;
    }

    private static void lookAfterAWhile(Vertx vertx, ClusterWatch watch) {
        vertx.setTimer(
                ClusterWatch.PERIOD_MILLIS, id -> watch.look().onComplete(done -> lookAfterAWhile(vertx, watch)));
    }

    private ClusterFacts proposed() {
        return new ClusterFacts(
                UUID.randomUUID().toString(),
                table(settings.get(Settings.SEGMENTS_PARTITIONS)),
                table(settings.get(Settings.STREAMS_PARTITIONS)));
    }

    private static List<Integer> table(int partitions) {
        return Arrays.stream(Partitions.evenTable(partitions)).boxed().toList();
    }

    private static int[] table(List<Integer> slots) {
        return slots.stream().mapToInt(Integer::intValue).toArray();
    }

    /** Numbers of partitions are for the whole cluster, and for good. */
    private ClusterFacts agreedUpon(ClusterFacts facts) {
        check(Settings.SEGMENTS_PARTITIONS, facts.segmentsPartitions());
        check(Settings.STREAMS_PARTITIONS, facts.streamsPartitions());
        return facts;
    }

    private void check(Setting<Integer> setting, int inForce) {
        if (!settings.isDefault(setting) && settings.get(setting) != inForce) {
            throw new StartException(setting.name() + " is " + inForce + " in this cluster and cannot be changed to "
                    + settings.get(setting) + ": leave the setting out");
        }
    }

    private LogOptions logOptions(String zooKeeper) {
        Quorums bookies = settings.get(Settings.BOOKIES);
        return LogOptions.of(zooKeeper)
                .withQuorums(bookies.ensemble(), bookies.write(), bookies.ack())
                .withRacks(settings.get(Settings.BOOKIE_RACKS))
                // Nothing is lost with this session; a short one makes that no log waits long for a server that is
                // silent.
                .withSession(sessionMillis);
    }

    /** Checkpoints are where the next owner finds them: beside the data. */
    private RocksCheckpointStore checkpoints(Path data, URI tier, BookKeeperLogStore logs) throws IOException {
        ChunkStorage chunks = started.add(
                "chunks", ChunkStorages.open(LongTermStorage.below(tier, "checkpoints")), ChunkStorage::close);
        return started.add(
                "rows",
                new RocksCheckpointStore(data.resolve("rows"), chunks, logs.formerCheckpoints(), RocksOptions.DEFAULT),
                RocksCheckpointStore::close);
    }

    private ClusteredVertx.Joined vertx(
            ClusterFacts facts, String me, ClusterState state, ClusteredVertx.Listener member, MemberList members)
            throws InterruptedException {
        ClusteredVertx.Joined joined = Await.result(
                "joining the event bus",
                ClusteredVertx.start(
                        Server.vertxOptions(),
                        "headrace-" + facts.id(),
                        me,
                        state::busOf,
                        exposure.bind(),
                        member,
                        members,
                        listener(Settings.BUS_PORT, Settings.ADVERTISED_BUS)),
                START_LIMIT);
        joined.vertx().exceptionHandler(cause -> FatalErrors.handle("an event loop", cause));
        return joined;
    }

    private static void bus(
            Vertx vertx,
            String me,
            Partitions<SegmentCommand, SegmentReply> segments,
            Partitions<StreamCommand, StreamReply> streams,
            ClusterState state,
            NodeMetrics metrics) {
        CommandBus<SegmentCommand, SegmentReply> toSegments = new CommandBus<>(
                vertx,
                "segments",
                SegmentCommand.class,
                SegmentReply.class,
                number -> state.ownerOf(NodePartitions.segmentsName(number)),
                CommandBus.Patience.ONCE);
        segments.reachOthersBy(toSegments);
        toSegments.listen(me, segments);
        CommandBus<StreamCommand, StreamReply> toStreams = new CommandBus<>(
                vertx,
                "streams",
                StreamCommand.class,
                StreamReply.class,
                number -> state.ownerOf(NodePartitions.streamsName(number)),
                CommandBus.Patience.REPEATING);
        streams.reachOthersBy(toStreams);
        toStreams.listen(me, streams);
        metrics.bus(toSegments);
        metrics.bus(toStreams);
    }

    private static PartitionKeeper keeper(
            Vertx vertx, String me, ZooKeeperRegistry registry, NodePartitions partitions) {
        VertxLoop loop = new VertxLoop(vertx.getOrCreateContext());
        PartitionKeeper.Places places = new PartitionKeeper.Places() {
            @Override
            public void open(String partition) {
                LOG.info("{} is opened here", partition);
                partitions.open(partition);
            }

            @Override
            public void close(String partition, Runnable closed) {
                LOG.info("{} is closed here", partition);
                partitions.close(partition).onComplete(done -> closed.run());
            }

            @Override
            public void abandon(String partition, Runnable closed) {
                LOG.info("{} is abandoned here", partition);
                partitions
                        .abandon(partition, "this node has lost its session with ZooKeeper")
                        .onComplete(done -> closed.run());
            }

            @Override
            public void later(long millis, Runnable task) {
                vertx.setTimer(millis, id -> loop.execute(task));
            }
        };
        Map<Role, List<String>> kinds =
                Map.of(Role.STORE, partitions.segmentsNames(), Role.CONTROLLER, partitions.streamsNames());
        return new PartitionKeeper(me, kinds, registry, places, loop, MOVES);
    }

    /** Who is asked by what comes over HTTP: this process if it can answer, else whoever lives. */
    private URI controller(ClusterState state, int controllerPort) throws InterruptedException {
        if (controllerPort != 0) {
            return exposure.self(controllerPort);
        }
        long deadline = System.nanoTime() + START_LIMIT.toNanos();
        while (state.controllers().isEmpty()) {
            if (System.nanoTime() > deadline) {
                throw new StartException(
                        "a gateway needs a controller, this node is none, and the cluster has none: start one first");
            }
            TimeUnit.MILLISECONDS.sleep(POLL_MILLIS);
        }
        return URI.create("tcp://" + state.controllers().get(0));
    }

    /**
     * Another node of the same name must not be touched, so this comes before all that bears the name. A former run of this
     * very directory is ended by the session that it has left there.
     */
    private void awaitName(ClusterAdmin admin, String id, Path data, String zooKeeper) throws InterruptedException {
        long deadline = System.nanoTime() + nameLimit().toNanos();
        while (!Files.exists(data.resolve(SESSION)) && admin.view().nodes().containsKey(id)) {
            if (System.nanoTime() > deadline) {
                throw nameIsTaken(id, zooKeeper, null);
            }
            TimeUnit.MILLISECONDS.sleep(POLL_MILLIS);
        }
    }

    /** After this time a node that has been killed is no longer there. */
    private Duration nameLimit() {
        return Duration.ofMillis(2L * sessionMillis + 5_000);
    }

    private static StartException nameIsTaken(String id, String zooKeeper, @Nullable Exception cause) {
        return new StartException(
                "this node could not be announced in ZooKeeper at " + zooKeeper + ": most likely another node named "
                        + id + " is running; stop it, or choose another name with --" + Settings.NODE.name(),
                cause);
    }

    private void announce(ZooKeeperRegistry registry, NodeInfo me, String zooKeeper) throws InterruptedException {
        registry.announce(me);
        try {
            registry.announced().toCompletableFuture().get(nameLimit().toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException | ExecutionException e) {
            throw nameIsTaken(me.id(), zooKeeper, e);
        }
    }

    /** That somebody has each partition makes for a pleasant start; it is no condition. */
    private static void awaitOwners(ClusterState state, NodePartitions partitions) throws InterruptedException {
        long deadline = System.nanoTime() + START_LIMIT.toNanos() / 2;
        while (!state.view().owners().keySet().containsAll(partitions.segmentsNames())
                || !state.view().owners().keySet().containsAll(partitions.streamsNames())) {
            if (System.nanoTime() > deadline) {
                LOG.warn("not every partition has an owner yet: is there a node for each role?");
                return;
            }
            TimeUnit.MILLISECONDS.sleep(POLL_MILLIS);
        }
    }

    /** What this node has goes to others, who may begin at once, before anything else of it ends. */
    private static void handOver(ZooKeeperRegistry registry, NodeInfo me, PartitionKeeper keeper, PartitionHost host)
            throws InterruptedException {
        registry.announce(me.weighing(0));
        keeper.end();
        long deadline = System.nanoTime() + END_LIMIT.toNanos();
        while (!host.partitions().isEmpty() && System.nanoTime() < deadline) {
            TimeUnit.MILLISECONDS.sleep(POLL_MILLIS);
        }
    }

    /** Partitions may be lost as soon as they are opened, which is after the keeper has been made. */
    private static final class Fenced {
        private volatile Consumer<String> keeper = name -> {};

        void tell(String name) {
            keeper.accept(name);
        }
    }
}
