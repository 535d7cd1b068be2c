/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.verticles.zookeeper;

import io.headrace.verticles.cluster.ClusterFacts;
import io.headrace.verticles.cluster.ClusterView;
import io.headrace.verticles.cluster.NodeInfo;
import io.headrace.verticles.cluster.NodeReport;
import io.headrace.verticles.net.Endpoint;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.bookkeeper.proto.BookieServiceInfoFormat;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.Watcher.Event.KeeperState;
import org.apache.zookeeper.ZooDefs;
import org.apache.zookeeper.ZooKeeper;
import org.apache.zookeeper.data.Stat;

/**
 * A cluster as seen from the command line and at the start of a node. All calls block, for as long as ZooKeeper takes, and
 * throw {@link ClusterException} if it does not answer.
 */
public final class ClusterAdmin implements AutoCloseable {
    private static final byte[] NOTHING = {};

    /** Where bookies say that they are there. */
    private static final String BOOKIES = "/ledgers/available";

    private static final String READ_ONLY = "readonly";

    private final String servers;
    private final ZooKeeper client;

    private ClusterAdmin(String servers, ZooKeeper client) {
        this.servers = servers;
        this.client = client;
    }

    /**
     * Connects.
     *
     * @param servers as {@code host:port,host:port}
     * @param millis how long to wait for one of them
     */
    public static ClusterAdmin connect(String servers, int millis) throws InterruptedException {
        CountDownLatch connected = new CountDownLatch(1);
        ZooKeeper client;
        try {
            client = new ZooKeeper(servers, millis, event -> {
                if (event.getState() == KeeperState.SyncConnected) {
                    connected.countDown();
                }
            });
        } catch (IOException | IllegalArgumentException e) {
            throw new ClusterException("cannot connect to ZooKeeper at " + servers + ": " + e.getMessage(), e);
        }
        ClusterAdmin admin = new ClusterAdmin(servers, client);
        if (!connected.await(millis, TimeUnit.MILLISECONDS)) {
            admin.close();
            throw new ClusterException(
                    "no ZooKeeper answers at " + servers + " within " + millis
                            + " ms: is it running, and is that its address?",
                    null);
        }
        return admin;
    }

    /** What has been decided for the cluster; empty if no node has started yet. */
    public Optional<ClusterFacts> facts() throws InterruptedException {
        return data(Paths.FACTS).map(text -> {
            try {
                return ClusterFacts.fromJson(new JsonObject(text));
            } catch (IllegalArgumentException | DecodeException e) {
                throw new ClusterException(Paths.FACTS + " in ZooKeeper cannot be read: " + e.getMessage(), e);
            }
        });
    }

    /** What has been decided for the cluster, which is {@code proposed} if nothing was. */
    public ClusterFacts factsOr(ClusterFacts proposed) throws InterruptedException {
        create(Paths.ROOT, NOTHING);
        create(Paths.FACTS, proposed.toJson().toBuffer().getBytes());
        return facts().orElseThrow();
    }

    /** Remembers where a node can be found by others. */
    public void addMember(String id, String address) throws InterruptedException {
        create(Paths.ROOT, NOTHING);
        create(Paths.MEMBERS, NOTHING);
        byte[] data = address.getBytes(StandardCharsets.UTF_8);
        create(Paths.MEMBERS + "/" + id, data);
        set(Paths.MEMBERS + "/" + id, data);
    }

    /** Where nodes may be found, by their ids; some may have ended long ago. */
    public Map<String, String> members() throws InterruptedException {
        return children(Paths.MEMBERS);
    }

    /** Who lives, and who has what. */
    public ClusterView view() throws InterruptedException {
        Map<String, NodeInfo> nodes = new TreeMap<>();
        for (String text : children(Paths.NODES).values()) {
            NodeInfo node = NodeInfo.fromJson(new JsonObject(text));
            nodes.put(node.id(), node);
        }
        return new ClusterView(0, nodes, children(Paths.OWNERS));
    }

    /**
     * What a node has noticed.
     *
     * @param aheadMillis how far its clock is ahead of ZooKeeper's; negative if it is behind
     */
    public record Noticed(long aheadMillis, Map<String, String> unreachable) {}

