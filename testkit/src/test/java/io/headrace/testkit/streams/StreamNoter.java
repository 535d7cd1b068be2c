/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.testkit.streams;

import io.headrace.engine.streams.StreamCommand;
import io.headrace.engine.streams.StreamCut;
import io.headrace.engine.streams.StreamReply.NoteTimestampStatus;

/** A writer that says what time it has come to, and where. It writes nothing; others do. */
final class StreamNoter extends TailActor {
    private final String writer;

    StreamNoter(StreamsWorld world, StreamCast cast, int paceMicros) {
        super(world, cast, paceMicros);
        this.writer = "noter" + world.nextWriter();
    }

    @Override
    void found(StreamLife now, StreamCut end) {
        ask(new StreamCommand.NoteTimestamp(cast.name, writer, world.simulation.micros(), end), reply -> {
            if (now.open) {
                expect(
                        reply == NoteTimestampStatus.SUCCESS,
                        "a later note of " + writer + " is answered with " + reply);
            }
            world.told.notes++;
        });
    }
}
