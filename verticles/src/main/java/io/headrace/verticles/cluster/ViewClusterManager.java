/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.verticles.cluster;

import com.hazelcast.config.Config;
import io.headrace.verticles.net.Endpoint;
import io.vertx.core.Completable;
import io.vertx.core.spi.cluster.NodeInfo;
import io.vertx.core.spi.cluster.RegistrationInfo;
import io.vertx.spi.cluster.hazelcast.HazelcastClusterManager;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Tells the event bus where a message goes by what is known of the cluster anyway: the address of each node's commands ends with
 * its id, and where the node of an id listens is in the registry's view. Hazelcast would keep both in maps of its own; these lose
 * entries when its members fall apart and merge again, and then messages to a node that is well find nobody for minutes.
 *
 * <p>Called on any thread; has no state of its own.
 */
final class ViewClusterManager extends HazelcastClusterManager {
    /** Addresses that begin so are of this cluster's nodes; the kind of the commands and the id of the node follow. */
    private static final String OURS = "headrace.";

    private final String me;
    private final Function<String, @Nullable Endpoint> busOf;

    ViewClusterManager(Config config, String me, Function<String, @Nullable Endpoint> busOf) {
        super(config);
        this.me = me;
        this.busOf = busOf;
    }

    /** Where a node listens for commands of one kind; ids may contain dots, kinds do not. */
    static String address(String kind, String node) {
        return OURS + kind + "." + node;
    }

    private static String nodeOf(String address) {
        return address.substring(address.indexOf('.', OURS.length()) + 1);
    }

    @Override
    public String getNodeId() {
        return me;
    }

    @Override
    public void getNodeInfo(String node, Completable<NodeInfo> found) {
        Endpoint bus = busOf.apply(node);
        if (bus == null) {
            found.fail("there is no node " + node + " at present");
        } else {
            found.succeed(new NodeInfo(bus.host(), bus.port(), null));
        }
    }

    @Override
    public void getRegistrations(String address, Completable<List<RegistrationInfo>> found) {
        if (address.startsWith(OURS)) {
            found.succeed(List.of(new RegistrationInfo(nodeOf(address), 0, false)));
        } else {
            super.getRegistrations(address, found);
        }
    }

    @Override
    public void addRegistration(String address, RegistrationInfo registration, Completable<Void> done) {
        if (address.startsWith(OURS)) {
            done.succeed();
        } else {
            super.addRegistration(address, registration, done);
        }
    }

    @Override
    public void removeRegistration(String address, RegistrationInfo registration, Completable<Void> done) {
        if (address.startsWith(OURS)) {
            done.succeed();
        } else {
            super.removeRegistration(address, registration, done);
        }
    }
}
