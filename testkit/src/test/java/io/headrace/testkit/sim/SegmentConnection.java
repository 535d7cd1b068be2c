/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.testkit.sim;

import io.headrace.engine.partition.ReplyTo;
import io.headrace.engine.segments.SegmentCommand;
import io.headrace.engine.segments.SegmentReply;
import java.util.function.Consumer;

/**
 * A client connection: commands and replies travel in order and take a while. After it is broken, what was sent may still
 * arrive, at an owner that already serves the client's next connection; answers get lost.
 */
public final class SegmentConnection {
    private static final int MAX_DELAY_MICROS = 1_500;

    public final long id;
    public final SimulatedPartition<SegmentCommand, SegmentReply>.Owner owner;
    private final Simulation simulation;
    private final SegmentsHistory history;
    private final Runnable onBroken;
    private long lastArrival;
    private long lastAnswer;
    private boolean broken;

    public SegmentConnection(
            Simulation simulation,
            SegmentsHistory history,
            long id,
            SimulatedPartition<SegmentCommand, SegmentReply>.Owner owner,
            Runnable onBroken) {
        this.simulation = simulation;
        this.history = history;
        this.id = id;
        this.owner = owner;
        this.onBroken = onBroken;
    }

    public boolean isBroken() {
        return broken;
    }

    /** Sends a command. The receiver of a reply with data must not keep the buffer. */
    public void send(SegmentCommand command, Consumer<SegmentReply> onReply) {
        SegmentHistory.Floor floor = history.of(command.segment()).floor(owner.epoch());
        history.asked(command);
        lastArrival = later(
                lastArrival,
                () -> owner.submit(command, new ReplyTo<>() {
                    @Override
                    public void reply(SegmentReply reply) {
                        history.told(command, reply, floor);
                        lastAnswer = later(lastAnswer, () -> {
                            try {
                                if (!broken) {
                                    onReply.accept(reply);
                                }
                            } finally {
                                if (reply instanceof SegmentReply.Data data) {
                                    data.data().release();
                                }
                            }
                        });
                    }

                    @Override
                    public void lost(String reason) {
                        lastAnswer = later(lastAnswer, SegmentConnection.this::breakOff);
                    }
                }));
    }

    /** Ends the connection. The owner hears of it later. */
    public void breakOff() {
        if (!broken) {
            broken = true;
            lastArrival = later(lastArrival, () -> owner.tell(new SegmentCommand.Disconnected(id)));
            onBroken.run();
        }
    }

    /** Runs {@code task} after what was sent before it. */
    private long later(long last, Runnable task) {
        long at = Math.max(last + 1, simulation.micros() + simulation.random().nextInt(MAX_DELAY_MICROS));
        simulation.after(at - simulation.micros(), task);
        return at;
    }
}
