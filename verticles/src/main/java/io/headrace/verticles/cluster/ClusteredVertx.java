/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.verticles.cluster;

import com.hazelcast.config.Config;
import com.hazelcast.config.JoinConfig;
import com.hazelcast.config.NetworkConfig;
import io.headrace.verticles.net.Endpoint;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.spi.cluster.hazelcast.ConfigUtil;
import java.util.Collection;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Vert.x with an event bus over all nodes of a cluster: Hazelcast brings them together, {@link ViewClusterManager} finds them. */
public final class ClusteredVertx {
    /**
     * One of the two ports by which nodes talk.
     *
     * @param port that it listens on; 0 takes any that is free
     * @param advertised where other nodes reach it, which may be another port; port 0 for the one that it listens on
     */
    public record Listener(int port, Endpoint advertised) {}

    /**
     * A node on the event bus.
     *
     * @param busPort that its event bus listens on
     */
    public record Joined(Vertx vertx, int busPort) {}

    private static final int CONNECT_MILLIS = 3_000;
    private static final int PING_MILLIS = 2_000;
    private static final int PONG_MILLIS = 3_000;

    private ClusteredVertx() {}

    /**
     * The address of the event bus where a node listens for commands.
     *
     * @param kind of the commands; without dots
     */
    public static String address(String kind, String node) {
        return ViewClusterManager.address(kind, node);
    }

    /**
     * Joins the event bus of a cluster.
     *
     * @param name of the cluster: nodes of others are not let in
     * @param me id of this node
     * @param busOf where the event bus of the node with an id is; null if that node is not there. Asked on any thread
     * @param bind address that both ports are bound to
     * @param member that of Hazelcast
     * @param members where it may be found in others, asked again whenever some are missing; this one may be among them
     * @param bus that of the event bus
     */
    public static Future<Joined> start(
            VertxOptions options,
            String name,
            String me,
            Function<String, @Nullable Endpoint> busOf,
            String bind,
            Listener member,
            Supplier<Collection<String>> members,
            Listener bus) {
        options.getEventBusOptions()
                .setHost(bind)
                // A node that is silent is left alone about as soon as its session ends, and asked anew.
                .setConnectTimeout(CONNECT_MILLIS)
                .setClusterPingInterval(PING_MILLIS)
                .setClusterPingReplyInterval(PONG_MILLIS)
                .setPort(bus.port())
                .setClusterPublicHost(bus.advertised().host());
        if (bus.advertised().port() != 0) {
            options.getEventBusOptions().setClusterPublicPort(bus.advertised().port());
        }
        ViewClusterManager manager = new ViewClusterManager(config(name, bind, member, members), me, busOf);
        return Vertx.builder()
                .with(options)
                .withClusterManager(manager)
                .buildClustered()
                .map(vertx -> new Joined(
                        vertx,
                        bus.port() != 0 ? bus.port() : manager.getNodeInfo().port()));
    }

    private static Config config(String name, String bind, Listener member, Supplier<Collection<String>> members) {
        Config config = ConfigUtil.loadConfig();
        config.setClusterName(name);
        config.setProperty("hazelcast.logging.type", "slf4j");
        config.setProperty("hazelcast.phone.home.enabled", "false");
        config.setProperty("hazelcast.shutdownhook.enabled", "false");
        config.setProperty("hazelcast.socket.bind.any", "false");
        // Nodes that start together find each other later, which takes no longer than this.
        config.setProperty("hazelcast.wait.seconds.before.join", "0");
        config.setProperty("hazelcast.merge.first.run.delay.seconds", "5");
        config.setProperty("hazelcast.merge.next.run.delay.seconds", "5");
        // A node that does not answer is left out soon; it comes back by itself.
        config.setProperty("hazelcast.max.no.heartbeat.seconds", "10");
        config.setProperty("hazelcast.heartbeat.interval.seconds", "1");
        NetworkConfig network = config.getNetworkConfig();
        network.setPort(member.port())
                .setPortAutoIncrement(false)
                .setPublicAddress(member.advertised().toString());
        network.getInterfaces().setEnabled(true).addInterface(bind);
        JoinConfig join = network.getJoin();
        join.getMulticastConfig().setEnabled(false);
        join.getAutoDetectionConfig().setEnabled(false);
        join.getTcpIpConfig().setEnabled(false).setConnectionTimeoutSeconds(2);
        join.getDiscoveryConfig().addDiscoveryStrategyConfig(KnownMembers.of(members));
        config.setProperty("hazelcast.discovery.enabled", "true");
        return config;
    }
}
