/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.engine.streams;

import io.headrace.codecs.name.Names;
import io.headrace.engine.partition.ReplyTo;
import io.headrace.engine.streams.InternalCommand.AddSubscriber;
import io.headrace.engine.streams.InternalCommand.EnsureStream;
import io.headrace.engine.streams.InternalCommand.RemoveSubscriber;
import io.headrace.engine.streams.Row.GroupRow;
import io.headrace.engine.streams.Row.GroupState;
import io.headrace.engine.streams.StreamReply.Code;
import io.headrace.engine.streams.StreamReply.CreateReaderGroupStatus;
import io.headrace.engine.streams.StreamReply.DeleteReaderGroupStatus;
import io.headrace.engine.streams.StreamReply.ReaderGroup;
import io.headrace.engine.streams.StreamReply.ReaderGroupCreated;
import io.headrace.engine.streams.StreamReply.ReaderGroupStatus;
import io.headrace.engine.streams.StreamReply.ReaderGroupUpdated;
import io.headrace.engine.streams.StreamReply.UpdateReaderGroupStatus;
import io.headrace.engine.streams.Waiters.Event;
import io.headrace.engine.streams.Work.DeleteGroup;
import io.headrace.engine.streams.Work.Subject;
import io.headrace.engine.streams.Work.UpdateGroup;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Reader groups as the controller knows them: a configuration, a state stream in the group's scope, and, if the group
 * has a say in retention, subscriptions of its streams, which may belong to other scopes and partitions. A stream that
 * does not exist is left out.
 */
final class ReaderGroups implements Procedure {
    private static final long STATE_ROLLOVER_BYTES = 4 << 20;

    void create(StreamCommand.CreateReaderGroup command, ReplyTo<? super StreamReply> replyTo, Context c) {
        ScopeData scope = c.state().scope(command.scope());
        if (!Names.isUserName(command.group())) {
            c.reply(replyTo, new ReaderGroupCreated(CreateReaderGroupStatus.INVALID_RG_NAME, null));
            return;
        }
        if (scope == null || scope.row.removing()) {
            c.reply(replyTo, new ReaderGroupCreated(CreateReaderGroupStatus.SCOPE_NOT_FOUND, null));
            return;
        }
        Subject subject = new Subject.OfGroup(command.scope(), command.group());
        GroupRow group = scope.groups.get(command.group());
        if (group == null) {
            UUID id = command.configuration().id();
            if (id.equals(ReaderGroupConfiguration.NO_ID)) {
                id = new UUID(c.turn().random().nextLong(), c.turn().random().nextLong());
            }
            ReaderGroupConfiguration configuration = command.configuration().with(id, 0);
            GroupRow row = new GroupRow(command.scope(), command.group(), GroupState.CREATING, configuration);
            if (!isValid(configuration) || !Context.fits(row)) {
                c.reply(replyTo, new ReaderGroupCreated(CreateReaderGroupStatus.FAILURE, null));
                return;
            }
            c.put(row);
            c.park(subject, Event.CREATED, replyTo);
            c.begin(subject, new Work.CreateGroup());
        } else {
            switch (group.state()) {
                case CREATING -> c.park(subject, Event.CREATED, replyTo);
                case DELETING -> c.enqueue(subject, command, replyTo);
                case ACTIVE, UPDATING -> c.reply(replyTo, created(group));
            }
        }
    }

    private static boolean isValid(ReaderGroupConfiguration configuration) {
        return configuration.retentionType() >= 0
                && configuration.retentionType() <= 2
                && configuration.rolloverBytes() >= 0;
    }

    private static ReaderGroupCreated created(GroupRow group) {
        return new ReaderGroupCreated(CreateReaderGroupStatus.SUCCESS, group.configuration());
    }

    void get(StreamCommand.GetReaderGroup command, ReplyTo<? super StreamReply> replyTo, Context c) {
        if (c.state().scope(command.scope()) == null) {
            c.fail(replyTo, Code.NOT_FOUND, "there is no scope " + command.scope());
            return;
        }
        GroupRow group = find(command.scope(), command.group(), c);
        c.reply(
                replyTo,
                group == null || group.state() == GroupState.CREATING
                        ? new ReaderGroup(ReaderGroupStatus.RG_NOT_FOUND, null)
                        : new ReaderGroup(ReaderGroupStatus.SUCCESS, group.configuration()));
    }

    void update(StreamCommand.UpdateReaderGroup command, ReplyTo<? super StreamReply> replyTo, Context c) {
        Subject subject = new Subject.OfGroup(command.scope(), command.group());
        GroupRow group = find(command.scope(), command.group(), c);
        if (group == null || group.state() == GroupState.DELETING) {
            c.reply(replyTo, refused(UpdateReaderGroupStatus.RG_NOT_FOUND));
            return;
        }
        if (group.state() == GroupState.CREATING) {
            c.enqueue(subject, command, replyTo);
            return;
        }
        ReaderGroupConfiguration stored = group.configuration();
        ReaderGroupConfiguration wanted = command.configuration();
        if (!wanted.id().equals(stored.id()) || wanted.generation() != stored.generation()) {
            c.reply(replyTo, refused(UpdateReaderGroupStatus.INVALID_CONFIG));
            return;
        }
        ReaderGroupConfiguration next = wanted.with(stored.id(), stored.generation() + 1);
        if (group.state() == GroupState.UPDATING) {
            if (c.state().work(subject) instanceof UpdateGroup running
                    && running.configuration().equals(next)) {
                c.park(subject, Event.UPDATED, replyTo);
            } else {
                c.reply(replyTo, refused(UpdateReaderGroupStatus.FAILURE));
            }
            return;
        }
        if (!isValid(next) || !Context.fits(with(group, GroupState.ACTIVE, next))) {
            c.reply(replyTo, refused(UpdateReaderGroupStatus.FAILURE));
            return;
        }
        c.put(with(group, GroupState.UPDATING, stored));
        c.park(subject, Event.UPDATED, replyTo);
        c.begin(subject, new UpdateGroup(next));
    }

