/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.testkit.streams;

import io.headrace.engine.partition.ReplyTo;
import io.headrace.engine.streams.StreamCommand;
import io.headrace.engine.streams.StreamReply;
import io.headrace.engine.streams.StreamReply.Code;
import java.util.function.Consumer;

/**
 * One command of a client. It is sent again after a while without an answer, and after an answer that asks for that. When
 * the client goes on, no copy of it is on its way any more.
 */
final class Request {
    private static final int MAX_LEG_MICROS = 3_000;
    private static final int PATIENCE_MICROS = 2_000_000;
    private static final int BACK_OFF_MICROS = 200_000;

    private final StreamsWorld world;
    private final StreamCommand command;
    private final Consumer<StreamReply> onReply;
    private int attempts;
    private boolean done;

    Request(StreamsWorld world, StreamCommand command, Consumer<StreamReply> onReply) {
        this.world = world;
        this.command = command;
        this.onReply = onReply;
    }

    void attempt() {
        int attempt = ++attempts;
        long sent = world.simulation.micros();
        StreamsHistory.Facts facts = world.told.asked(command);
        later(MAX_LEG_MICROS, () -> arrive(attempt, sent, facts));
        world.simulation.after(PATIENCE_MICROS, () -> again(attempt));
    }

    private void arrive(int attempt, long sent, StreamsHistory.Facts facts) {
        var owner = world.ownerOf(world.streamsOf(command.scope()));
        if (owner == null) {
            later(BACK_OFF_MICROS, () -> again(attempt));
            return;
        }
        owner.submit(command, new ReplyTo<StreamReply>() {
            @Override
            public void reply(StreamReply reply) {
                facts.told(command, reply, sent);
                if (!world.isFinishing() && world.random.nextInt(20) == 0) {
                    return;
                }
                later(MAX_LEG_MICROS, () -> answered(attempt, reply));
            }

            @Override
            public void lost(String reason) {
                later(BACK_OFF_MICROS, () -> again(attempt));
            }
        });
    }

    private void answered(int attempt, StreamReply reply) {
        if (done) {
            return;
        }
        if (reply instanceof StreamReply.Failed failed && isRetried(failed.code())) {
            later(BACK_OFF_MICROS, () -> again(attempt));
        } else {
            done = true;
            // A later copy may still be on its way.
            world.simulation.after(attempt == attempts ? 0 : MAX_LEG_MICROS, () -> onReply.accept(reply));
        }
    }

    private static boolean isRetried(Code code) {
        return code == Code.INTERNAL || code == Code.DEADLINE_EXCEEDED || code == Code.RESOURCE_EXHAUSTED;
    }

    private void again(int attempt) {
        if (!done && attempt == attempts) {
            attempt();
        }
    }

    private void later(int maxMicros, Runnable task) {
        world.simulation.after(world.random.nextInt(maxMicros), task);
    }
}
