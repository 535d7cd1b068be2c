/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.server;

import io.headrace.server.cli.ClientCommands;
import io.headrace.server.cli.CommandException;
import io.headrace.server.cli.Console;
import io.headrace.server.demo.Demo;
import io.headrace.server.demo.DemoException;
import io.headrace.server.settings.SampleFile;
import io.headrace.server.settings.Setting;
import io.headrace.server.settings.Settings;
import io.headrace.server.settings.SettingsException;
import io.headrace.verticles.zookeeper.ClusterException;
import io.vertx.core.json.JsonObject;
import io.vertx.core.net.HostAndPort;
import java.io.BufferedOutputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

/** The command line. */
public final class Main {
    private static final Logger LOG = LoggerFactory.getLogger(Main.class);

    private static final int FAILED = 1;
    private static final int BAD_USAGE = 2;
    private static final int BOOKIE_PORT = 3181;
    private static final int ZOOKEEPER_PORT = 2181;

    private final Console console;
    private final PrintStream out;
    private final PrintStream err;
    private final Map<String, String> environment;

    /** A command line with everything that it has of the world around it. */
    public Main(InputStream in, PrintStream out, PrintStream err, Map<String, String> environment) {
        this.console = new Console(in, out, err, environment);
        this.out = out;
        this.err = err;
        this.environment = environment;
    }

