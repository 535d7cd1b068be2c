/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.engine.segments;

import io.headrace.engine.partition.Turn;
import io.headrace.tiering.Callback;
import io.headrace.tiering.StorageException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/**
 * Answers of the storage on their way into a turn of the partition. They wait here, so that what they hold is given back
 * if the partition is lost before the turn comes.
 */
final class Completions {
    /** One answer. */
    private record Arrived(Consumer<Turn<SegmentCommand, SegmentReply>> goOn, Runnable discard) {}

    private final Consumer<SegmentCommand> self;
    private final Deque<Arrived> arrived = new ArrayDeque<>();
    private boolean announced;
    private boolean lost;

    Completions(Consumer<SegmentCommand> self) {
        this.self = self;
    }

    /**
     * A callback that goes on in a turn.
     *
     * @param discard receives the value if there will be no such turn
     */
    <T> Callback<T> callback(
            BiConsumer<T, Turn<SegmentCommand, SegmentReply>> done,
            BiConsumer<StorageException, Turn<SegmentCommand, SegmentReply>> failed,
            Consumer<T> discard) {
        return Callback.of(
                value -> arrive(new Arrived(turn -> done.accept(value, turn), () -> discard.accept(value))),
                failure -> arrive(new Arrived(turn -> failed.accept(failure, turn), () -> {})));
    }

    private void arrive(Arrived answer) {
        if (lost) {
            answer.discard.run();
            return;
        }
        arrived.add(answer);
        if (!announced) {
            announced = true;
            self.accept(new SegmentCommand.Continue(0));
        }
    }

    void run(Turn<SegmentCommand, SegmentReply> turn) {
        announced = false;
        for (int left = arrived.size(); left > 0; left--) {
            arrived.remove().goOn.accept(turn);
        }
    }

    void lost() {
        lost = true;
        arrived.forEach(answer -> answer.discard.run());
        arrived.clear();
    }
}
