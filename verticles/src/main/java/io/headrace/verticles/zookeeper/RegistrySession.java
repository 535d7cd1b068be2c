/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.verticles.zookeeper;

import io.headrace.verticles.cluster.ClusterView;
import io.headrace.verticles.cluster.NodeInfo;
import io.headrace.verticles.cluster.NodeReport;
import io.headrace.verticles.cluster.Registry.Claimed;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import org.apache.zookeeper.AddWatchMode;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.KeeperException.Code;
import org.apache.zookeeper.WatchedEvent;
import org.apache.zookeeper.Watcher;
import org.apache.zookeeper.Watcher.Event.EventType;
import org.apache.zookeeper.Watcher.Event.KeeperState;
import org.apache.zookeeper.ZooDefs;
import org.apache.zookeeper.ZooKeeper;
import org.apache.zookeeper.data.Stat;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One session of a registry. Answers of ZooKeeper come in the order of its changes, so each is applied as it comes; a view is
 * told when none is on its way. On the registry's thread.
 */
final class RegistrySession {
    private static final Logger LOG = LoggerFactory.getLogger(RegistrySession.class);
    private static final long RETRY_MILLIS = 200;
    private static final byte[] NOTHING = {};

    private final ZooKeeperRegistry registry;
    private final long number;
    private final int millis;
    private final ZooKeeper client;

    /** The same each time, or ZooKeeper would keep one more with each connection. It is told of connections, too. */
    private final Watcher watcher = this::watched;

    private final Map<String, NodeInfo> nodes = new TreeMap<>();
    private final Map<String, String> owners = new TreeMap<>();

    /** Answers to reads on their way. */
    private int reading;

    private boolean loaded;
    private boolean over;

    /** Counts connections and their losses, so that a timer knows whether it is about the present one. */
    private int connections;

    RegistrySession(ZooKeeperRegistry registry, long number, String servers, int millis) throws IOException {
        this.registry = registry;
        this.number = number;
        this.millis = millis;
        client = new ZooKeeper(servers, millis, event -> registry.execute(() -> happened(event)));
    }

    private void watched(WatchedEvent event) {
        String path = event.getPath();
        if (event.getType() != EventType.None && path != null) {
            registry.execute(() -> changed(path, event.getType()));
        }
    }

    private void happened(WatchedEvent event) {
        if (over) {
            return;
        }
        if (event.getState() == KeeperState.SyncConnected) {
            connections++;
            registry.connected(this, client.getSessionId(), client.getSessionPasswd());
            prepare(List.of(Paths.ROOT, Paths.NODES, Paths.OWNERS, Paths.REPORTS));
        } else if (event.getState() == KeeperState.Disconnected) {
            int lost = ++connections;
            registry.later(millis, () -> {
                if (!over && connections == lost) {
                    LOG.warn("no connection to ZooKeeper for {} ms", millis);
                    lose();
                }
            });
        } else if (event.getState() == KeeperState.Expired) {
            lose();
        }
    }

    /** Its end may wait for a server that does not answer, so it does so elsewhere: what is here has to go at once. */
    private void lose() {
        if (!over) {
            over = true;
            Thread ending = new Thread(this::close, "session-end");
            ending.setDaemon(true);
            ending.start();
            registry.lost(this);
        }
    }

    /** Ends the session now; what is on its way to ZooKeeper is answered all the same. */
    void end() {
        over = true;
        close();
    }

