/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.testkit.sim;

import io.headrace.engine.segments.SegmentCommand;
import io.headrace.engine.segments.SegmentReply;
import java.util.UUID;

/** Creates, seals, truncates and deletes the segments of a lane, and plays with an attribute. One step at a time. */
final class SegmentOperator extends SegmentClient {
    private static final UUID ATTRIBUTE = new UUID(7, 7);

    private final SegmentsWorld.Lane lane;
    private long unique;
    private boolean created;
    private boolean busy;

    SegmentOperator(SegmentsWorld world, SegmentsWorld.Lane lane) {
        super(world, 20_000);
        this.lane = lane;
    }

    @Override
    boolean isDone() {
        return world.isFinishing() && created && !busy;
    }

    @Override
    void connected() {}

    @Override
    void disconnected() {
        busy = false;
    }

    @Override
    void proceed() {
        if (busy) {
            return;
        }
        if (!created) {
            step(create(lane.segment(0)), reply -> created = !(reply instanceof SegmentReply.NoSuchSegment));
            return;
        }
        int index = world.random.nextInt(lane.newest + 1);
        String segment = lane.segment(index);
        SegmentHistory history = world.history.of(segment);
        switch (world.random.nextInt(10)) {
            case 0 -> roll();
            case 1, 2 -> {
                if (world.forgets && history.eventEnd > 0) {
                    step(new SegmentCommand.Truncate(segment, history.eventEnd), reply -> {});
                }
            }
            case 3 -> {
                boolean deserted = lane.writers.stream().allMatch(writer -> writer.at() > index);
                if (world.forgets && deserted && lane.openTransactions == 0) {
                    step(new SegmentCommand.Delete(segment), reply -> {});
                }
            }
            case 4, 5, 6 -> swap(segment);
            default -> step(new SegmentCommand.GetInfo(segment), reply -> {});
        }
    }

    private static SegmentCommand create(String segment) {
        return new SegmentCommand.Create(segment, 0, 0, 0);
    }

    private void roll() {
        step(create(lane.segment(lane.newest + 1)), created -> {
            busy = true;
            send(new SegmentCommand.Seal(lane.segment(lane.newest)), done -> {
                busy = false;
                if (!(done instanceof SegmentReply.NoSuchSegment)) {
                    lane.newest++;
                }
            });
        });
    }

    private void swap(String segment) {
        step(new SegmentCommand.GetAttribute(segment, ATTRIBUTE), reply -> {
            if (reply instanceof SegmentReply.Attribute attribute) {
                busy = true;
                send(
                        new SegmentCommand.UpdateAttribute(segment, ATTRIBUTE, ++unique, attribute.value()),
                        updated -> busy = false);
            }
        });
    }

    private void step(SegmentCommand command, java.util.function.Consumer<SegmentReply> onReply) {
        busy = true;
        send(command, reply -> {
            busy = false;
            onReply.accept(reply);
        });
    }
}
