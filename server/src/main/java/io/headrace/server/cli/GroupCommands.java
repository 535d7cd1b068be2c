/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.server.cli;

import io.headrace.client.ConflictException;
import io.headrace.client.ReaderGroupConfiguration;
import io.headrace.client.StreamName;
import java.time.Duration;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code headrace reader-group ...}. */
@Command(
        name = "reader-group",
        description = "Shows reader groups, how far they are behind, and moves them.",
        mixinStandardHelpOptions = true)
final class GroupCommands {
    private GroupCommands() {}

    @Command(name = "create", description = "Creates a reader group.")
    static void create(
            @Mixin Connection connection,
            @Parameters(index = "0", paramLabel = "SCOPE/GROUP") GroupName group,
            @Parameters(index = "1..*", arity = "1..*", paramLabel = "SCOPE/STREAM", description = "What it reads.")
                    List<StreamName> streams)
            throws InterruptedException {
        connection.run(Subject.stream(streams.get(0)), session -> {
            try {
                boolean made = session.client()
                        .readerGroups(group.scope())
                        .create(group.name(), ReaderGroupConfiguration.of(streams.toArray(new StreamName[0])))
                        .blockingGet();
                session.printer()
                        .done(
                                new Row().with("group", group).with("created", made),
                                made
                                        ? "created the reader group " + group
                                        : "the reader group " + group + " is there already");
            } catch (ConflictException e) {
                throw CommandException.failed(e.getMessage() + "; see headrace reader-group describe " + group);
            }
        });
    }

    @Command(name = "list", description = "Lists the reader groups of a scope.")
    static void list(@Mixin Connection connection, @Parameters(paramLabel = "SCOPE") String scope)
            throws InterruptedException {
        connection.run(Subject.scope(scope), session -> session.printer()
                .list(
                        session.client()
                                .readerGroups(scope)
                                .list()
                                .map(name -> new Row().with("group", scope + "/" + name))
                                .blockingIterable(),
                        "there are no reader groups in " + scope));
    }

    @Command(
            name = "describe",
            description = {
                "Shows a reader group: its readers, how far each of its segments is behind, and who blocks a checkpoint.",
                "Readers tell every few seconds how far they are."
            })
    static void describe(
            @Mixin Connection connection,
            @Parameters(paramLabel = "SCOPE/GROUP") GroupName group,
            @Option(
                            names = "--measure",
                            paramLabel = "TIME",
                            defaultValue = "1s",
                            description = "Where writers note no time, seconds are estimated from how much is written"
                                    + " meanwhile. Default: 1s.")
                    Duration measure)
            throws InterruptedException {
        connection.run(Subject.group(group), session -> session.printer()
                .show(new GroupDescription(session, group, measure).row()));
    }

    @Command(
            name = "reset",
            description = "Lets a reader group begin anew somewhere else; its readers end and have to join again.")
    static void reset(
            @Mixin Connection connection,
            @Parameters(paramLabel = "SCOPE/GROUP") GroupName group,
            @Option(
                            names = "--to",
                            required = true,
                            paramLabel = "PLACE",
                            description = "earliest, latest, time:INSTANT, or cut:CUT of one of its streams.")
                    String place,
            @Option(names = "--dry-run", description = "Only shows what would be read again or skipped.")
                    boolean dryRun)
            throws InterruptedException {
        connection.run(Subject.group(group), session -> {
            GroupReset reset = new GroupReset(session, group, place);
            session.printer().list(reset.rows(), "");
            if (dryRun) {
                session.console().note("nothing was changed; without --dry-run it is done");
            } else {
                reset.carryOut();
                session.console().note("the reader group " + group + " begins anew at " + place);
            }
        });
    }

    @Command(name = "delete", description = "Deletes a reader group, whatever readers it has.")
    static void delete(@Mixin Connection connection, @Parameters(paramLabel = "SCOPE/GROUP") GroupName group)
            throws InterruptedException {
        Subject subject = Subject.group(group);
        connection.run(subject, session -> {
            if (!session.client()
                    .readerGroups(group.scope())
                    .delete(group.name())
                    .blockingGet()) {
                throw Advice.absent("reader group", session.client(), subject);
            }
            session.printer()
                    .done(new Row().with("group", group).with("deleted", true), "deleted the reader group " + group);
        });
    }
}