    private void close() {
        try {
            client.close(1);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    // ------------------------------------------------------------------------------------------------- the view

    /** Creates what a new cluster lacks, one after the other, then watches and reads. */
    private void prepare(List<String> missing) {
        if (missing.isEmpty()) {
            watch(Paths.NODES);
            watch(Paths.OWNERS);
            return;
        }
        client.create(
                missing.get(0),
                NOTHING,
                ZooDefs.Ids.OPEN_ACL_UNSAFE,
                CreateMode.PERSISTENT,
                (rc, path, context, name) -> registry.execute(() -> {
                    Code code = Code.get(rc);
                    if (code == Code.OK || code == Code.NODEEXISTS) {
                        prepare(missing.subList(1, missing.size()));
                    } else {
                        unless("creating " + path, code);
                    }
                }),
                null);
    }

    /** A watch does not tell what was missed without a connection: so everything is read with each. */
    private void watch(String parent) {
        client.addWatch(
                parent,
                watcher,
                AddWatchMode.PERSISTENT_RECURSIVE,
                (rc, path, context) -> registry.execute(() -> {
                    if (Code.get(rc) == Code.OK) {
                        readAll(parent);
                    } else {
                        unless("watching " + path, Code.get(rc));
                    }
                }),
                null);
    }

    private void readAll(String parent) {
        reading++;
        client.getChildren(
                parent,
                false,
                (rc, path, context, children) -> registry.execute(() -> {
                    reading--;
                    if (Code.get(rc) == Code.OK) {
                        Set<String> present = new HashSet<>(children);
                        (parent.equals(Paths.NODES) ? nodes : owners).keySet().retainAll(present);
                        present.forEach(child -> read(parent + "/" + child));
                        if (parent.equals(Paths.OWNERS)) { // the second of two that are read in order
                            loaded = true;
                            announce();
                        }
                        publish();
                    } else {
                        unless("listing " + path, Code.get(rc));
                    }
                }),
                null);
    }

    private void changed(String path, EventType type) {
        if (over || path.equals(Paths.NODES) || path.equals(Paths.OWNERS)) {
            return;
        }
        if (type == EventType.NodeDeleted) {
            forget(path);
            publish();
        } else if (type == EventType.NodeCreated || type == EventType.NodeDataChanged) {
            read(path);
        }
    }

    private void read(String path) {
        read(path, stat -> {}, code -> {
            if (code != Code.NONODE) {
                unless("reading " + path, code);
            }
        });
    }

    /** Reads a node into the view, which is told before {@code found} is. One of the two is called. */
    private void read(String path, Consumer<Stat> found, Consumer<Code> failed) {
        reading++;
        client.getData(
                path,
                false,
                (rc, where, context, data, stat) -> registry.execute(() -> {
                    reading--;
                    Code code = Code.get(rc);
                    if (code == Code.OK) {
                        remember(path, data, stat);
                    } else if (code == Code.NONODE) {
                        forget(path);
                    }
                    publish();
                    if (code == Code.OK) {
                        found.accept(stat);
                    } else {
                        failed.accept(code);
                    }
                }),
                null);
    }

    private void remember(String path, byte[] data, Stat stat) {
        String text = new String(data, StandardCharsets.UTF_8);
        if (path.startsWith(Paths.OWNERS)) {
            owners.put(Paths.name(path), text);
            return;
        }
        try {
            NodeInfo node = NodeInfo.fromJson(new JsonObject(text));
            nodes.put(node.id(), node);
            if (isOurs(stat)) {
                registry.seen(node);
            }
        } catch (IllegalArgumentException | DecodeException e) {
            LOG.error("{} is left out: {}", path, e.getMessage());
            nodes.remove(Paths.name(path));
        }
    }

    private void forget(String path) {
        (path.startsWith(Paths.OWNERS) ? owners : nodes).remove(Paths.name(path));
    }

    void publish() {
        if (loaded && reading == 0 && !over) {
            registry.changed(this, new ClusterView(number, nodes, owners));
        }
    }

    // -------------------------------------------------------------------------------------------- this node's own

    void announce() {
        NodeInfo me = registry.me();
        if (me == null || !loaded || over) {
            return;
        }
        byte[] data = me.toJson().toBuffer().getBytes();
        client.create(
                Paths.node(me.id()),
                data,
                ZooDefs.Ids.OPEN_ACL_UNSAFE,
                CreateMode.EPHEMERAL,
                (rc, path, context, name) -> registry.execute(() -> {
                    Code code = Code.get(rc);
                    if (code == Code.OK) {
                        registry.announcedBy(this);
                    } else if (code == Code.NODEEXISTS) {
                        update(path, data);
                    } else {
                        unless("creating " + path, code);
                    }
                }),
                null);
    }

    /** Of this session it is brought up to date; that of a former run, or of another node of that name, must go first. */
    private void update(String path, byte[] data) {
        read(
                path,
                stat -> {
                    if (isOurs(stat)) {
                        set(path, data);
                    } else {
                        registry.later(RETRY_MILLIS, this::announce);
                    }
                },
                code -> {
                    if (code == Code.NONODE) {
                        registry.later(RETRY_MILLIS, this::announce);
                    } else {
                        unless("reading " + path, code);
                    }
                });
    }

    private void set(String path, byte[] data) {
        client.setData(
                path,
                data,
                -1,
                (rc, where, context, changed) -> registry.execute(() -> {
                    if (Code.get(rc) == Code.OK) {
                        registry.announcedBy(this);
                    } else {
                        unless("changing " + path, Code.get(rc));
                    }
                }),
                null);
    }

    private boolean isOurs(Stat stat) {
        return stat.getEphemeralOwner() == client.getSessionId();
    }

    void claim(String partition, Claimed claimed) {
        NodeInfo me = registry.me();
        if (me == null || over) {
            claimed.done(false);
            return;
        }
        client.create(
                Paths.owner(partition),
                me.id().getBytes(StandardCharsets.UTF_8),
                ZooDefs.Ids.OPEN_ACL_UNSAFE,
                CreateMode.EPHEMERAL,
                (rc, path, context, name) -> registry.execute(() -> {
                    Code code = Code.get(rc);
                    if (code == Code.OK) {
                        claimed.done(!over);
                    } else if (code == Code.NODEEXISTS) {
                        settle(partition, claimed);
                    } else {
                        again(code, () -> claim(partition, claimed), () -> claimed.done(false));
                    }
                }),
                null);
    }

    /** The view knows the other owner before the claim is refused. */
    private void settle(String partition, Claimed claimed) {
        read(
                Paths.owner(partition),
                stat -> claimed.done(!over && isOurs(stat)),
                code -> again(code, () -> claim(partition, claimed), () -> claimed.done(false)));
    }

    void release(String partition, Runnable released) {
        if (over) {
            released.run();
            return;
        }
        client.delete(
                Paths.owner(partition),
                -1,
                (rc, path, context) -> registry.execute(() -> {
                    Code code = Code.get(rc);
                    if (code == Code.OK || code == Code.NONODE) {
                        forget(path);
                        publish();
                        released.run();
                    } else {
                        again(code, () -> release(partition, released), released);
                    }
                }),
                null);
    }

    /**
     * Writes down what this node has noticed. Should that fail, the next report will do.
     *
     * @param written told when that was by ZooKeeper's clock
     */
    void report(NodeReport report, LongConsumer written) {
        NodeInfo me = registry.me();
        if (me == null || !loaded || over) {
            return;
        }
        byte[] data = report.toJson().toBuffer().getBytes();
        client.setData(
                Paths.report(me.id()),
                data,
                -1,
                (rc, path, context, stat) -> registry.execute(() -> {
                    if (Code.get(rc) == Code.NONODE) {
                        firstReport(path, data, written);
                    } else {
                        reported(Code.get(rc), stat, written);
                    }
                }),
                null);
    }

    private void firstReport(String path, byte[] data, LongConsumer written) {
        client.create(
                path,
                data,
                ZooDefs.Ids.OPEN_ACL_UNSAFE,
                CreateMode.EPHEMERAL,
                (rc, where, context, name, stat) -> registry.execute(() -> reported(Code.get(rc), stat, written)),
                null);
    }

    private static void reported(Code code, @Nullable Stat stat, LongConsumer written) {
        if (code == Code.OK && stat != null) {
            written.accept(stat.getMtime());
        } else {
            LOG.debug("reporting: ZooKeeper says {}", code);
        }
    }

    private void again(Code code, Runnable retry, Runnable giveUp) {
        if (over || code == Code.SESSIONEXPIRED) {
            giveUp.run();
        } else {
            LOG.debug("ZooKeeper says {}: trying again", code);
            registry.later(code == Code.NONODE ? 1 : RETRY_MILLIS, retry);
        }
    }

    /** Without a connection everything is read again as soon as there is one. */
    private void unless(String what, Code code) {
        if (over || code == Code.CONNECTIONLOSS || code == Code.SESSIONEXPIRED) {
            LOG.debug("{}: ZooKeeper says {}", what, code);
            return;
        }
        LOG.error("{} failed, ZooKeeper says {}: the session is given up", what, code);
        lose();
    }
}
