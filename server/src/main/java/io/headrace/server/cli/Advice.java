/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.server.cli;

import io.headrace.client.HeadraceClient;
import io.headrace.client.HeadraceException;
import io.headrace.client.NotFoundException;
import io.headrace.client.OverloadedException;
import io.headrace.client.ProtocolException;
import io.headrace.client.SealedException;
import io.headrace.client.TruncatedException;
import io.headrace.client.UnavailableException;
import io.headrace.server.settings.Nearest;
import io.reactivex.rxjava3.core.Flowable;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Turns what went wrong at the server into a message that says what to try next. */
final class Advice {
    private static final int MOST_NAMES = 10_000;
    private static final long SECONDS = 5;

    private Advice() {}

    /** @param subject what the command was about; null if it is nothing that has a name */
    static CommandException on(HeadraceException cause, HeadraceClient client, @Nullable Subject subject) {
        if (cause instanceof NotFoundException && subject != null) {
            return notFound(cause, client, subject);
        }
        return CommandException.failed(cause.getMessage() + next(cause));
    }

    private static String next(HeadraceException cause) {
        if (cause instanceof UnavailableException) {
            return "; try again, or give it longer with --timeout; headrace tier and /health say how the server is";
        }
        if (cause instanceof OverloadedException) {
            return "; try again with less at a time";
        }
        if (cause instanceof SealedException) {
            return "; it can be read, and takes no more data: write to another one";
        }
        if (cause instanceof TruncatedException) {
            return "; begin at what is left, with --from earliest";
        }
        return cause instanceof ProtocolException ? "; is it a server of Headrace or Pravega 0.13?" : "";
    }

    private static CommandException notFound(HeadraceException cause, HeadraceClient client, Subject subject) {
        if (!client.administration()
                .scopeExists(subject.scope())
                .onErrorReturnItem(true)
                .blockingGet()) {
            Subject scope = Subject.scope(subject.scope());
            return CommandException.failed("there is no scope " + subject.scope()
                    + nearest(subject.scope(), names(client, scope)) + "; see " + scope.listing()
                    + ", or make it with: headrace scope create " + subject.scope());
        }
        List<String> names = names(client, subject);
        // Something else may be missing, such as a transaction of it.
        boolean there = names.contains(subject.name());
        return CommandException.failed(
                cause.getMessage() + (there ? "" : nearest(subject.name(), names) + "; see " + subject.listing()));
    }

    /** That this is not there. */
    static CommandException absent(String kind, HeadraceClient client, Subject subject) {
        return notFound(new NotFoundException("there is no " + kind + " " + subject.name()), client, subject);
    }

    private static List<String> names(HeadraceClient client, Subject subject) {
        return subject.others()
                .apply(client)
                .take(MOST_NAMES)
                .timeout(SECONDS, TimeUnit.SECONDS, Flowable.empty())
                .onErrorComplete()
                .toList()
                .blockingGet();
    }

    /** {@code ; did you mean ...?} if there is a similar name, else nothing. */
    static String nearest(String typed, List<String> names) {
        return Nearest.name(typed, names)
                .map(name -> "; did you mean " + name + "?")
                .orElse("");
    }
}
