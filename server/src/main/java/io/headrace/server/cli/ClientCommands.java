/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.server.cli;

import io.headrace.client.StreamName;
import io.headrace.client.TableName;
import io.headrace.client.TableVersion;
import java.time.Duration;
import java.util.List;
import java.util.function.Function;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExecutionException;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.RunLast;
import picocli.CommandLine.TypeConversionException;

/** The commands of this package as a part of a command line. */
public final class ClientCommands {
    private static final List<Class<?>> NOUNS = List.of(
            ScopeCommands.class,
            StreamCommands.class,
            TransactionCommands.class,
            GroupCommands.class,
            TableCommands.class,
            BenchCommands.class,
            ContextCommands.class);

    /** Their methods stand beside the nouns. */
    private static final List<Class<?>> VERBS =
            List.of(WriteCommand.class, ReadCommands.class, TierCommand.class, CompletionCommand.class);

    private ClientCommands() {}

    /** Adds them; the user object of {@code root} must be the {@link Console}. */
    public static void addTo(CommandSpec root) {
        for (Class<?> verb : VERBS) {
            CommandLine.getCommandMethods(verb, null).forEach(method -> {
                CommandSpec command = CommandSpec.forAnnotatedObject(method);
                root.addSubcommand(command.name(), command);
            });
        }
        for (Class<?> noun : NOUNS) {
            CommandSpec command = CommandSpec.forAnnotatedObject(noun);
            root.addSubcommand(command.name(), command);
        }
    }

    /** Lets the whole command line know the types of their parameters. */
    public static CommandLine prepare(CommandLine commandLine) {
        return commandLine
                .setCaseInsensitiveEnumValuesAllowed(true)
                .registerConverter(StreamName.class, converter(StreamName::of))
                .registerConverter(TableName.class, converter(TableName::of))
                .registerConverter(GroupName.class, converter(GroupName::of))
                .registerConverter(TableVersion.class, converter(TableVersion::parse))
                .registerConverter(Duration.class, converter(Units::duration));
    }

    private static <T> ITypeConverter<T> converter(Function<String, T> parse) {
        return text -> {
            try {
                return parse.apply(text);
            } catch (IllegalArgumentException e) {
                throw new TypeConversionException(e.getMessage());
            }
        };
    }

    /** Whether one of them has this name. */
    public static boolean has(String name) {
        return NOUNS.stream()
                        .anyMatch(
                                noun -> noun.getAnnotation(Command.class).name().equals(name))
                || VERBS.stream()
                        .flatMap(verb -> CommandLine.getCommandMethods(verb, null).stream())
                        .anyMatch(method ->
                                method.getAnnotation(Command.class).name().equals(name));
    }

    /**
     * Runs the one that was asked for.
     *
     * @return the exit code
     * @throws CommandException if it fails
     */
    public static int execute(ParseResult parsed) {
        try {
            return new RunLast().execute(parsed);
        } catch (ExecutionException e) {
            Throwable cause = e.getCause();
            if (cause instanceof ClosedOutputException) {
                return 0;
            }
            if (cause instanceof CommandException known) {
                throw known;
            }
            if (cause instanceof IllegalArgumentException) {
                throw CommandException.badUsage(String.valueOf(cause.getMessage()));
            }
            throw e;
        }
    }
}
