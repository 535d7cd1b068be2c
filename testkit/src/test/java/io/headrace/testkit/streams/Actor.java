/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.testkit.streams;

import io.headrace.engine.segments.SegmentCommand;
import io.headrace.engine.segments.SegmentReply;
import io.headrace.engine.streams.StreamCommand;
import io.headrace.engine.streams.StreamReply;
import java.util.function.Consumer;
import java.util.function.LongFunction;

/** Somebody who does one thing after the other, each when the one before is done with and a while has passed. */
abstract class Actor {
    final StreamsWorld world;
    final DataPath data;
    private final int paceMicros;
    private boolean busy;

    Actor(StreamsWorld world, int paceMicros) {
        this.world = world;
        this.data = new DataPath(world);
        this.paceMicros = paceMicros;
    }

    final void start() {
        world.simulation.after(1 + world.random.nextInt(paceMicros), this::act);
    }

    private void act() {
        if (!isDone()) {
            if (!busy) {
                proceed();
            }
            start();
        }
    }

    /** Does the next thing: at most one command. */
    abstract void proceed();

    /** Whether what it was at has an end. */
    abstract boolean isIdle();

    final boolean isDone() {
        return world.isFinishing() && !busy && isIdle();
    }

    final void ask(StreamCommand command, Consumer<StreamReply> onReply) {
        busy = true;
        world.ask(command, reply -> {
            busy = false;
            onReply.accept(reply);
        });
    }

    /** Sends a command to a segment; {@code onLost} is told if there is no answer. */
    final void send(
            String segment,
            LongFunction<? extends SegmentCommand> command,
            Consumer<SegmentReply> onReply,
            Runnable onLost) {
        busy = true;
        data.send(
                segment,
                command,
                reply -> {
                    busy = false;
                    onReply.accept(reply);
                },
                () -> {
                    busy = false;
                    onLost.run();
                });
    }
}
