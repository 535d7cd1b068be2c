/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.server.cli;

import io.headrace.client.HeadraceClient;
import io.headrace.client.StreamName;
import io.headrace.client.TableName;
import io.reactivex.rxjava3.core.Flowable;
import java.util.function.Function;

/**
 * What a command is about, so that it can be told what else there is if that is not there.
 *
 * @param scope that it is in, or is
 * @param name as the user wrote it
 * @param others the names of its kind that there are, written alike
 * @param listing the command that lists them
 */
record Subject(String scope, String name, Function<HeadraceClient, Flowable<String>> others, String listing) {

    static Subject scope(String scope) {
        return new Subject(scope, scope, client -> client.administration().scopes(), "headrace scope list");
    }

    static Subject stream(StreamName stream) {
        return new Subject(
                stream.scope(),
                stream.toString(),
                client -> client.administration()
                        .streams(stream.scope())
                        .filter(other -> !other.name().startsWith("_"))
                        .map(StreamName::toString),
                "headrace stream list " + stream.scope());
    }

    static Subject table(TableName table) {
        return new Subject(
                table.scope(),
                table.toString(),
                client -> client.administration().tables(table.scope()).map(TableName::toString),
                "headrace kvt list " + table.scope());
    }

    static Subject group(GroupName group) {
        return new Subject(
                group.scope(),
                group.toString(),
                client -> client.readerGroups(group.scope()).list().map(name -> group.scope() + "/" + name),
                "headrace reader-group list " + group.scope());
    }
}
