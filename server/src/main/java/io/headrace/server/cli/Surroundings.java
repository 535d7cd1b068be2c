/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.server.cli;

import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The options that every command has, and where it finds its console. */
class Surroundings {
    /** The command that has these options. */
    @Spec(Spec.Target.MIXEE)
    @Nullable
    CommandSpec command;

    @Option(
            names = {"-o", "--output"},
            paramLabel = "table|json",
            description = "How to print the answer; json is one object on each line. Default: table.")
    Output output = Output.TABLE;

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "Shows this help.")
    boolean help;

    final Console console() {
        Object root =
                Objects.requireNonNull(command, "not part of a command").root().userObject();
        return (Console) Objects.requireNonNull(root);
    }

    final Printer printer() {
        return new Printer(console(), output);
    }
}
