/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.server.settings;

import io.headrace.engine.segments.LoadOptions;
import io.headrace.verticles.cluster.Role;
import io.headrace.verticles.net.ConnectionLimit;
import io.headrace.verticles.net.Endpoint;
import java.io.IOException;
import java.io.Reader;
import java.net.InetAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The settings in force. The command line wins over the environment, that over the configuration file, that over the
 * defaults.
 */
public final class Settings {

    /** Who may reach the server. */
    public enum Security {
        /** Only programs on this machine. */
        LOOPBACK,
        /** Everybody who can reach the address: nothing asks who they are. */
        OPEN
    }

    /** How much goes to the log on standard error. */
    public enum LogLevel {
        ERROR,
        WARN,
        INFO,
        DEBUG
    }

    /** How a line of the log looks. */
    public enum LogFormat {
        TEXT,
        JSON
    }

    public static final Setting<Path> DATA = Setting.directory(
            "data",
            "./data",
            "Where all data is kept. Created when missing; one server at a time may use it. To forget everything,"
                    + " stop the server and delete the directory.");

    public static final Setting<InetAddress> HOST = Setting.host(
            "host",
            "127.0.0.1",
            "Address that all ports listen on. Any address that other machines can reach also needs security=open.");

    public static final Setting<Optional<String>> ADVERTISED_HOST = Setting.text(
            "advertised-host",
            "HOST",
            "a host name or an IP address that clients can reach",
            "Address that clients and other nodes are told to connect to. By default that of host; needed when host is"
                    + " 0.0.0.0 or ::.");

    public static final Setting<Integer> CONTROLLER_PORT =
            Setting.port("controller-port", 9090, "Port of the controller (gRPC), to which clients connect first.");

    public static final Setting<Integer> STORE_PORT = Setting.port(
            "store-port", 12_345, "Port of the segment store (TCP), to which the controller sends clients.");

    public static final Setting<Integer> HTTP_PORT =
            Setting.port("http-port", 10_080, "Port of /health and of administration (HTTP).");

    public static final Setting<Optional<Endpoint>> ADVERTISED_CONTROLLER = Setting.endpoint(
            "advertised-controller",
            "Where clients reach the controller, if that is not advertised-host with controller-port: behind NAT, in a"
                    + " container, in a cloud's network.");

    public static final Setting<Optional<Endpoint>> ADVERTISED_STORE = Setting.endpoint(
            "advertised-store",
            "Where clients reach the segment store, if that is not advertised-host with store-port.");

    public static final Setting<Optional<Endpoint>> ADVERTISED_HTTP = Setting.endpoint(
            "advertised-http", "Where the HTTP port is reached, if that is not advertised-host with http-port.");

    public static final Setting<Security> SECURITY = Setting.choice(
            "security",
            EnumSet.allOf(Security.class),
            Security.LOOPBACK,
            "Who may connect: loopback is this machine only; open is everybody who can reach the address, with no"
                    + " password asked.");

    public static final Setting<Integer> CONNECTIONS = Setting.number(
            "connections",
            "N",
            1,
            1_000_000,
            ConnectionLimit.DEFAULT,
            "Connections that each port takes at a time; more are refused. Each may cost a few hundred kilobytes of direct"
                    + " memory when busy.");

    public static final Setting<Integer> HTTP_MESSAGE_KIB = Setting.number(
            "http-message-kib",
            "N",
            1,
            32 << 10,
            1024,
            "The largest message of a WebSocket, or body of a request over HTTP, in KiB.");

    public static final Setting<Set<String>> HTTP_ORIGINS = Setting.origins(
            "http-origins",
            "Web pages of other servers that browsers may use this one from. Pages of this server may anyway, and programs"
                    + " that are no browsers.");

    public static final Setting<Integer> SEGMENTS_PARTITIONS = Setting.number(
            "segments-partitions",
            "N",
            1,
            1024,
            4,
            "Number of partitions that store segments. Fixed when the data directory is first used.");

