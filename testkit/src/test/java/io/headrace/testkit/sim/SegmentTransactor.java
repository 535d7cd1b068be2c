/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.testkit.sim;

import io.headrace.engine.segments.SegmentCommand;
import io.headrace.engine.segments.SegmentReply;
import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/**
 * Writes a few events into a segment of their own and then merges it or gives it up, one such transaction after the other.
 * Every step is repeated until it is answered, as a workflow of the controller would.
 */
final class SegmentTransactor extends SegmentClient {

    private enum Step {
        CREATE,
        SET_UP,
        APPEND,
        END
    }

    static final int EVENTS = 3;

    private final SegmentsWorld.Lane lane;
    private final int firstNumber;

    /** Writer numbers of transactions that were merged, and where to. */
    final Map<Integer, String> merged = new HashMap<>();

    /** Writer numbers of transactions that were given up. */
    final List<Integer> abandoned = new ArrayList<>();

    private int count;
    private Step step = Step.CREATE;
    private long appended;
    private int target;
    private boolean commits;
    private boolean busy;

    SegmentTransactor(SegmentsWorld world, SegmentsWorld.Lane lane, int firstNumber) {
        super(world, 5_000);
        this.lane = lane;
        this.firstNumber = firstNumber;
    }

    @Override
    boolean isDone() {
        return world.isFinishing() && step == Step.CREATE && !busy;
    }

    @Override
    void connected() {
        if (step == Step.APPEND) {
            step = Step.SET_UP;
        }
    }

    @Override
    void disconnected() {
        busy = false;
    }

    private int number() {
        return firstNumber + count;
    }

    private String segment() {
        return lane.name + "#transaction." + number();
    }

    private UUID id() {
        return new UUID(2, number());
    }

    @Override
    void proceed() {
        if (busy) {
            return;
        }
        switch (step) {
            case CREATE -> {
                ask(new SegmentCommand.Create(segment(), 0, 0, 0), reply -> {
                    step = Step.SET_UP;
                    commits = world.random.nextInt(4) > 0;
                    target = lane.newest;
                    lane.openTransactions++;
                });
            }
            case SET_UP ->
                ask(new SegmentCommand.SetupAppend(segment(), id(), connectionId()), reply -> {
                    if (reply instanceof SegmentReply.AppendReady ready) {
                        appended = Math.max(0, ready.lastEventNumber());
                        step = Step.APPEND;
                    } else {
                        // An owner of old that does not know of the segment yet.
                        breakOff();
                    }
                });
            case APPEND -> {
                if (appended == EVENTS) {
                    step = Step.END;
                } else {
                    append();
                }
            }
            case END -> end();
        }
    }

    private void append() {
        byte[] event = SegmentEvents.encode(number(), appended + 1, 50 + number() % 50);
        ask(
                new SegmentCommand.Append(
                        segment(),
                        id(),
                        connectionId(),
                        appended + 1,
                        1,
                        SegmentCommand.UNCONDITIONAL,
                        Unpooled.wrappedBuffer(event)),
                reply -> {
                    if (reply instanceof SegmentReply.Appended) {
                        appended++;
                    } else {
                        breakOff();
                    }
                });
    }

    private void end() {
        if (!commits) {
            ask(new SegmentCommand.Delete(segment()), reply -> {
                abandoned.add(number());
                next();
            });
            return;
        }
        String to = lane.segment(target);
        boolean batch = number() % 2 == 0;
        SegmentCommand merge = batch
                ? new SegmentCommand.MergeBatch(to, List.of(segment()))
                : new SegmentCommand.Merge(to, segment(), List.of());
        ask(merge, reply -> {
            if (reply instanceof SegmentReply.Sealed) {
                target++;
            } else if (reply instanceof SegmentReply.NoSuchSegment missing
                    && missing.segment().equals(to)) {
                breakOff();
            } else {
                merged.put(number(), to);
                next();
            }
        });
    }

    private void next() {
        lane.openTransactions--;
        count++;
        appended = 0;
        step = Step.CREATE;
    }

    private void ask(SegmentCommand command, java.util.function.Consumer<SegmentReply> onReply) {
        busy = true;
        send(command, reply -> {
            busy = false;
            onReply.accept(reply);
        });
    }
}
