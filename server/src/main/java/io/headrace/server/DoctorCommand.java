/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.server;

import io.headrace.server.doctor.Doctor;
import io.headrace.server.doctor.Findings;
import io.headrace.server.settings.Settings;
import io.headrace.server.settings.SettingsException;
import io.headrace.verticles.net.Endpoint;
import java.io.PrintStream;
import java.util.Optional;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParseResult;

/** {@code headrace doctor}: takes every setting that a server takes. */
final class DoctorCommand {
    static final String ABOUT =
            "Looks for what will go wrong with these settings, or at a running server, and says what to do.";

    private static final String CONTROLLER = "--controller";
    private static final String OUTPUT = "--output";
    private static final String TABLE = "table";
    private static final String JSON = "json";

    private DoctorCommand() {}

    static CommandSpec with(CommandSpec command) {
        return command.addOption(OptionSpec.builder(CONTROLLER)
                        .type(String.class)
                        .paramLabel("HOST:PORT")
                        .description(
                                "Controller of a running server: looks at what a client meets there. Without it, at what a"
                                        + " server with these settings would meet here.")
                        .build())
                .addOption(OptionSpec.builder(OUTPUT)
                        .type(String.class)
                        .paramLabel("FORMAT")
                        .description("table or json. Default: table")
                        .build());
    }

    /** Prints what is found; returns whether nothing of it is a problem. */
    static boolean run(ParseResult command, Settings settings, PrintStream out) throws InterruptedException {
        String output = command.matchedOptionValue(OUTPUT, TABLE);
        if (!output.equals(TABLE) && !output.equals(JSON)) {
            throw new SettingsException(OUTPUT + " is table or json, not \"" + output + "\"");
        }
        String controller = command.matchedOptionValue(CONTROLLER, (String) null);
        Findings findings =
                new Doctor(settings).examine(Optional.ofNullable(controller).map(DoctorCommand::address));
        if (output.equals(JSON)) {
            out.println(findings.toJson().encodePrettily());
        } else {
            out.print(findings.toTable());
        }
        return findings.isHealthy();
    }

    private static Endpoint address(String text) {
        try {
            return Endpoint.parse(text);
        } catch (IllegalArgumentException e) {
            throw new SettingsException(CONTROLLER + " " + e.getMessage());
        }
    }
}
