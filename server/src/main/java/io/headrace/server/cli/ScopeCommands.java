/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.server.cli;

import io.headrace.client.ConflictException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code headrace scope ...}. */
@Command(
        name = "scope",
        description = "Creates, lists and deletes scopes, which are name spaces of streams.",
        mixinStandardHelpOptions = true)
final class ScopeCommands {
    private ScopeCommands() {}

    @Command(name = "create", description = "Creates a scope.")
    static void create(
            @Mixin Connection connection,
            @Parameters(paramLabel = "SCOPE", description = "Letters, digits, dots and hyphens.") String scope,
            @Option(names = "--if-absent", description = "Does nothing if it is there already.") boolean ifAbsent)
            throws InterruptedException {
        connection.run(session -> {
            boolean made = session.administration().createScope(scope).blockingGet();
            if (!made && !ifAbsent) {
                throw CommandException.failed(
                        "the scope " + scope + " is there already; that is no error with --if-absent");
            }
            session.printer()
                    .done(
                            new Row().with("scope", scope).with("created", made),
                            made ? "created the scope " + scope : "the scope " + scope + " is there already");
        });
    }

    @Command(name = "list", description = "Lists the scopes.")
    static void list(
            @Mixin Connection connection,
            @Option(
                            names = {"-a", "--all"},
                            description = "Those of the system too.")
                    boolean all)
            throws InterruptedException {
        connection.run(session -> session.printer()
                .list(
                        session.administration()
                                .scopes()
                                .filter(scope -> all || !scope.startsWith("_"))
                                .map(scope -> new Row().with("scope", scope))
                                .blockingIterable(),
                        "there are no scopes; make one with: headrace scope create NAME"));
    }

    @Command(name = "delete", description = "Deletes a scope.")
    static void delete(
            @Mixin Connection connection,
            @Parameters(paramLabel = "SCOPE") String scope,
            @Option(
                            names = {"-r", "--recursive"},
                            description = "With all streams, reader groups and tables in it.")
                    boolean recursive)
            throws InterruptedException {
        Subject subject = Subject.scope(scope);
        connection.run(subject, session -> {
            // A recursive deletion does not say whether there was anything.
            boolean there =
                    !recursive || session.administration().scopeExists(scope).blockingGet();
            if (!there || !deleted(session, scope, recursive)) {
                throw Advice.absent("scope", session.client(), subject);
            }
            session.printer().done(new Row().with("scope", scope).with("deleted", true), "deleted the scope " + scope);
        });
    }

    private static boolean deleted(Session session, String scope, boolean recursive) {
        try {
            return recursive
                    ? session.administration().deleteScopeRecursively(scope).blockingGet()
                    : session.administration().deleteScope(scope).blockingGet();
        } catch (ConflictException e) {
            throw CommandException.failed(e.getMessage() + "; see headrace stream list " + scope
                    + ", or delete it with everything in it: headrace scope delete --recursive " + scope);
        }
    }
}
