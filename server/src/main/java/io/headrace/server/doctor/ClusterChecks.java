/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.server.doctor;

import io.headrace.server.settings.Setting;
import io.headrace.server.settings.Settings;
import io.headrace.verticles.cluster.Clocks;
import io.headrace.verticles.cluster.ClusterFacts;
import io.headrace.verticles.cluster.NodeInfo;
import io.headrace.verticles.cluster.Role;
import io.headrace.verticles.net.Endpoint;
import io.headrace.verticles.zookeeper.ClusterAdmin;
import io.headrace.verticles.zookeeper.ClusterException;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** A cluster, as it is seen from this machine. */
final class ClusterChecks {
    private static final int CONNECT_MILLIS = 5_000;

    private final Settings settings;

    ClusterChecks(Settings settings) {
        this.settings = settings;
    }

    void run(String zooKeeper, Findings to) throws InterruptedException {
        storage(to);
        if (!zooKeeper(zooKeeper, to)) {
            return;
        }
        try (ClusterAdmin admin = ClusterAdmin.connect(zooKeeper, CONNECT_MILLIS)) {
            bookies(admin.bookies(), to);
            Optional<ClusterFacts> facts = admin.facts();
            if (facts.isEmpty()) {
                to.ok("cluster", "there is none yet: the first node makes it");
                return;
            }
            to.ok("cluster", "it is " + facts.get().id());
            partitions(Settings.SEGMENTS_PARTITIONS, facts.get().segmentsPartitions(), to);
            partitions(Settings.STREAMS_PARTITIONS, facts.get().streamsPartitions(), to);
            Map<String, NodeInfo> nodes = new TreeMap<>(admin.view().nodes());
            roles(nodes, to);
            nodes.values().forEach(node -> node(node, nodes.size(), to));
            new TreeMap<>(admin.reports()).forEach((id, noticed) -> noticed(id, noticed, to));
        } catch (ClusterException e) {
            to.problem("ZooKeeper", String.valueOf(e.getMessage()), "look at its log");
        }
    }

    private void storage(Findings to) {
        URI tier = settings.get(Settings.TIER2).orElse(Settings.NO_TIER2);
        if (tier.equals(Settings.NO_TIER2)) {
            to.problem(
                    "long-term storage",
                    "none is named",
                    "name one that all nodes share with --" + Settings.TIER2.name());
        } else {
            to.ok("long-term storage", "it is " + tier);
        }
    }

    private static boolean zooKeeper(String servers, Findings to) {
        boolean any = false;
        for (String server : servers.split(",", -1)) {
            Optional<String> failure;
            try {
                failure = Probe.connect(Endpoint.parse(server.strip().replaceAll("/.*", "")));
            } catch (IllegalArgumentException e) {
                failure = Optional.of(String.valueOf(e.getMessage()));
            }
            any |= failure.isEmpty();
            failure.ifPresentOrElse(
                    reason -> to.problem(
                            "ZooKeeper",
                            server + " cannot be reached: " + reason,
                            "start it, or correct --" + Settings.ZOOKEEPER.name()),
                    () -> to.ok("ZooKeeper", server + " is there"));
        }
        return any;
    }

    void bookies(List<ClusterAdmin.Bookie> bookies, Findings to) {
        int writable = 0;
        for (ClusterAdmin.Bookie bookie : bookies) {
            String where = bookie.address().map(Endpoint::toString).orElse(bookie.name());
            Optional<String> failure = bookie.address().flatMap(Probe::connect);
            if (failure.isPresent()) {
                to.problem(
                        "bookie",
                        bookie.name() + " cannot be reached from here at " + where + ": " + failure.get(),
                        "let it advertise an address that nodes can reach, or open that port");
            } else if (bookie.isReadOnly()) {
                to.warning("bookie", where + " takes no data", "its disk is full, most likely: its log says why");
            } else {
                writable++;
                to.ok("bookie", where + " is there");
            }
        }
        int needed = settings.get(Settings.BOOKIES).ensemble();
        if (writable < needed) {
            to.problem(
                    "bookies",
                    "there are " + writable + " that take data, and --" + Settings.BOOKIES.name() + " asks for "
                            + needed,
                    "start more, or lower the first number of --" + Settings.BOOKIES.name());
        } else if (writable == needed) {
            to.warning(
                    "bookies",
                    "there are no more than --" + Settings.BOOKIES.name() + " asks for: when one ends, writing ends",
                    "start one more, or lower the first number of --" + Settings.BOOKIES.name());
        }
    }

    private void partitions(Setting<Integer> setting, int inForce, Findings to) {
        if (!settings.isDefault(setting) && settings.get(setting) != inForce) {
            to.problem(
                    setting.name().replace('-', ' '),
                    "the cluster has " + inForce + ", the settings say " + settings.get(setting),
                    "leave --" + setting.name() + " out: it was decided by the first node");
        }
    }

    static void roles(Map<String, NodeInfo> nodes, Findings to) {
        for (Role role : List.of(Role.STORE, Role.CONTROLLER)) {
            if (nodes.values().stream().noneMatch(node -> node.roles().contains(role) && node.weight() > 0)) {
                to.problem(
                        "nodes",
                        "no node that lives is a " + role.text() + " that may have partitions",
                        "start one, or end the draining of one");
            }
        }
    }

    private static void node(NodeInfo node, int nodes, Findings to) {
        if (node.roles().contains(Role.CONTROLLER)) {
            address(node, "controller", node.controller(), Settings.ADVERTISED_CONTROLLER.name(), nodes, to);
        }
        if (node.roles().contains(Role.STORE)) {
            address(node, "store", node.store(), Settings.ADVERTISED_STORE.name(), nodes, to);
        }
        address(node, "HTTP port", node.http(), Settings.ADVERTISED_HTTP.name(), nodes, to);
        address(node, "event bus", node.bus(), Settings.ADVERTISED_BUS.name(), nodes, to);
    }

    static void address(NodeInfo node, String listener, Endpoint endpoint, String setting, int nodes, Findings to) {
        if (endpoint.port() == 0) {
            return;
        }
        String correct = "correct --" + setting + " or --" + Settings.ADVERTISED_HOST.name() + " of that node";
        Optional<String> failure = listener.equals("store") ? Probe.greetStore(endpoint) : Probe.connect(endpoint);
        String check = node.id() + ", " + listener;
        if (failure.isPresent()) {
            to.problem(
                    check,
                    "it advertises " + endpoint + ", and from here that fails: " + failure.get(),
                    correct + ", or open that port in what is in between");
        } else if (Probe.isLocal(endpoint.host())) {
            to.warning(
                    check,
                    "it advertises " + endpoint + ", which means another machine to everybody elsewhere",
                    "if not all " + nodes + " nodes and all clients are on this machine, " + correct);
        } else {
            to.ok(check, endpoint + " is there");
        }
    }

    static void noticed(String id, ClusterAdmin.Noticed noticed, Findings to) {
        if (Clocks.differ(noticed.aheadMillis())) {
            to.problem(
                    id + ", clock",
                    "it " + Clocks.difference(noticed.aheadMillis()),
                    "let all machines take their time from one source, with NTP or chrony");
        } else {
            to.ok(id + ", clock", "it agrees with ZooKeeper's");
        }
        new TreeMap<>(noticed.unreachable())
                .forEach((other, reason) -> to.problem(
                        id + ", event bus",
                        "it cannot reach " + other + " at " + reason,
                        "correct --" + Settings.ADVERTISED_BUS.name() + " of " + other
                                + ", or open that port between the two"));
    }
}
