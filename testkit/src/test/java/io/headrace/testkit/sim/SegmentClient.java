/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.testkit.sim;

import io.headrace.engine.segments.SegmentCommand;
import io.headrace.engine.segments.SegmentReply;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Somebody who acts now and then over a connection, and gets a new one when it breaks. */
abstract class SegmentClient {
    final SegmentsWorld world;
    private final int paceMicros;
    private @Nullable SegmentConnection connection;

    SegmentClient(SegmentsWorld world, int paceMicros) {
        this.world = world;
        this.paceMicros = paceMicros;
    }

    final void start() {
        world.simulation.after(world.random.nextInt(paceMicros), this::act);
    }

    private void act() {
        if (isDone()) {
            return;
        }
        SegmentConnection current = connection;
        if (current == null) {
            connection = world.connect(() -> {
                connection = null;
                disconnected();
            });
            if (connection != null) {
                connected();
            }
        } else if (!world.isFinishing() && world.simulation.chance(world.breaks)) {
            current.breakOff();
        } else {
            proceed();
        }
        world.simulation.after(world.random.nextInt(paceMicros), this::act);
    }

    /** Sends over the present connection; nothing comes back if it breaks. */
    final void send(SegmentCommand command, Consumer<SegmentReply> onReply) {
        SegmentConnection current = connection;
        if (current != null) {
            current.send(command, onReply);
        }
    }

    final long connectionId() {
        return connection == null ? 0 : connection.id;
    }

    final long epoch() {
        return connection == null ? 0 : connection.owner.epoch();
    }

    /** Gives the connection up. */
    final void breakOff() {
        SegmentConnection current = connection;
        if (current != null) {
            current.breakOff();
        }
    }

    /** A new connection stands. */
    abstract void connected();

    /** The connection is gone, with every answer that is due. */
    abstract void disconnected();

    /** Called now and then while connected. */
    abstract void proceed();

    abstract boolean isDone();
}
