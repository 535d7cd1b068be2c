/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.verticles.bookkeeper;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.bookkeeper.client.RackawareEnsemblePlacementPolicyImpl;
import org.apache.bookkeeper.conf.ClientConfiguration;
import org.apache.bookkeeper.net.AbstractDNSToSwitchMapping;
import org.apache.bookkeeper.net.NetworkTopology;

/**
 * Says in which rack a bookie is, by its host, so that BookKeeper spreads each frame over racks where it can. Made and asked by
 * BookKeeper, which knows it by its class; what it says is in the configuration.
 */
public final class BookieRacks extends AbstractDNSToSwitchMapping {
    private static final String RACKS = "headraceBookieRacks";

    // No commas: BookKeeper's configuration would take them for the ends of values.
    private static final String SEPARATOR = ";";

    /** Puts into a client's configuration what is known of racks. */
    static void configure(ClientConfiguration conf, Map<String, String> racks) {
        conf.setProperty(RackawareEnsemblePlacementPolicyImpl.REPP_DNS_RESOLVER_CLASS, BookieRacks.class.getName());
        conf.setProperty(
                RACKS,
                new TreeMap<>(racks)
                        .entrySet().stream()
                                .map(entry -> entry.getKey() + "=" + location(entry.getValue()))
                                .collect(Collectors.joining(SEPARATOR)));
    }

    /** All locations must be of one depth: a rack without a region is in the usual one. */
    private static String location(String rack) {
        return rack.contains("/") ? "/" + rack : NetworkTopology.DEFAULT_REGION + "/" + rack;
    }

    @Override
    public List<String> resolve(List<String> hosts) {
        Map<String, String> locations = new HashMap<>();
        for (String entry : getConf().getString(RACKS, "").split(SEPARATOR, -1)) {
            int equals = entry.indexOf('=');
            if (equals > 0) {
                locations.put(entry.substring(0, equals), entry.substring(equals + 1));
            }
        }
        return hosts.stream()
                .map(host -> locations.getOrDefault(host, NetworkTopology.DEFAULT_REGION_AND_RACK))
                .toList();
    }

    @Override
    public void reloadCachedMappings() {
        // nothing is kept
    }
}
