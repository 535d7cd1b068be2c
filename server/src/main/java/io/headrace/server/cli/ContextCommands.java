/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.server.cli;

import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code headrace context ...}. */
@Command(
        name = "context",
        description = "Gives servers names: which one the other commands talk to.",
        mixinStandardHelpOptions = true)
final class ContextCommands {
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_-]+");

    private ContextCommands() {}

    @Command(name = "add", description = "Gives a server a name, or changes what has that name.")
    static void add(
            @Mixin Surroundings surroundings,
            @Parameters(paramLabel = "NAME") String name,
            @Option(
                            names = "--controller",
                            required = true,
                            paramLabel = "HOST:PORT,...",
                            description = "Its controllers, one or more.")
                    String controllers,
            @Option(names = "--http", paramLabel = "HOST:PORT", description = "Its HTTP port, if it is not 10080.")
                    @Nullable
                    String http) {
        if (!NAME.matcher(name).matches()) {
            throw CommandException.badUsage("the name of a context has letters, digits, - and _ only");
        }
        Contexts contexts = Contexts.of(surroundings.console());
        contexts.put(new Context(name, controllers, http == null ? "" : http));
        String current = contexts.current().orElse("");
        surroundings
                .printer()
                .done(
                        row(contexts.get(name), current),
                        current.equals(name)
                                ? name + " is " + controllers + ", and is used from now on"
                                : name + " is " + controllers + "; use it with: headrace context use " + name);
    }

    @Command(name = "use", description = "Lets the other commands talk to this server from now on.")
    static void use(@Mixin Surroundings surroundings, @Parameters(paramLabel = "NAME") String name) {
        Contexts contexts = Contexts.of(surroundings.console());
        contexts.use(name);
        Context context = contexts.get(name);
        surroundings.printer().done(row(context, name), "commands talk to " + name + ", " + context.controllers());
    }

    @Command(name = "list", description = "Lists the servers that have a name.")
    static void list(@Mixin Surroundings surroundings) {
        Contexts contexts = Contexts.of(surroundings.console());
        Optional<String> current = contexts.current();
        surroundings
                .printer()
                .list(
                        contexts.all().values().stream()
                                .map(context -> row(context, current.orElse("")))
                                .toList(),
                        "there are no contexts; commands talk to " + Context.HERE.controllers()
                                + "; add one with: headrace context add NAME --controller HOST:PORT");
    }

    @Command(name = "remove", description = "Forgets a name.")
    static void remove(@Mixin Surroundings surroundings, @Parameters(paramLabel = "NAME") String name) {
        Contexts.of(surroundings.console()).remove(name);
        surroundings.printer().done(new Row().with("removed", name), "forgot " + name);
    }

    private static Row row(Context context, String current) {
        boolean used = context.name().equals(current);
        return new Row()
                .with("name", context.name())
                .with("current", used, used ? "*" : "")
                .with("controller", context.controllers())
                .with("http", context.httpUri().getAuthority());
    }
}
