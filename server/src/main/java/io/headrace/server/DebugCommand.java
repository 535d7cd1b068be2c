/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.server;

import io.headrace.server.debug.Bundle;
import io.headrace.server.settings.Setting;
import io.headrace.server.settings.Settings;
import io.headrace.server.settings.SettingsException;
import io.headrace.verticles.net.Endpoint;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParseResult;

/** {@code headrace debug bundle}: takes every setting that a server takes. */
final class DebugCommand {
    static final String ABOUT = "Collects what somebody needs who is to help with a server.";
    static final String ABOUT_BUNDLE =
            "Puts what is known of a server into one file: settings, health, numbers, threads, the"
                    + " doctor's findings, names and sizes of its files. Run it on the machine of the server, with the server's"
                    + " settings. Secrets are left out, and so is what is in streams.";

    private static final String FILE = "--file";
    private static final String CONTROLLER = "--controller";
    private static final String HTTP = "--http";
    private static final String LOG = "--log";

    private DebugCommand() {}

    static CommandSpec with(CommandSpec command) {
        return command.addOption(option(FILE, Path.class, "FILE", "Where to put it. Default: headrace-debug-TIME.zip."))
                .addOption(option(LOG, Path.class, "FILE", "Where the standard error of the server goes."))
                .addOption(option(
                        CONTROLLER,
                        String.class,
                        "HOST:PORT",
                        "Controller of the server. Default: as the settings say."))
                .addOption(option(HTTP, String.class, "HOST:PORT", "Its HTTP port. Default: as the settings say."));
    }

    private static OptionSpec option(String name, Class<?> type, String label, String about) {
        return OptionSpec.builder(name)
                .type(type)
                .paramLabel(label)
                .description(about)
                .build();
    }

    /** Writes the file, and prints where it is and what is not in it. */
    static void run(ParseResult command, Settings settings, Map<String, String> environment, PrintStream out)
            throws InterruptedException {
        String time = DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss").format(LocalDateTime.now(ZoneOffset.UTC));
        Path file = command.matchedOptionValue(FILE, Path.of("headrace-debug-" + time + ".zip"));
        Bundle.Sources sources = new Bundle.Sources(
                endpoint(command, CONTROLLER, settings, Settings.CONTROLLER_PORT),
                endpoint(command, HTTP, settings, Settings.HTTP_PORT),
                command.matchedOptionValue(LOG, (Path) null));
        try {
            List<String> missing = new Bundle(Version.current(), settings, environment, sources).write(file);
            out.println("wrote " + file.toAbsolutePath());
            missing.forEach(part -> out.println("without " + part.strip()));
        } catch (IOException e) {
            throw new StartException("the file cannot be written: " + e.getMessage(), e);
        }
    }

    private static Endpoint endpoint(ParseResult command, String option, Settings settings, Setting<Integer> port) {
        String text = command.matchedOptionValue(option, (String) null);
        if (text != null) {
            try {
                return Endpoint.parse(text);
            } catch (IllegalArgumentException e) {
                throw new SettingsException(option + " " + e.getMessage());
            }
        }
        InetAddress host = settings.get(Settings.HOST);
        return new Endpoint(
                host.isAnyLocalAddress() ? InetAddress.getLoopbackAddress().getHostAddress() : host.getHostAddress(),
                settings.get(port));
    }
}
