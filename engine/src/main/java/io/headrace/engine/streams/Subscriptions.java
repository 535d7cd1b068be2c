/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.engine.streams;

import io.headrace.engine.partition.ReplyTo;
import io.headrace.engine.streams.InternalCommand.AddSubscriber;
import io.headrace.engine.streams.InternalCommand.RemoveSubscriber;
import io.headrace.engine.streams.Row.SubscriberRow;
import io.headrace.engine.streams.StreamCuts.Order;
import io.headrace.engine.streams.StreamReply.Subscribers;
import io.headrace.engine.streams.StreamReply.SubscribersStatus;
import io.headrace.engine.streams.StreamReply.UpdateSubscriberStatus;
import java.util.List;

/** The reader groups that have a say in what may be truncated from a stream. */
final class Subscriptions {

    void list(StreamCommand.ListSubscribers command, ReplyTo<? super StreamReply> replyTo, Context c) {
        StreamData stream = c.state().stream(command.stream());
        c.reply(
                replyTo,
                stream == null
                        ? new Subscribers(SubscribersStatus.STREAM_NOT_FOUND, List.of())
                        : new Subscribers(SubscribersStatus.SUCCESS, List.copyOf(stream.subscribers.keySet())));
    }

    void add(AddSubscriber command, ReplyTo<? super StreamReply> replyTo, Context c) {
        StreamData stream = c.state().stream(command.stream());
        if (stream == null) {
            c.reply(replyTo, UpdateSubscriberStatus.STREAM_NOT_FOUND);
            return;
        }
        SubscriberRow known = stream.subscribers.get(command.subscriber());
        StreamCut cut = StreamCut.UNBOUNDED;
        boolean newer = true;
        if (known != null && known.groupId().equals(command.groupId())) {
            cut = known.cut();
            newer = known.generation() < command.generation();
        }
        if (newer) {
            c.put(new SubscriberRow(
                    command.stream(), command.subscriber(), command.groupId(), command.generation(), cut));
        }
        c.reply(replyTo, UpdateSubscriberStatus.SUCCESS);
    }

    void remove(RemoveSubscriber command, ReplyTo<? super StreamReply> replyTo, Context c) {
        StreamData stream = c.state().stream(command.stream());
        SubscriberRow known = stream == null ? null : stream.subscribers.get(command.subscriber());
        if (known != null && known.groupId().equals(command.groupId())) {
            c.remove(known);
        }
        c.reply(replyTo, UpdateSubscriberStatus.SUCCESS);
    }

    void update(StreamCommand.UpdateSubscriberCut command, ReplyTo<? super StreamReply> replyTo, Context c) {
        StreamData stream = c.state().stream(command.stream());
        if (stream == null) {
            c.reply(replyTo, UpdateSubscriberStatus.STREAM_NOT_FOUND);
            return;
        }
        SubscriberRow known = stream.subscribers.get(command.subscriber());
        StreamCut cut = command.cut();
        if (known == null || !known.groupId().equals(command.groupId())) {
            c.reply(replyTo, UpdateSubscriberStatus.SUBSCRIBER_NOT_FOUND);
        } else if (known.generation() != command.generation()) {
            c.reply(replyTo, UpdateSubscriberStatus.GENERATION_MISMATCH);
        } else if (cut.offsets().size() > StreamTruncation.MAX_CUT
                || !StreamCuts.isValid(stream.graph, cut)
                || (!known.cut().isUnbounded()
                        && StreamCuts.compare(stream.graph, cut, known.cut()) != Order.EQUAL_OR_AFTER)) {
            c.reply(replyTo, UpdateSubscriberStatus.STREAM_CUT_NOT_VALID);
        } else {
            if (!cut.equals(known.cut())) {
                c.put(new SubscriberRow(known.name(), known.subscriber(), known.groupId(), known.generation(), cut));
            }
            c.reply(replyTo, UpdateSubscriberStatus.SUCCESS);
        }
    }
}
