/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.engine.streams;

import io.headrace.codecs.name.Names;
import io.headrace.engine.partition.ReplyTo;
import io.headrace.engine.streams.Row.ScopeRow;
import io.headrace.engine.streams.StreamReply.CreateScopeStatus;
import io.headrace.engine.streams.StreamReply.DeleteScopeStatus;
import io.headrace.engine.streams.StreamReply.Exists;
import io.headrace.engine.streams.StreamReply.ListStatus;
import io.headrace.engine.streams.StreamReply.NamePage;
import io.headrace.engine.streams.Waiters.Event;
import io.headrace.engine.streams.Work.Subject;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableSet;
import java.util.TreeSet;
import java.util.UUID;

/** Scopes: created, deleted, listed; and the removal of a scope with all its content. */
final class Scopes implements Procedure {
    /** Things that are removed at a time. */
    private static final int ROUND = 64;

    /** Makes the scope of internal things in the partition that it belongs to. */
    void createSystemScope(StreamsOptions options, Context c) {
        if (options.has(Names.SYSTEM_SCOPE) && c.state().scope(Names.SYSTEM_SCOPE) == null) {
            c.put(new ScopeRow(Names.SYSTEM_SCOPE, randomId(c), c.now(), false));
        }
    }

    void create(StreamCommand.CreateScope command, ReplyTo<? super StreamReply> replyTo, Context c) {
        if (!Names.isScopeName(command.scope())) {
            c.reply(replyTo, CreateScopeStatus.INVALID_SCOPE_NAME);
        } else if (c.state().scope(command.scope()) != null) {
            c.reply(replyTo, CreateScopeStatus.SCOPE_EXISTS);
        } else {
            c.put(new ScopeRow(command.scope(), randomId(c), c.now(), false));
            c.reply(replyTo, CreateScopeStatus.SUCCESS);
        }
    }

    void delete(StreamCommand.DeleteScope command, ReplyTo<? super StreamReply> replyTo, Context c) {
        ScopeData scope = c.state().scope(command.scope());
        if (scope == null) {
            c.reply(replyTo, DeleteScopeStatus.SCOPE_NOT_FOUND);
        } else if (command.scope().equals(Names.SYSTEM_SCOPE)) {
            c.reply(replyTo, DeleteScopeStatus.FAILURE);
        } else if (scope.row.removing() || !scope.isEmpty()) {
            c.reply(replyTo, DeleteScopeStatus.SCOPE_NOT_EMPTY);
        } else {
            c.remove(scope.row);
            c.reply(replyTo, DeleteScopeStatus.SUCCESS);
        }
    }

    void deleteRecursive(StreamCommand.DeleteScopeRecursive command, ReplyTo<? super StreamReply> replyTo, Context c) {
        ScopeData scope = c.state().scope(command.scope());
        if (scope == null) {
            c.reply(replyTo, DeleteScopeStatus.SUCCESS);
            return;
        }
        if (command.scope().equals(Names.SYSTEM_SCOPE)) {
            c.reply(replyTo, DeleteScopeStatus.FAILURE);
            return;
        }
        Subject subject = new Subject.OfScope(command.scope());
        c.park(subject, Event.DELETED, replyTo);
        if (!scope.row.removing()) {
            ScopeRow row = scope.row;
            c.put(new ScopeRow(row.scope(), row.id(), row.createdMillis(), true));
            c.begin(subject, new Work.DeleteScope());
        }
    }

    void exists(StreamCommand.CheckScopeExists command, ReplyTo<? super StreamReply> replyTo, Context c) {
        c.reply(replyTo, new Exists(c.state().scope(command.scope()) != null));
    }

    void list(StreamCommand.ListScopes command, ReplyTo<? super StreamReply> replyTo, Context c) {
        c.reply(replyTo, page(c.state().scopes.navigableKeySet(), command.token(), command.limit()));
    }

    void listStreams(StreamCommand.ListStreams command, ReplyTo<? super StreamReply> replyTo, Context c) {
        ScopeData scope = c.state().scope(command.scope());
        c.reply(
                replyTo,
                scope == null ? noScope() : page(scope.streams.navigableKeySet(), command.token(), command.limit()));
    }

    void listForTag(StreamCommand.ListStreamsForTag command, ReplyTo<? super StreamReply> replyTo, Context c) {
        ScopeData scope = c.state().scope(command.scope());
        if (scope == null) {
            c.reply(replyTo, noScope());
            return;
        }
        NavigableSet<String> tagged = scope.streamsByTag.getOrDefault(command.tag(), new TreeSet<>());
        c.reply(replyTo, page(tagged, command.token(), command.limit()));
    }

    void listTables(StreamCommand.ListTables command, ReplyTo<? super StreamReply> replyTo, Context c) {
        ScopeData scope = c.state().scope(command.scope());
        c.reply(
                replyTo,
                scope == null ? noScope() : page(scope.tables.navigableKeySet(), command.token(), command.limit()));
    }

    static NamePage noScope() {
        return new NamePage(ListStatus.SCOPE_NOT_FOUND, List.of(), "");
    }

    /** The names after a token, which is the last name of the page before. */
    static NamePage page(NavigableSet<String> names, String token, int limit) {
        int size = Math.max(1, Math.min(limit, StreamCommand.MAX_PAGE));
        NavigableSet<String> rest = token.isEmpty() ? names : names.tailSet(token, false);
        List<String> page = rest.stream().limit(size).toList();
        return new NamePage(ListStatus.SUCCESS, page, page.isEmpty() ? token : page.get(page.size() - 1));
    }

    /** The next round of what is left: reader groups, streams that own others, the other streams, tables. */
    @Override
    public List<Call> calls(Subject subject, Context c) {
        List<Call> calls = new ArrayList<>();
        ScopeData scope = c.state().scope(((Subject.OfScope) subject).scope());
        if (scope == null) {
            return calls;
        }
        String name = scope.row.scope();
        scope.groups.values().stream()
                .limit(ROUND)
                .forEach(g -> calls.add(Calls.to(new StreamCommand.DeleteReaderGroup(
                        name, g.group(), g.configuration().id()))));
        if (calls.isEmpty()) {
            List<StreamData> owners = scope.streams.values().stream()
                    .filter(s -> !s.name().isMark())
                    .limit(ROUND)
                    .toList();
            List<StreamData> round = owners.isEmpty()
                    ? scope.streams.values().stream().limit(ROUND).toList()
                    : owners;
            round.forEach(s -> calls.add(Calls.to(
                    s.isSealed() ? new StreamCommand.DeleteStream(s.name()) : new StreamCommand.SealStream(s.name()))));
        }
        if (calls.isEmpty()) {
            scope.tables.values().stream()
                    .limit(ROUND)
                    .forEach(t -> calls.add(Calls.to(new StreamCommand.DeleteTable(name, t.table()))));
        }
        return calls;
    }

    @Override
    public void completed(Subject subject, Answers answers, Context c) {
        ScopeData scope = c.state().scope(((Subject.OfScope) subject).scope());
        if (scope == null || scope.isEmpty()) {
            c.end(subject);
            if (scope != null) {
                c.remove(scope.row);
            }
            c.answer(subject, Event.DELETED, DeleteScopeStatus.SUCCESS);
        } else {
            c.start(subject);
        }
    }

    private static UUID randomId(Context c) {
        return new UUID(c.turn().random().nextLong(), c.turn().random().nextLong());
    }
}