    public static final Setting<Integer> STREAMS_PARTITIONS = Setting.number(
            "streams-partitions",
            "N",
            1,
            64,
            1,
            "Number of partitions that store scopes and streams. Fixed when the data directory is first used.");

    public static final Setting<Integer> CACHE_MIB = Setting.number(
            "cache-mib",
            "N",
            16,
            1 << 20,
            320,
            "Memory for the newest data and for data read back, in MiB, shared by all partitions. It is direct memory:"
                    + " more of it may need a larger -XX:MaxDirectMemorySize in HEADRACE_JAVA_OPTS.");

    /** What {@link #TIER2} is if there is to be no long-term storage. */
    public static final URI NO_TIER2 = URI.create("none");

    public static final Setting<Optional<URI>> TIER2 = Setting.uri(
            "tier2",
            List.of("file", "hdfs", "s3"),
            NO_TIER2,
            "Long-term storage, to which data moves from the log: file:///DIR, hdfs://HOST:PORT/DIR, or"
                    + " s3://BUCKET/PREFIX?region=REGION. By default the directory tier2 under data; none leaves all data in"
                    + " the log. Once there is data in it, it cannot be another one.");

    public static final Setting<Integer> TIER2_LAG_MIB = Setting.number(
            "tier2-lag-mib",
            "N",
            16,
            1 << 24,
            4096,
            "How much data may wait in the log for long-term storage, in MiB, over all partitions; each append counts 256"
                    + " bytes more. Beyond that writers wait until there is less.");

    public static final Setting<Duration> TIER2_DELAY = Setting.time(
            "tier2-delay",
            Duration.ofMillis(1),
            Duration.ofHours(1),
            Duration.ofSeconds(10),
            "Data that has been in the log for so long moves to long-term storage, however little it is; to s3 six times as"
                    + " long, of open transactions twelve times.");

    public static final Setting<Duration> RETENTION_PERIOD = Setting.time(
            "retention-period",
            Duration.ofSeconds(1),
            Duration.ofHours(24),
            Duration.ofMinutes(30),
            "How often each stream with a retention policy is looked at. It is truncated where it ended at one of these"
                    + " times, or at what its subscribers are done with.");

    public static final Setting<Duration> WATERMARK_PERIOD = Setting.time(
            "watermark-period",
            Duration.ofSeconds(1),
            Duration.ofHours(1),
            Duration.ofSeconds(10),
            "How often readers of a stream whose writers note times are told what time it has come to.");

    public static final Setting<Duration> TRANSACTION_LIFE = Setting.time(
            "transaction-life",
            Duration.ofSeconds(10),
            Duration.ofHours(24),
            Duration.ofHours(24),
            "How long a transaction may stay open at most. After that it is aborted, even if its writer still says that"
                    + " it is at work.");

    public static final Setting<Integer> SCALING_PACE = Setting.number(
            "scaling-pace",
            "N",
            1,
            LoadOptions.MAX_PACE,
            1,
            "How many times faster than usual streams follow their load: every duration of automatic scaling is divided"
                    + " by this. For tests and demonstrations.");

    public static final Setting<Optional<String>> ZOOKEEPER = Setting.text(
            "zookeeper",
            "HOSTS",
            "addresses such as zk1:2181,zk2:2181,zk3:2181",
            "For nodes of a cluster: the ZooKeeper ensemble through which they find each other and their bookies.");

    public static final Setting<Optional<String>> NODE = Setting.text(
            "node",
            "NAME",
            "up to 64 letters, digits, dots, _ and -",
            "For nodes of a cluster: the name of this one, which no other may have. By default one is made up and kept in the"
                    + " data directory.");

    public static final Setting<Set<Role>> ROLES = Setting.choices(
            "roles",
            Role.class,
            "For nodes of a cluster: what this one does. A store has data and serves it, a controller has streams and serves"
                    + " the controller's port, a gateway serves administration and events over HTTP. Each has /health.");

    public static final Setting<Integer> WEIGHT = Setting.number(
            "weight", "N", 1, 100, 1, "For nodes of a cluster: how many partitions this one takes compared to others.");

