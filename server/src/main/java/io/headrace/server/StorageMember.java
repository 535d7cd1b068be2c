/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.server;

import io.headrace.server.settings.Setting;
import io.headrace.server.settings.Settings;
import io.headrace.server.settings.SettingsException;
import io.headrace.verticles.embedded.BookieMember;
import io.headrace.verticles.embedded.EmbeddedOptions;
import io.headrace.verticles.embedded.ZooKeeperMember;
import io.headrace.verticles.net.Endpoint;
import io.vertx.core.json.JsonObject;
import java.net.InetAddress;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** {@code headrace bookie} and {@code headrace zookeeper}: the storage of small clusters, from this distribution. */
final class StorageMember {
    private static final Pattern SERVER = Pattern.compile("([1-9][0-9]{0,2})=([^:,\\s]+:[0-9]+:[0-9]+)");

    private StorageMember() {}

    /**
     * Starts a bookie; returns when it serves.
     *
     * @throws StartException if it cannot
     */
    static Server<JsonObject> bookie(Settings settings, int port) {
        String zooKeeper = settings.get(Settings.ZOOKEEPER)
                .orElseThrow(() -> new SettingsException(
                        "say with --" + Settings.ZOOKEEPER.name() + " where the cluster's ZooKeeper is"));
        InetAddress host = settings.get(Settings.HOST);
        String advertised = Exposure.of(settings).advertised();
        EmbeddedOptions options =
                EmbeddedOptions.in(settings.get(Settings.DATA)).withPorts(0, port);
        return Server.start(started -> {
            started.add(
                    "bookie",
                    BookieMember.start(zooKeeper, host, advertised, options, FatalErrors::endNow),
                    BookieMember::close);
            return new JsonObject().put("bookie", new Endpoint(advertised, port).toString());
        });
    }

    /**
     * Starts a server of ZooKeeper; returns when it listens.
     *
     * @param id its number among {@code servers}
     * @param servers all of the ensemble, as {@code 1=host:port:port,2=...}; empty for one alone
     * @throws StartException if it cannot
     */
    static Server<JsonObject> zooKeeper(Settings settings, int port, int id, String servers) {
        Map<Integer, String> parsed = parse(servers);
        if (!parsed.isEmpty() && !parsed.containsKey(id)) {
            throw new SettingsException("--id is " + id + ", and --servers has no server of that number");
        }
        InetAddress host = reachable(settings);
        return Server.start(started -> {
            started.add(
                    "data directory", DataDirectory.open(settings.get(Settings.DATA), "myid"), DataDirectory::close);
            ZooKeeperMember.start(settings.get(Settings.DATA), host, port, id, parsed, FatalErrors::endNow);
            return new JsonObject().put("zookeeper", new Endpoint(host.getHostAddress(), port).toString());
        });
    }

    private static InetAddress reachable(Settings settings) {
        InetAddress host = settings.get(Settings.HOST);
        Exposure.of(settings);
        if (host.isAnyLocalAddress()) {
            throw new SettingsException(Settings.HOST.name() + " is " + host.getHostAddress()
                    + ", which no other machine could connect to: name one address of this machine");
        }
        return host;
    }

    private static Map<Integer, String> parse(String servers) {
        Map<Integer, String> parsed = new TreeMap<>();
        for (String server : servers.isEmpty() ? new String[0] : servers.split(",", -1)) {
            Matcher matcher = SERVER.matcher(server.strip());
            if (!matcher.matches()) {
                throw new SettingsException(
                        "--servers: \"" + server
                                + "\" cannot be used; it must be a number and an address with two ports, such as 1=zk1:2888:3888");
            }
            parsed.put(Integer.parseInt(matcher.group(1)), matcher.group(2));
        }
        return parsed;
    }

    /** What both commands can be told beside their own options. */
    static List<Setting<?>> settings(boolean ofBookie) {
        return ofBookie
                ? List.of(
                        Settings.DATA,
                        Settings.HOST,
                        Settings.ADVERTISED_HOST,
                        Settings.SECURITY,
                        Settings.ZOOKEEPER,
                        Settings.LOG_LEVEL,
                        Settings.LOG_FORMAT)
                : List.of(Settings.DATA, Settings.HOST, Settings.SECURITY, Settings.LOG_LEVEL, Settings.LOG_FORMAT);
    }
}
