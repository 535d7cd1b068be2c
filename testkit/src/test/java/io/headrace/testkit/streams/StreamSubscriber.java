/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.testkit.streams;

import io.headrace.engine.streams.ReaderGroupConfiguration;
import io.headrace.engine.streams.StreamCommand;
import io.headrace.engine.streams.StreamCut;
import io.headrace.engine.streams.StreamReply.CreateReaderGroupStatus;
import io.headrace.engine.streams.StreamReply.ReaderGroupCreated;
import io.headrace.engine.streams.StreamReply.UpdateSubscriberStatus;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** A reader group that says what it does not need any more: for each life of the stream another one. */
final class StreamSubscriber extends TailActor {
    private static final int MANUAL = 1;

    private final String group;
    private @Nullable StreamLife subscribed;
    private int lives;
    private UUID id = ReaderGroupConfiguration.NO_ID;

    StreamSubscriber(StreamsWorld world, StreamCast cast, int paceMicros) {
        super(world, cast, paceMicros);
        this.group = "subscriber" + world.nextWriter();
    }

    @Override
    void found(StreamLife now, StreamCut end) {
        if (now != subscribed) {
            subscribe(now);
        } else {
            report(now, end);
        }
    }

    private void subscribe(StreamLife now) {
        lives++;
        ReaderGroupConfiguration wish = ReaderGroupConfiguration.over(
                new UUID(world.random.nextLong(), world.random.nextLong()), MANUAL, cast.name);
        ask(new StreamCommand.CreateReaderGroup(cast.name.scope(), group + "-" + lives, wish), reply -> {
            ReaderGroupCreated created = (ReaderGroupCreated) reply;
            expect(created.status() == CreateReaderGroupStatus.SUCCESS, "no group " + group + ": " + reply);
            id = wish.id();
            subscribed = now;
        });
    }

    private void report(StreamLife now, StreamCut end) {
        String subscriber = cast.name.scope() + "/" + group + "-" + lives;
        ask(new StreamCommand.UpdateSubscriberCut(cast.name, subscriber, id, 0, end), reply -> {
            if (now.open) {
                expect(reply == UpdateSubscriberStatus.SUCCESS, subscriber + " is at " + end + ", but " + reply);
            }
        });
    }
}
