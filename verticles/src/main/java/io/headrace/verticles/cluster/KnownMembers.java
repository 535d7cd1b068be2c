/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.verticles.cluster;

import com.hazelcast.cluster.Address;
import com.hazelcast.config.DiscoveryStrategyConfig;
import com.hazelcast.config.properties.PropertyDefinition;
import com.hazelcast.logging.ILogger;
import com.hazelcast.spi.discovery.AbstractDiscoveryStrategy;
import com.hazelcast.spi.discovery.DiscoveryNode;
import com.hazelcast.spi.discovery.DiscoveryStrategy;
import com.hazelcast.spi.discovery.DiscoveryStrategyFactory;
import com.hazelcast.spi.discovery.SimpleDiscoveryNode;
import io.headrace.verticles.net.Endpoint;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells Hazelcast where other members may be, in the very words in which they speak of themselves. Hazelcast's own way to join
 * by addresses looks names up first, and a member that calls itself by its name refuses who asks for its IP address.
 */
final class KnownMembers implements DiscoveryStrategyFactory {
    private static final Logger LOG = LoggerFactory.getLogger(KnownMembers.class);

    private final Supplier<Collection<String>> members;

    private KnownMembers(Supplier<Collection<String>> members) {
        this.members = members;
    }

    /** @param members as {@code host:port}; may block */
    static DiscoveryStrategyConfig of(Supplier<Collection<String>> members) {
        return new DiscoveryStrategyConfig(new KnownMembers(members), Map.of());
    }

    @Override
    public Class<? extends DiscoveryStrategy> getDiscoveryStrategyType() {
        return Strategy.class;
    }

    @Override
    @SuppressWarnings("rawtypes") // as Hazelcast declares it
    public DiscoveryStrategy newDiscoveryStrategy(
            DiscoveryNode self, ILogger logger, Map<String, Comparable> properties) {
        return new Strategy(members, logger);
    }

    @Override
    public Collection<PropertyDefinition> getConfigurationProperties() {
        return List.of();
    }

    private static final class Strategy extends AbstractDiscoveryStrategy {
        private final Supplier<Collection<String>> members;

        Strategy(Supplier<Collection<String>> members, ILogger logger) {
            super(logger, Map.of());
            this.members = members;
        }

        /** Asked again each time that it looks for others. */
        @Override
        public Iterable<DiscoveryNode> discoverNodes() {
            List<DiscoveryNode> found = new ArrayList<>();
            for (String text : members.get()) {
                Endpoint member = Endpoint.parse(text);
                try {
                    found.add(new SimpleDiscoveryNode(new Address(member.host(), member.port())));
                } catch (UnknownHostException e) {
                    LOG.debug("nobody knows {}, where another node was once", member, e);
                }
            }
            return found;
        }
    }
}
