/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.server.cli;

import java.util.Objects;
import picocli.AutoComplete;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code headrace completion}. */
final class CompletionCommand {
    private CompletionCommand() {}

    @Command(
            name = "completion",
            description = {
                "Prints a script by which bash and zsh complete commands and options. Use it with:",
                "source <(headrace completion)"
            })
    static void completion(@Mixin Surroundings surroundings) {
        Console console = surroundings.console();
        console.out()
                .print(AutoComplete.bash(
                        "headrace",
                        Objects.requireNonNull(surroundings.command).root().commandLine()));
        console.checkOpen();
    }
}
