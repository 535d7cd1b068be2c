/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.server.cli;

import io.headrace.client.ConflictException;
import io.headrace.client.KeyValueTable;
import io.headrace.client.Serializers;
import io.headrace.client.TableConfiguration;
import io.headrace.client.TableEntry;
import io.headrace.client.TableKey;
import io.headrace.client.TableKeySerializer;
import io.headrace.client.TableName;
import io.headrace.client.TableRange;
import io.headrace.client.TableVersion;
import io.reactivex.rxjava3.core.Single;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code headrace kvt ...}. */
@Command(
        name = "kvt",
        description = "Key-value tables: creates, lists and deletes them, reads and changes what is in them.",
        mixinStandardHelpOptions = true)
final class TableCommands {
    private TableCommands() {}

    @Command(name = "create", description = "Creates a table.")
    static void create(
            @Mixin Connection connection,
            @Parameters(paramLabel = "SCOPE/TABLE") TableName table,
            @Option(
                            names = "--partitions",
                            defaultValue = "1",
                            paramLabel = "N",
                            description = "Parts that its keys are spread over. Default: 1.")
                    int partitions,
            @Option(
                            names = "--key-bytes",
                            defaultValue = "64",
                            paramLabel = "N",
                            description = "Length of all keys; shorter texts are filled up. Default: 64.")
                    int keyBytes,
            @Option(
                            names = "--secondary-bytes",
                            defaultValue = "0",
                            paramLabel = "N",
                            description = "Length of a second part of all keys. Default: 0, there is none.")
                    int secondaryBytes)
            throws InterruptedException {
        TableConfiguration settings = TableConfiguration.of(partitions, keyBytes, secondaryBytes);
        connection.run(Subject.table(table), session -> {
            if (!session.administration().createTable(table, settings).blockingGet()) {
                throw CommandException.failed("the table " + table + " is there already");
            }
            session.printer().done(new Row().with("table", table).with("created", true), "created the table " + table);
        });
    }

    @Command(name = "list", description = "Lists the tables of a scope.")
    static void list(@Mixin Connection connection, @Parameters(paramLabel = "SCOPE") String scope)
            throws InterruptedException {
        connection.run(Subject.scope(scope), session -> session.printer()
                .list(
                        session.administration()
                                .tables(scope)
                                .map(table -> new Row().with("table", table))
                                .blockingIterable(),
                        "there are no tables in " + scope + "; make one with: headrace kvt create " + scope + "/NAME"));
    }

    @Command(name = "delete", description = "Deletes a table with all that is in it.")
    static void delete(@Mixin Connection connection, @Parameters(paramLabel = "SCOPE/TABLE") TableName table)
            throws InterruptedException {
        Subject subject = Subject.table(table);
        connection.run(subject, session -> {
            if (!session.administration().deleteTable(table).blockingGet()) {
                throw Advice.absent("table", session.client(), subject);
            }
            session.printer().done(new Row().with("table", table).with("deleted", true), "deleted the table " + table);
        });
    }

    @Command(name = "get", description = "Prints the value of a key.")
    static void get(
            @Mixin Connection connection,
            @Parameters(index = "0", paramLabel = "SCOPE/TABLE") TableName table,
            @Parameters(index = "1", paramLabel = "KEY") String key,
            @Option(names = "--secondary", paramLabel = "KEY", description = "The second part of the key.") @Nullable
                    String secondary)
            throws InterruptedException {
        connection.run(Subject.table(table), session -> {
            TableKeys keys = keys(session, table);
            TableEntry<TableKey, String> entry =
                    open(session, table).get(keys.of(key, secondary)).blockingGet();
            if (entry == null) {
                throw CommandException.failed(
                        "there is no key " + key + " in " + table + "; see headrace kvt scan " + table);
            }
            session.printer().done(row(keys, entry), entry.value());
        });
    }

