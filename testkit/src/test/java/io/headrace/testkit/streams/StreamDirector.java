/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.testkit.streams;

import io.headrace.engine.streams.ScalingPolicy;
import io.headrace.engine.streams.StreamCommand;
import io.headrace.engine.streams.StreamReply;
import io.headrace.engine.streams.StreamReply.CreateScopeStatus;
import io.headrace.engine.streams.StreamReply.CreateStreamStatus;
import io.headrace.engine.streams.StreamReply.DeleteStreamStatus;
import io.headrace.engine.streams.StreamReply.UpdateStreamStatus;

/** Creates a stream, and now and then seals it, deletes it and creates another of the same name. */
final class StreamDirector extends Actor {
    private enum Step {
        CREATE_SCOPE,
        CREATE,
        LIVE,
        DELETE
    }

    /** Events a second that some writers reach. */
    static final int BUSY = 40;

    private final StreamCast cast;
    private final double ends;
    private final boolean forgets;
    private Step step = Step.CREATE_SCOPE;

    /** @param ends probability that the stream is sealed at some moment */
    StreamDirector(StreamsWorld world, StreamCast cast, double ends, boolean forgets) {
        super(world, 50_000);
        this.cast = cast;
        this.ends = ends;
        this.forgets = forgets;
    }

    @Override
    boolean isIdle() {
        return step == Step.LIVE;
    }

    @Override
    void proceed() {
        StreamLife life = cast.life;
        switch (step) {
            case CREATE_SCOPE ->
                ask(new StreamCommand.CreateScope(cast.name.scope()), reply -> {
                    boolean exists = reply == CreateScopeStatus.SUCCESS || reply == CreateScopeStatus.SCOPE_EXISTS;
                    step = exists ? Step.CREATE : step;
                });
            case CREATE -> create();
            case LIVE -> {
                if (life != null && !life.sealAsked && world.simulation.chance(ends)) {
                    seal(life);
                }
            }
            case DELETE -> {
                if (life != null) {
                    delete(life);
                }
            }
        }
    }

    private void create() {
        world.told.begin(cast.name);
        StreamLife life = new StreamLife(cast.name, forgets);
        cast.life = life;
        cast.lives.add(life);
        int segments = 1 + world.random.nextInt(3);
        ScalingPolicy scaling = world.random.nextInt(3) == 0
                ? new ScalingPolicy(ScalingPolicy.Type.BY_RATE_IN_EVENTS_PER_SEC, BUSY, 2, segments)
                : ScalingPolicy.fixed(segments);
        ask(new StreamCommand.CreateStream(cast.name, cast.configuration(scaling)), reply -> {
            // The one or the other: a repeated command finds what it made itself.
            expect(reply == CreateStreamStatus.SUCCESS || reply == CreateStreamStatus.STREAM_EXISTS, reply);
            life.open = true;
            step = Step.LIVE;
        });
    }

    private void seal(StreamLife life) {
        life.sealAsked = true;
        life.open = false;
        ask(new StreamCommand.SealStream(cast.name), reply -> {
            expect(reply == UpdateStreamStatus.SUCCESS, reply);
            step = world.random.nextBoolean() ? Step.DELETE : Step.LIVE;
        });
    }

    private void delete(StreamLife life) {
        life.deleted = true;
        ask(new StreamCommand.DeleteStream(cast.name), reply -> {
            expect(reply == DeleteStreamStatus.SUCCESS || reply == DeleteStreamStatus.STREAM_NOT_FOUND, reply);
            step = Step.CREATE;
        });
    }

    private void expect(boolean condition, StreamReply reply) {
        if (!condition) {
            throw world.simulation.violation(cast.name + ": not expected at " + step + ": " + reply);
        }
    }
}