    public static final Setting<Quorums> BOOKIES = new Setting<>(
            "bookies",
            "E/W/A",
            "3/3/2",
            "three numbers: bookies for a ledger, for each frame of it, and that must have a frame before it counts as"
                    + " durable",
            "For nodes of a cluster: on how many bookies data lies. To go on when one fails takes one more than the first"
                    + " number: with three bookies choose 2/2/2.",
            Quorums::parse);

    public static final Setting<Map<String, String>> BOOKIE_RACKS = Setting.racks(
            "bookie-racks",
            "For nodes of a cluster: in which rack, or region and rack, the bookies of a host are. Each frame goes to bookies"
                    + " of different racks where there are such. Say the same to all nodes.");

    public static final Setting<Duration> SESSION_TIMEOUT = Setting.time(
            "session-timeout",
            Duration.ofSeconds(2),
            Duration.ofMinutes(1),
            Duration.ofSeconds(5),
            "For nodes of a cluster: a node that ZooKeeper has not heard of for so long loses its partitions to others."
                    + " ZooKeeper allows between 2 and 20 of its ticks.");

    public static final Setting<Integer> CLUSTER_PORT = Setting.port(
            "cluster-port",
            5701,
            "For nodes of a cluster: port for Hazelcast, by which nodes know each other's event bus.");

    public static final Setting<Integer> BUS_PORT =
            Setting.port("bus-port", 5702, "For nodes of a cluster: port for the event bus between them.");

    public static final Setting<Optional<Endpoint>> ADVERTISED_CLUSTER = Setting.endpoint(
            "advertised-cluster",
            "For nodes of a cluster: where the others reach Hazelcast in this one, if that is not advertised-host with"
                    + " cluster-port.");

    public static final Setting<Optional<Endpoint>> ADVERTISED_BUS = Setting.endpoint(
            "advertised-bus",
            "For nodes of a cluster: where the others reach the event bus in this one, if that is not advertised-host with"
                    + " bus-port.");

    public static final Setting<LogLevel> LOG_LEVEL = Setting.choice(
            "log-level",
            EnumSet.allOf(LogLevel.class),
            LogLevel.INFO,
            "How much is logged to standard error; debug also shows the stack traces of a failed start and of the"
                    + " storage.");

    public static final Setting<LogFormat> LOG_FORMAT = Setting.choice(
            "log-format",
            EnumSet.allOf(LogFormat.class),
            LogFormat.TEXT,
            "How the log looks: lines for people, or one JSON object a line for programs, with timestamp (milliseconds since"
                    + " 1970), level, threadName, loggerName, formattedMessage and throwable, which is null without an exception.");

    /** Every setting, in the order in which help and sample file show them. */
    public static final List<Setting<?>> ALL = List.of(
            DATA,
            HOST,
            ADVERTISED_HOST,
            CONTROLLER_PORT,
            STORE_PORT,
            HTTP_PORT,
            ADVERTISED_CONTROLLER,
            ADVERTISED_STORE,
            ADVERTISED_HTTP,
            SECURITY,
            CONNECTIONS,
            HTTP_MESSAGE_KIB,
            HTTP_ORIGINS,
            SEGMENTS_PARTITIONS,
            STREAMS_PARTITIONS,
            CACHE_MIB,
            TIER2,
            TIER2_LAG_MIB,
            TIER2_DELAY,
            RETENTION_PERIOD,
            WATERMARK_PERIOD,
            TRANSACTION_LIFE,
            SCALING_PACE,
            ZOOKEEPER,
            NODE,
            ROLES,
            WEIGHT,
            BOOKIES,
            BOOKIE_RACKS,
            SESSION_TIMEOUT,
            CLUSTER_PORT,
            BUS_PORT,
            ADVERTISED_CLUSTER,
            ADVERTISED_BUS,
            LOG_LEVEL,
            LOG_FORMAT);