    void delete(StreamCommand.DeleteReaderGroup command, ReplyTo<? super StreamReply> replyTo, Context c) {
        Subject subject = new Subject.OfGroup(command.scope(), command.group());
        GroupRow group = find(command.scope(), command.group(), c);
        if (group == null || !group.configuration().id().equals(command.id())) {
            c.reply(replyTo, DeleteReaderGroupStatus.RG_NOT_FOUND);
            return;
        }
        switch (group.state()) {
            case CREATING, UPDATING -> c.enqueue(subject, command, replyTo);
            case DELETING -> c.park(subject, Event.DELETED, replyTo);
            case ACTIVE -> {
                c.put(with(group, GroupState.DELETING, group.configuration()));
                c.park(subject, Event.DELETED, replyTo);
                c.begin(subject, new DeleteGroup(false));
            }
        }
    }

    private static ReaderGroupUpdated refused(UpdateReaderGroupStatus status) {
        return new ReaderGroupUpdated(status, 0);
    }

    private static GroupRow with(GroupRow group, GroupState state, ReaderGroupConfiguration configuration) {
        return new GroupRow(group.scope(), group.group(), state, configuration);
    }

    private static @Nullable GroupRow find(String scope, String group, Context c) {
        ScopeData data = c.state().scope(scope);
        return data == null ? null : data.groups.get(group);
    }

    @Override
    public List<Call> calls(Subject subject, Context c) {
        Subject.OfGroup of = (Subject.OfGroup) subject;
        GroupRow group = find(of.scope(), of.group(), c);
        Work work = c.state().work(subject);
        List<Call> calls = new ArrayList<>();
        if (group == null) {
            return calls;
        }
        ReaderGroupConfiguration stored = group.configuration();
        StreamName state = StreamName.ofReaderGroup(of.scope(), of.group());
        if (work instanceof Work.CreateGroup) {
            subscribe(group, stored, calls);
            long rollover = stored.rolloverBytes() > 0 ? stored.rolloverBytes() : STATE_ROLLOVER_BYTES;
            calls.add(Calls.to(new EnsureStream(
                    state,
                    new StreamConfiguration(ScalingPolicy.fixed(1), null, 0, Collections.emptySortedSet(), rollover))));
        } else if (work instanceof UpdateGroup update) {
            SortedSet<StreamName> gone = new TreeSet<>(streams(stored));
            gone.removeAll(streams(update.configuration()));
            unsubscribe(group, gone, calls);
            subscribe(group, update.configuration(), calls);
        } else if (work instanceof DeleteGroup delete) {
            if (delete.sealed()) {
                calls.add(Calls.to(new StreamCommand.DeleteStream(state)));
            } else {
                unsubscribe(group, streams(stored), calls);
                calls.add(Calls.to(new StreamCommand.SealStream(state)));
            }
        }
        return calls;
    }

    /** The streams that a group of this configuration subscribes to. */
    private static SortedSet<StreamName> streams(ReaderGroupConfiguration configuration) {
        SortedSet<StreamName> streams = new TreeSet<>();
        if (configuration.isSubscriber()) {
            streams.addAll(configuration.startCuts().keySet());
            streams.addAll(configuration.endCuts().keySet());
        }
        return streams;
    }

    private static void subscribe(GroupRow group, ReaderGroupConfiguration configuration, List<Call> calls) {
        for (StreamName stream : streams(configuration)) {
            calls.add(Calls.to(
                    new AddSubscriber(stream, subscriber(group), configuration.id(), configuration.generation())));
        }
    }

    private static void unsubscribe(GroupRow group, SortedSet<StreamName> streams, List<Call> calls) {
        for (StreamName stream : streams) {
            calls.add(Calls.to(new RemoveSubscriber(
                    stream, subscriber(group), group.configuration().id())));
        }
    }

    private static String subscriber(GroupRow group) {
        return group.scope() + "/" + group.group();
    }

    @Override
    public void completed(Subject subject, Answers answers, Context c) {
        Subject.OfGroup of = (Subject.OfGroup) subject;
        GroupRow group = find(of.scope(), of.group(), c);
        Work work = c.state().work(subject);
        if (group == null) {
            return;
        }
        if (work instanceof Work.CreateGroup) {
            GroupRow active = with(group, GroupState.ACTIVE, group.configuration());
            c.put(active);
            c.end(subject);
            c.answer(subject, Event.CREATED, created(active));
        } else if (work instanceof UpdateGroup update) {
            c.put(with(group, GroupState.ACTIVE, update.configuration()));
            c.end(subject);
            c.answer(
                    subject,
                    Event.UPDATED,
                    new ReaderGroupUpdated(
                            UpdateReaderGroupStatus.SUCCESS,
                            update.configuration().generation()));
        } else if (work instanceof DeleteGroup delete && !delete.sealed()) {
            c.begin(subject, new DeleteGroup(true));
        } else if (work instanceof DeleteGroup) {
            c.end(subject);
            c.remove(group);
            c.answer(subject, Event.DELETED, DeleteReaderGroupStatus.SUCCESS);
        }
    }
}
