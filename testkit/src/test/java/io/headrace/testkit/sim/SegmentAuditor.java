/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.testkit.sim;

import io.headrace.engine.segments.SegmentCommand;
import io.headrace.engine.segments.SegmentReply;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;

/** In the end, reads every segment that is left as a whole and takes stock of the events in it. */
final class SegmentAuditor extends SegmentClient {

    /** Number of events found of each writer. */
    final Map<Integer, Integer> found = new HashMap<>();

    private final Deque<String> left = new ArrayDeque<>();
    private final ByteBuf content = Unpooled.buffer();
    private long start;
    private long length;
    private boolean informed;
    private boolean busy;
    private boolean begun;

    SegmentAuditor(SegmentsWorld world) {
        super(world, 200);
    }

    @Override
    boolean isDone() {
        return begun && left.isEmpty();
    }

    @Override
    void connected() {
        begun = true;
        informed = false;
        left.clear();
        found.clear();
        world.history.all().forEach(segment -> left.add(segment.name));
    }

    @Override
    void disconnected() {
        busy = false;
    }

    @Override
    void proceed() {
        if (busy || left.isEmpty()) {
            return;
        }
        busy = true;
        String segment = left.getFirst();
        if (!informed) {
            send(new SegmentCommand.GetInfo(segment), this::begin);
        } else if (start + content.readableBytes() < length) {
            long offset = start + content.readableBytes();
            send(new SegmentCommand.Read(segment, offset, 1 << 20, connectionId()), this::append);
        } else {
            count(segment);
            next();
        }
    }

    private void begin(SegmentReply reply) {
        if (reply instanceof SegmentReply.Info info) {
            busy = false;
            informed = true;
            start = info.startOffset();
            length = info.length();
            content.clear();
        } else {
            next();
        }
    }

    private void append(SegmentReply reply) {
        busy = false;
        content.writeBytes(((SegmentReply.Data) reply).data().duplicate());
    }

    private void next() {
        busy = false;
        informed = false;
        left.removeFirst();
    }

    private void count(String segment) {
        Map<Integer, Long> last = new HashMap<>();
        for (SegmentEvents.Found event : SegmentEvents.parse(content, start, world.simulation)) {
            Long before = last.put(event.writer(), event.number());
            if (before != null && event.number() != before + 1) {
                throw world.simulation.violation("in " + segment + " event " + event + " follows event " + before);
            }
            world.history.place(event.writer(), event.number(), segment, event.offset());
            found.merge(event.writer(), 1, Integer::sum);
        }
    }
}
