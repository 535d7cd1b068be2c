/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.testkit.sim;

import io.headrace.engine.segments.SegmentCommand;
import io.headrace.engine.segments.SegmentReply;

/** Reads segments from the start, over and over, and waits at their tails. The history checks every byte. */
final class SegmentReader extends SegmentClient {
    private String segment;
    private long offset;
    private boolean asking;

    SegmentReader(SegmentsWorld world) {
        super(world, 3_000);
        segment = world.anyLane().segment(0);
    }

    @Override
    boolean isDone() {
        return world.isFinishing() && !asking;
    }

    @Override
    void connected() {
        another();
    }

    @Override
    void disconnected() {
        asking = false;
    }

    @Override
    void proceed() {
        if (asking) {
            // Maybe at the tail for ever.
            if (world.isFinishing() || world.random.nextInt(20) == 0) {
                breakOff();
            }
            return;
        }
        asking = true;
        int maxLength = world.random.nextInt(3) == 0 ? 1 << 20 : 1 + world.random.nextInt(5_000);
        send(new SegmentCommand.Read(segment, offset, maxLength, connectionId()), reply -> {
            asking = false;
            if (reply instanceof SegmentReply.Data data) {
                offset += data.data().readableBytes();
                if (data.endOfSegment()) {
                    another();
                }
            } else if (reply instanceof SegmentReply.Truncated truncated) {
                if (offset >= truncated.startOffset()) {
                    throw world.simulation.violation(segment + " does not give " + offset + ": " + truncated);
                }
                offset = truncated.startOffset();
            } else {
                another();
            }
        });
    }

    private void another() {
        SegmentsWorld.Lane lane = world.anyLane();
        segment = lane.segment(world.random.nextInt(lane.newest + 1));
        offset = 0;
    }
}