    public static void main(String[] arguments) {
        PrintStream out = utf8(FileDescriptor.out);
        // Nothing but what this class prints reaches standard output: libraries chat there.
        System.setOut(new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8));
        FatalErrors.endTheProcess();
        System.exit(new Main(System.in, out, utf8(FileDescriptor.err), System.getenv()).run(arguments));
    }

    /** Events are bytes and charts are drawn with more than ASCII, whatever this machine thinks its terminal can do. */
    private static PrintStream utf8(FileDescriptor descriptor) {
        return new PrintStream(
                new BufferedOutputStream(new FileOutputStream(descriptor)), true, StandardCharsets.UTF_8);
    }

    /** Runs one command to its end and returns the exit code. */
    public int run(String... arguments) {
        return ClientCommands.prepare(new CommandLine(commands(arguments.length == 0 ? "" : arguments[0])))
                .setOut(new PrintWriter(out, true, StandardCharsets.UTF_8))
                .setErr(new PrintWriter(err, true, StandardCharsets.UTF_8))
                .setExecutionStrategy(this::execute)
                .setParameterExceptionHandler(this::badUsage)
                .execute(arguments);
    }

    private CommandSpec commands(String asked) {
        List<Setting<?>> alone = new ArrayList<>(Settings.ALL);
        alone.removeAll(Settings.OF_CLUSTER);
        CommandSpec generate = command("generate", GenerateCommand.ABOUT);
        GenerateCommand.FILES.forEach((name, file) -> generate.addSubcommand(name, command(name, file.about())));
        CommandSpec demo = command("demo", Demo.ABOUT);
        demo.addOption(OptionSpec.builder("--controller")
                .type(String.class)
                .paramLabel("HOST:PORT")
                .description("Controller of a running server. Without it, one is started for the demo and thrown away.")
                .build());
        CommandSpec root = command(
                CommandSpec.wrapWithoutInspection(console),
                "headrace",
                "A streaming store: durable, ordered, wire-compatible with Pravega clients.");
        root.addSubcommand(
                        "standalone",
                        configured(
                                command("standalone", "Runs a whole server in one process, until it is stopped."),
                                alone))
                .addSubcommand(
                        "server",
                        configured(command("server", "Runs a node of a cluster, until it is stopped."), Settings.ALL))
                .addSubcommand("bookie", bookie())
                .addSubcommand("zookeeper", zooKeeper())
                .addSubcommand("cluster", cluster())
                .addSubcommand("demo", demo)
                .addSubcommand(
                        "doctor", configured(DoctorCommand.with(command("doctor", DoctorCommand.ABOUT)), Settings.ALL))
                .addSubcommand("debug", debug())
                .addSubcommand("generate", generate)
                .addSubcommand(
                        "config", command("config", "Prints a configuration file that documents every setting."));
        ClientCommands.addTo(root, asked);
        return root;
    }

    private static CommandSpec configured(CommandSpec command, List<Setting<?>> settings) {
        command.addOption(OptionSpec.builder("--config")
                .type(Path.class)
                .paramLabel("FILE")
                .description("Configuration file (also: " + Settings.FILE_VARIABLE + "). See: headrace config.")
                .build());
        for (Setting<?> setting : settings) {
            command.addOption(OptionSpec.builder("--" + setting.name())
                    .type(String.class)
                    .paramLabel(setting.label())
                    .description(
                            setting.about(),
                            "Allowed: " + setting.allowed() + ".",
                            setting.defaultText().isEmpty() ? "Default: nothing." : "Default: " + setting.defaultText())
                    .build());
        }
        return command;
    }

    private static CommandSpec debug() {
        return command("debug", DebugCommand.ABOUT)
                .addSubcommand(
                        "bundle",
                        configured(DebugCommand.with(command("bundle", DebugCommand.ABOUT_BUNDLE)), Settings.ALL));
    }

    private static CommandSpec bookie() {
        CommandSpec bookie =
                command("bookie", "Runs a bookie, which keeps part of the log of a cluster, until it is stopped.");
        bookie.addOption(port("Port that it listens on.", BOOKIE_PORT));
        return configured(bookie, StorageMember.settings(true));
    }

    private static CommandSpec zooKeeper() {
        CommandSpec zooKeeper = command("zookeeper", "Runs a server of a cluster's ZooKeeper, until it is stopped.");
        zooKeeper.addOption(port("Port for its clients.", ZOOKEEPER_PORT));
        zooKeeper.addOption(OptionSpec.builder("--servers")
                .type(String.class)
                .paramLabel("N=HOST:PORT:PORT,...")
                .description("All servers of the ensemble, three or five. Without it there is only this one.")
                .build());
        zooKeeper.addOption(OptionSpec.builder("--id")
                .type(Integer.class)
                .paramLabel("N")
                .description("Number of this one among them.")
                .build());
        return configured(zooKeeper, StorageMember.settings(false));
    }

    private static OptionSpec port(String about, int byDefault) {
        return OptionSpec.builder("--port")
                .type(Integer.class)
                .paramLabel("PORT")
                .description(about, "Default: " + byDefault)
                .build();
    }

    private static CommandSpec cluster() {
        CommandSpec status = command("status", "Shows which nodes live and which partitions each has.");
        CommandSpec drain = command("drain", "Moves all partitions of a node to others, until it is started anew.");
        CommandSpec weigh =
                command("weigh", "Changes how much a node takes compared to others, until it is started anew.");
        for (CommandSpec command : List.of(drain, weigh)) {
            command.addPositional(PositionalParamSpec.builder()
                    .type(String.class)
                    .paramLabel("NODE")
                    .description("Its name, as headrace cluster status shows it.")
                    .index("0")
                    .required(true)
                    .build());
        }
        weigh.addPositional(PositionalParamSpec.builder()
                .type(Integer.class)
                .paramLabel("WEIGHT")
                .description("0 to 100; 0 moves everything away.")
                .index("1")
                .required(true)
                .build());
        CommandSpec rebalance =
                command("rebalance", "Shows how partitions move to where they should be, until all are there.");
        for (CommandSpec command : List.of(status, drain, weigh, rebalance)) {
            command.addOption(OptionSpec.builder("--" + Settings.ZOOKEEPER.name())
                    .type(String.class)
                    .paramLabel(Settings.ZOOKEEPER.label())
                    .description("The cluster's ZooKeeper (also: " + Settings.ZOOKEEPER.variable() + ").")
                    .build());
        }
        return command("cluster", "Looks at a cluster and moves its partitions.")
                .addSubcommand("status", status)
                .addSubcommand("drain", drain)
                .addSubcommand("weigh", weigh)
                .addSubcommand("rebalance", rebalance);
    }

    private static CommandSpec command(String name, String about) {
        return command(CommandSpec.create(), name, about);
    }

    private static CommandSpec command(CommandSpec command, String name, String about) {
        command.name(name).version("headrace " + Version.current()).mixinStandardHelpOptions(true);
        command.usageMessage().description(about).sortOptions(false);
        return command;
    }

    private int execute(ParseResult parsed) {
        Integer help = CommandLine.executeHelpRequest(parsed);
        if (help != null) {
            return help;
        }
        if (!parsed.hasSubcommand()) {
            parsed.commandSpec().commandLine().usage(err);
            return BAD_USAGE;
        }
        ParseResult command = parsed.subcommand();
        try {
            if (ClientCommands.has(command.commandSpec().name())) {
                Logging.silence();
                return ClientCommands.execute(parsed);
            }
            switch (command.commandSpec().name()) {
                case "standalone" -> serve(Standalone.start(settings(command)), Addresses::toJson);
                case "server" -> serve(ClusterNode.start(settings(command)), Addresses::toJson);
                case "bookie" ->
                    serve(
                            StorageMember.bookie(settings(command), command.matchedOptionValue("--port", BOOKIE_PORT)),
                            JsonObject::encode);
                case "zookeeper" ->
                    serve(
                            StorageMember.zooKeeper(
                                    settings(command),
                                    command.matchedOptionValue("--port", ZOOKEEPER_PORT),
                                    command.matchedOptionValue("--id", 1),
                                    command.matchedOptionValue("--servers", "")),
                            JsonObject::encode);
                case "cluster" -> {
                    return cluster(command);
                }
                case "demo" -> {
                    return demo(command) ? 0 : FAILED;
                }
                case "generate" -> {
                    return generate(command);
                }
                case "debug" -> {
                    return debug(command);
                }
                case "doctor" -> {
                    Settings settings = settings(command);
                    Logging.level(Settings.LogLevel.ERROR); // what goes wrong is among the findings
                    return DoctorCommand.run(command, settings, out) ? 0 : FAILED;
                }
                default -> out.print(SampleFile.text());
            }
            return 0;
        } catch (CommandException e) {
            err.println("headrace: " + e.getMessage());
            return e.exitCode();
        } catch (SettingsException e) {
            err.println("headrace: " + e.getMessage());
            return BAD_USAGE;
        } catch (StartException | DemoException | ClusterException e) {
            err.println("headrace: " + e.getMessage());
            LOG.debug("start failed", e);
            return FAILED;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return FAILED;
        }
    }

    private int badUsage(ParameterException e, String[] arguments) {
        List<String> similar =
                e instanceof UnmatchedArgumentException unmatched ? unmatched.getSuggestions() : List.of();
        err.println("headrace: " + e.getMessage()
                + (similar.isEmpty() ? "" : "; did you mean " + String.join(" or ", similar) + "?")
                + "; see " + e.getCommandLine().getCommandSpec().qualifiedName() + " --help");
        return BAD_USAGE;
    }

    private Settings settings(ParseResult command) {
        Map<String, String> commandLine = new HashMap<>();
        for (Setting<?> setting : Settings.ALL) {
            if (command.hasMatchedOption("--" + setting.name())) {
                commandLine.put(setting.name(), command.matchedOptionValue("--" + setting.name(), ""));
            }
        }
        Path file = command.matchedOptionValue("--config", (Path) null);
        Settings settings = Settings.resolve(commandLine, environment, file);
        Logging.level(settings.get(Settings.LOG_LEVEL));
        Logging.format(settings.get(Settings.LOG_FORMAT));
        return settings;
    }

    private <A> void serve(Server<A> server, Function<A, String> toJson) throws InterruptedException {
        if (Shutdown.close(server::close)) {
            out.println("READY " + toJson.apply(server.addresses()));
            out.flush();
        }
        server.awaitEnd();
    }

    private int cluster(ParseResult group) throws InterruptedException {
        if (!group.hasSubcommand()) {
            group.commandSpec().commandLine().usage(err);
            return BAD_USAGE;
        }
        ParseResult command = group.subcommand();
        Logging.level(Settings.LogLevel.ERROR);
        String option = "--" + Settings.ZOOKEEPER.name();
        String zooKeeper = command.matchedOptionValue(option, environment.get(Settings.ZOOKEEPER.variable()));
        if (zooKeeper == null) {
            throw new SettingsException("say with " + option + " where the cluster's ZooKeeper is");
        }
        ClusterCommands commands = new ClusterCommands(zooKeeper, out);
        switch (command.commandSpec().name()) {
            case "status" -> commands.status();
            case "rebalance" -> {
                return commands.rebalance() ? 0 : FAILED;
            }
            case "drain" -> commands.weigh(command.matchedPositionalValue(0, ""), 0);
            default -> {
                int weight = command.matchedPositionalValue(1, -1);
                if (weight < 0 || weight > 100) {
                    throw new SettingsException("a weight is a whole number from 0 to 100");
                }
                commands.weigh(command.matchedPositionalValue(0, ""), weight);
            }
        }
        return 0;
    }

    private int generate(ParseResult group) {
        if (!group.hasSubcommand()) {
            group.commandSpec().commandLine().usage(err);
            return BAD_USAGE;
        }
        out.print(GenerateCommand.text(group.subcommand().commandSpec().name()));
        return 0;
    }

    private int debug(ParseResult group) throws InterruptedException {
        if (!group.hasSubcommand()) {
            group.commandSpec().commandLine().usage(err);
            return BAD_USAGE;
        }
        Settings settings = settings(group.subcommand());
        Logging.level(Settings.LogLevel.ERROR); // what goes wrong is in the file
        DebugCommand.run(group.subcommand(), settings, environment, out);
        return 0;
    }

    private boolean demo(ParseResult command) {
        Logging.level(Settings.LogLevel.WARN); // the screen belongs to the demonstration
        String controller = command.matchedOptionValue("--controller", (String) null);
        if (controller != null) {
            return Demo.run(address(controller), out);
        }
        try (ThrowawayServer server = ThrowawayServer.start()) {
            return Demo.run(address(server.addresses().controller()), out);
        }
    }

    private static HostAndPort address(String text) {
        HostAndPort address = HostAndPort.parseAuthority(text, 0);
        if (address == null || address.port() == 0) {
            throw new StartException("--controller " + text + " is not a host and a port, such as 127.0.0.1:9090");
        }
        return address;
    }
}
