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
import io.vertx.spi.cluster.hazelcast.HazelcastClusterManager;
import java.util.Collection;
import java.util.function.Supplier;

/**
 * Vert.x with an event bus over all nodes of a cluster. Hazelcast knows which of them listen, and nothing else: what it forgets
 * or sees late costs messages, which are sent again.
 */
public final class ClusteredVertx {
    /**
     * One of the two ports by which nodes talk.
     *
     * @param port that it listens on; 0 takes any that is free
     * @param advertised where other nodes reach it, which may be another port; port 0 for the one that it listens on
     */
    public record Listener(int port, Endpoint advertised) {}

    private ClusteredVertx() {}

    /**
     * Joins the event bus of a cluster.
     *
     * @param name of the cluster: nodes of others are not let in
     * @param bind address that both ports are bound to
     * @param member that of Hazelcast
     * @param members where it may be found in others, asked again whenever some are missing; this one may be among them
     * @param bus that of the event bus
     */
    public static Future<Vertx> start(
            VertxOptions options,
            String name,
            String bind,
            Listener member,
            Supplier<Collection<String>> members,
            Listener bus) {
        int busPort = bus.advertised().port();
        options.getEventBusOptions()
                .setHost(bind)
                .setPort(bus.port())
                .setClusterPublicHost(bus.advertised().host())
                .setClusterPublicPort(busPort == 0 ? -1 : busPort);
        return Vertx.builder()
                .with(options)
                .withClusterManager(new HazelcastClusterManager(config(name, bind, member, members)))
                .buildClustered();
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
