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
 * Writes numbered events exactly once: after each reconnection it asks for the last number that the segment has of it and
 * goes on behind that; when the segment is sealed it goes on in the next one. A conditional writer names the length that it
 * expects, one append at a time.
 */
final class SegmentWriter extends SegmentClient {
    private static final int WINDOW = 4;

    final int number;
    private final SegmentsWorld.Lane lane;
    private final UUID id;
    private final boolean conditional;
    private final List<Integer> payloads = new ArrayList<>();

    /** The last number of this writer that owners have shown, by segment. */
    private final Map<String, Shown> shown = new HashMap<>();

    private long quota;
    private int at;
    private long sent;
    private long confirmed;
    private long expectedPrevious;
    private long expectedLength;
    private int inFlight;
    private boolean ready;

    SegmentWriter(SegmentsWorld world, SegmentsWorld.Lane lane, int number, long quota) {
        super(world, 2_000);
        this.lane = lane;
        this.number = number;
        this.quota = quota;
        this.id = new UUID(1, number);
        this.conditional = world.random.nextInt(4) == 0;
        lane.writers.add(this);
    }

    @Override
    boolean isDone() {
        if (world.isFinishing()) {
            quota = Math.min(quota, payloads.size());
        }
        return confirmed >= quota;
    }

    /** Index of the segment in the lane that it writes to. */
    int at() {
        return at;
    }

    /** The newest event that is confirmed. */
    long confirmed() {
        return confirmed;
    }

    @Override
    void connected() {
        String segment = lane.segment(at);
        send(new SegmentCommand.SetupAppend(segment, id, connectionId()), reply -> {
            if (reply instanceof SegmentReply.AppendReady appendReady) {
                long last = Math.max(0, appendReady.lastEventNumber());
                Shown here = shown(segment);
                if (last < here.atLeast(epoch()) || last > payloads.size()) {
                    throw world.simulation.violation("writer " + number + " is told that " + segment + " has " + last
                            + " of it; confirmed were " + here.atLeast(epoch()) + ", sent were " + payloads.size());
                }
                here.show(epoch(), last);
                confirmed = Math.max(confirmed, last);
                sent = confirmed;
                expectedPrevious = appendReady.lastEventNumber();
                if (conditional) {
                    askLength();
                } else {
                    ready = true;
                }
            } else {
                breakOff();
            }
        });
    }

    private Shown shown(String segment) {
        return shown.computeIfAbsent(segment, name -> new Shown());
    }

    private void askLength() {
        send(new SegmentCommand.GetInfo(lane.segment(at)), reply -> {
            if (reply instanceof SegmentReply.Info info) {
                expectedLength = info.length();
                ready = true;
            } else {
                breakOff();
            }
        });
    }

    @Override
    void disconnected() {
        ready = false;
        inFlight = 0;
    }

    @Override
    void proceed() {
        if (ready && inFlight < (conditional ? 1 : WINDOW) && sent < quota) {
            append();
        }
    }

    private void append() {
        String segment = lane.segment(at);
        int events = (int) Math.min(1 + world.random.nextInt(5), quota - sent);
        long first = sent + 1;
        long last = sent + events;
        List<byte[]> encoded = new ArrayList<>();
        for (long event = first; event <= last; event++) {
            if (event > payloads.size()) {
                boolean huge = world.simulation.chance(world.hugeEvents) && world.hugeEventsLeft-- > 0;
                payloads.add(huge ? 900_000 + world.random.nextInt(1_800_000) : world.random.nextInt(200));
            }
            encoded.add(SegmentEvents.encode(number, event, payloads.get((int) event - 1)));
        }
        byte[] block =
                Unpooled.wrappedBuffer(encoded.toArray(new byte[0][])).copy().array();
        long length = conditional ? expectedLength : SegmentCommand.UNCONDITIONAL;
        inFlight++;
        sent = last;
        var append = new SegmentCommand.Append(
                segment, id, connectionId(), last, events, length, Unpooled.wrappedBuffer(block));
        send(append, reply -> {
            inFlight--;
            if (reply instanceof SegmentReply.Appended appended) {
                appended(segment, appended, block.length, first, last, encoded);
            } else if (reply instanceof SegmentReply.Sealed) {
                // Everything before this append has been confirmed or refused by now.
                at++;
                breakOff();
            } else if (reply instanceof SegmentReply.ConditionFailed && conditional) {
                sent = confirmed;
                ready = false;
                askLength();
            } else if (reply instanceof SegmentReply.NoSuchSegment
                    || reply instanceof SegmentReply.InvalidEventNumber) {
                // Invalid: an earlier connection's set-up arrived after this one's and has taken the writer away.
                breakOff();
            } else {
                throw world.simulation.violation("writer " + number + " is told " + reply + " for " + append);
            }
        });
    }

    private void appended(
            String segment, SegmentReply.Appended appended, int bytes, long first, long last, List<byte[]> events) {
        if (appended.previousEventNumber() != expectedPrevious) {
            throw world.simulation.violation("writer " + number + " appended behind " + appended.previousEventNumber()
                    + ", not behind " + expectedPrevious);
        }
        expectedPrevious = last;
        expectedLength = appended.length();
        shown(segment).show(epoch(), last);
        if (last > confirmed) {
            confirmed = last;
        }
        long offset = appended.length() - bytes;
        for (long event = first; event <= last; event++) {
            world.history.place(number, event, segment, offset);
            offset += events.get((int) (event - first)).length;
        }
    }
}