    /** What the nodes that live have noticed, by their ids. */
    public Map<String, Noticed> reports() throws InterruptedException {
        Map<String, Noticed> noticed = new TreeMap<>();
        try {
            for (String id : client.getChildren(Paths.REPORTS, false)) {
                Stat stat = new Stat();
                String text = new String(client.getData(Paths.report(id), false, stat), StandardCharsets.UTF_8);
                NodeReport report = NodeReport.fromJson(new JsonObject(text));
                noticed.put(id, new Noticed(report.clockMillis() - stat.getMtime(), report.unreachable()));
            }
        } catch (KeeperException.NoNodeException e) {
            return noticed; // nobody has been here yet, or somebody has just gone
        } catch (KeeperException e) {
            throw failed(Paths.REPORTS, e);
        } catch (IllegalArgumentException | DecodeException e) {
            throw new ClusterException(Paths.REPORTS + " in ZooKeeper cannot be read: " + e.getMessage(), e);
        }
        return noticed;
    }

    /**
     * A bookie that is there.
     *
     * @param address where it says that it is reached; empty if it does not say
     * @param isReadOnly whether it takes no data, for lack of room perhaps
     */
    public record Bookie(String name, Optional<Endpoint> address, boolean isReadOnly) {}

    /** The bookies that are there. */
    public List<Bookie> bookies() throws InterruptedException {
        List<Bookie> bookies = new ArrayList<>();
        addBookies(BOOKIES, false, bookies);
        addBookies(BOOKIES + "/" + READ_ONLY, true, bookies);
        return bookies;
    }

    private void addBookies(String parent, boolean areReadOnly, List<Bookie> to) throws InterruptedException {
        try {
            for (String name :
                    client.getChildren(parent, false).stream().sorted().toList()) {
                if (!name.equals(READ_ONLY)) {
                    byte[] data = client.getData(parent + "/" + name, false, null);
                    to.add(new Bookie(name, addressOf(name, data), areReadOnly));
                }
            }
        } catch (KeeperException.NoNodeException e) {
            return; // there has never been one, or it has just gone
        } catch (KeeperException e) {
            throw failed(parent, e);
        }
    }

    /** A bookie without a name of its own is named by its address. */
    private static Optional<Endpoint> addressOf(String name, byte[] data) {
        try {
            BookieServiceInfoFormat info = new BookieServiceInfoFormat();
            info.parseFrom(data);
            Optional<Endpoint> said = info.getEndpointsList().stream()
                    .filter(endpoint -> endpoint.getProtocol().equals("bookie-rpc"))
                    .map(endpoint -> new Endpoint(endpoint.getHost(), endpoint.getPort()))
                    .findFirst();
            return said.isPresent() || !name.contains(":") ? said : Optional.of(Endpoint.parse(name));
        } catch (RuntimeException e) {
            return Optional.empty(); // of a version that is not known here
        }
    }

    /**
     * Changes how much a node takes, until it is started anew.
     *
     * @param weight 0 to take all its partitions away
     * @return false if there is no such node
     */
    public boolean weigh(String id, int weight) throws InterruptedException {
        Optional<String> found = data(Paths.node(id));
        if (found.isEmpty()) {
            return false;
        }
        NodeInfo node = NodeInfo.fromJson(new JsonObject(found.get())).weighing(weight);
        return set(Paths.node(id), node.toJson().toBuffer().getBytes());
    }

    private Map<String, String> children(String parent) throws InterruptedException {
        Map<String, String> texts = new TreeMap<>();
        try {
            for (String child : client.getChildren(parent, false)) {
                data(parent + "/" + child).ifPresent(text -> texts.put(child, text));
            }
        } catch (KeeperException.NoNodeException e) {
            return texts; // nobody has been here yet
        } catch (KeeperException e) {
            throw failed(parent, e);
        }
        return texts;
    }

    private Optional<String> data(String path) throws InterruptedException {
        try {
            return Optional.of(new String(client.getData(path, false, null), StandardCharsets.UTF_8));
        } catch (KeeperException.NoNodeException e) {
            return Optional.empty();
        } catch (KeeperException e) {
            throw failed(path, e);
        }
    }

    private void create(String path, byte[] data) throws InterruptedException {
        try {
            client.create(path, data, ZooDefs.Ids.OPEN_ACL_UNSAFE, CreateMode.PERSISTENT);
        } catch (KeeperException.NodeExistsException e) {
            return; // as it should be
        } catch (KeeperException e) {
            throw failed(path, e);
        }
    }

    private boolean set(String path, byte[] data) throws InterruptedException {
        try {
            client.setData(path, data, -1);
            return true;
        } catch (KeeperException.NoNodeException e) {
            return false;
        } catch (KeeperException e) {
            throw failed(path, e);
        }
    }

    private ClusterException failed(String path, KeeperException cause) {
        return new ClusterException(
                "ZooKeeper at " + servers + " says " + cause.code() + " about " + path + ": try again", cause);
    }

    @Override
    public void close() {
        try {
            client.close();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