    /** Those that mean something for nodes of a cluster only. */
    public static final List<Setting<?>> OF_CLUSTER = List.of(
            ZOOKEEPER,
            NODE,
            ROLES,
            WEIGHT,
            BOOKIES,
            BOOKIE_RACKS,
            SESSION_TIMEOUT,
            CLUSTER_PORT,
            BUS_PORT,
            ADVERTISED_CLUSTER,
            ADVERTISED_BUS);

    /** Environment variable that names the configuration file. */
    public static final String FILE_VARIABLE = "HEADRACE_CONFIG";

    private record Value(Object value, String text, boolean isDefault) {}

    private final Map<Setting<?>, Value> values;

    private Settings(Map<Setting<?>, Value> values) {
        this.values = values;
    }

    /**
     * Works out the settings in force.
     *
     * @param commandLine by setting name
     * @param environment all variables of the process; those that are not of a setting are ignored
     * @param file the configuration file; null for the one that the environment names, if any
     * @throws SettingsException if a setting is unknown or its value cannot be used
     */
    public static Settings resolve(
            Map<String, String> commandLine, Map<String, String> environment, @Nullable Path file) {
        String named = environment.get(FILE_VARIABLE);
        Path source = file == null && named != null && !named.isBlank() ? Path.of(named) : file;
        Map<String, String> fromFile = source == null ? Map.of() : read(source);
        Map<Setting<?>, Value> values = new HashMap<>();
        for (Setting<?> setting : ALL) {
            values.put(setting, resolve(setting, commandLine, environment, fromFile, source));
        }
        return new Settings(values);
    }

    private static Value resolve(
            Setting<?> setting,
            Map<String, String> commandLine,
            Map<String, String> environment,
            Map<String, String> fromFile,
            @Nullable Path file) {
        String text = commandLine.get(setting.name());
        if (text != null) {
            return new Value(setting.parse(text.strip(), "--" + setting.name()), text.strip(), false);
        }
        text = environment.get(setting.variable());
        if (text != null) {
            return new Value(
                    setting.parse(text.strip(), "environment variable " + setting.variable()), text.strip(), false);
        }
        text = fromFile.get(setting.name());
        if (text != null) {
            return new Value(setting.parse(text.strip(), "file " + file), text.strip(), false);
        }
        return new Value(setting.parse(setting.defaultText(), "default"), setting.defaultText(), true);
    }

    private static Map<String, String> read(Path file) {
        Properties properties = new Properties();
        try (Reader reader = Files.newBufferedReader(file, StandardCharsets.UTF_8)) {
            properties.load(reader);
        } catch (NoSuchFileException e) {
            throw new SettingsException("configuration file " + file + " does not exist");
        } catch (IOException | IllegalArgumentException e) {
            throw new SettingsException("configuration file " + file + " cannot be read: " + e.getMessage());
        }
        List<String> known = ALL.stream().map(Setting::name).toList();
        Map<String, String> texts = new TreeMap<>();
        properties.stringPropertyNames().forEach(name -> texts.put(name, properties.getProperty(name)));
        for (String name : texts.keySet()) {
            if (!known.contains(name)) {
                String hint = Nearest.name(name, known)
                        .map(near -> "; did you mean \"" + near + "\"?")
                        .orElse("; known are " + String.join(", ", known));
                throw new SettingsException(
                        "configuration file " + file + ": there is no setting \"" + name + "\"" + hint);
            }
        }
        return texts;
    }

    /** The value in force. */
    @SuppressWarnings("unchecked") // resolve() puts under each key what its own parser returned
    public <T> T get(Setting<T> setting) {
        return (T) value(setting).value;
    }

    /** The value in force as it was written. */
    public String text(Setting<?> setting) {
        return value(setting).text;
    }

    /** Whether nobody has set it. */
    public boolean isDefault(Setting<?> setting) {
        return value(setting).isDefault;
    }

    private Value value(Setting<?> setting) {
        Value value = values.get(setting);
        if (value == null) {
            throw new IllegalArgumentException(setting.name() + " is not in the table");
        }
        return value;
    }
}