    @Command(name = "put", description = "Gives a key a value.")
    static void put(
            @Mixin Connection connection,
            @Parameters(index = "0", paramLabel = "SCOPE/TABLE") TableName table,
            @Parameters(index = "1", paramLabel = "KEY") String key,
            @Parameters(index = "2", paramLabel = "VALUE") String value,
            @Option(names = "--secondary", paramLabel = "KEY", description = "The second part of the key.") @Nullable
                    String secondary,
            @Option(names = "--if-absent", description = "Only if the key is not there.") boolean ifAbsent,
            @Option(names = "--if-version", paramLabel = "VERSION", description = "Only if it has this version still.")
                    @Nullable
                    TableVersion ifVersion)
            throws InterruptedException {
        if (ifAbsent && ifVersion != null) {
            throw CommandException.badUsage("give one of --if-absent and --if-version");
        }
        connection.run(Subject.table(table), session -> {
            TableKeys keys = keys(session, table);
            KeyValueTable<TableKey, String> open = open(session, table);
            TableKey where = keys.of(key, secondary);
            Single<TableVersion> put = ifVersion != null
                    ? open.putIfVersion(where, value, ifVersion)
                    : ifAbsent ? open.putIfAbsent(where, value) : open.put(where, value);
            try {
                TableVersion version = put.blockingGet();
                session.printer().done(keys.put(new Row(), where).with("version", version), "version " + version);
            } catch (ConflictException e) {
                throw changed(e, table, key);
            }
        });
    }

    @Command(name = "remove", description = "Removes a key.")
    static void remove(
            @Mixin Connection connection,
            @Parameters(index = "0", paramLabel = "SCOPE/TABLE") TableName table,
            @Parameters(index = "1", paramLabel = "KEY") String key,
            @Option(names = "--secondary", paramLabel = "KEY", description = "The second part of the key.") @Nullable
                    String secondary,
            @Option(names = "--if-version", paramLabel = "VERSION", description = "Only if it has this version still.")
                    @Nullable
                    TableVersion ifVersion)
            throws InterruptedException {
        connection.run(Subject.table(table), session -> {
            TableKeys keys = keys(session, table);
            TableKey where = keys.of(key, secondary);
            KeyValueTable<TableKey, String> open = open(session, table);
            try {
                (ifVersion == null ? open.remove(where) : open.removeIfVersion(where, ifVersion)).blockingAwait();
            } catch (ConflictException e) {
                throw changed(e, table, key);
            }
            session.printer().done(keys.put(new Row(), where).with("removed", true), "removed " + key);
        });
    }

    @Command(name = "scan", description = "Lists the entries of a table in the order of their keys.")
    static void scan(
            @Mixin Connection connection,
            @Parameters(paramLabel = "SCOPE/TABLE") TableName table,
            @Option(names = "--prefix", paramLabel = "TEXT", description = "Only keys that begin with this.") @Nullable
                    String prefix,
            @Option(names = "--limit", paramLabel = "N", description = "At most so many.") @Nullable Long limit)
            throws InterruptedException {
        connection.run(Subject.table(table), session -> {
            TableKeys keys = keys(session, table);
            TableRange range =
                    prefix == null ? TableRange.all() : TableRange.prefix(prefix.getBytes(StandardCharsets.UTF_8));
            session.printer()
                    .list(
                            open(session, table)
                                    .entries(range)
                                    .take(limit == null ? Long.MAX_VALUE : limit)
                                    .map(entry -> row(keys, entry))
                                    .blockingIterable(),
                            "there are no such entries in " + table);
        });
    }

    private static Row row(TableKeys keys, TableEntry<TableKey, String> entry) {
        return keys.put(new Row(), entry.key()).with("value", entry.value()).with("version", entry.version());
    }

    private static TableKeys keys(Session session, TableName table) {
        return new TableKeys(session.administration().configuration(table).blockingGet());
    }

    private static KeyValueTable<TableKey, String> open(Session session, TableName table) {
        return session.client().table(table, TableKeySerializer.bytes(), Serializers.utf8());
    }

    private static CommandException changed(ConflictException cause, TableName table, String key) {
        return CommandException.failed(
                cause.getMessage() + "; nothing was changed: see headrace kvt get -o json " + table + " " + key);
    }
}
