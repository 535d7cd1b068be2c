/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.testkit.streams;

import io.headrace.engine.segments.SegmentCommand;
import io.headrace.engine.segments.SegmentReply;
import io.headrace.engine.streams.SegmentRange;
import io.headrace.engine.streams.StreamCommand;
import io.headrace.engine.streams.StreamReply.Segments;
import io.headrace.engine.streams.StreamReply.Successors;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Writes events one by one, exactly once: after a broken connection it asks the segment for the last number that it has,
 * and when a segment is sealed it goes on in those that follow.
 */
final class StreamWriter extends Actor {

    /** An event that is to be written; its number in the segment that it was sent to last, if it was. */
    private static final class Pending {
        final int key;
        final long number;
        long segmentId = -1;
        long eventNumber;

        Pending(int key, long number) {
            this.key = key;
            this.number = number;
        }
    }

    /** What it knows of a segment: the connection that it has set up, and the last number that it has given to an event. */
    private static final class Channel {
        long connection;
        long last;
    }

    private final StreamCast cast;
    private @Nullable StreamLife life;
    private int number;
    private final UUID id;
    private List<SegmentRange> view = List.of();
    private final Map<Long, Channel> channels = new HashMap<>();
    private @Nullable Pending pending;

    StreamWriter(StreamsWorld world, StreamCast cast, int paceMicros) {
        super(world, paceMicros);
        this.cast = cast;
        this.number = world.nextWriter();
        this.id = new UUID(1, number);
    }

    @Override
    boolean isIdle() {
        return pending == null;
    }

    @Override
    void proceed() {
        StreamLife now = cast.open();
        if (now == null || now != life) {
            giveUp();
            life = now;
            number = world.nextWriter();
            return;
        }
        if (pending == null) {
            if (world.isFinishing()) {
                return;
            }
            int key = world.random.nextInt(StreamLife.KEYS);
            pending = new Pending(key, now.next(number, key));
        }
        if (view.isEmpty()) {
            ask(new StreamCommand.GetCurrentSegments(cast.name), reply -> {
                if (reply instanceof Segments segments) {
                    view = segments.segments();
                }
            });
        } else {
            write(now, pending, segmentFor(pending.key));
        }
    }

    /** The stream is sealed or gone: nobody will tell whether the last event is in it. */
    private void giveUp() {
        if (pending != null && life != null) {
            life.doubt(number, pending.key, pending.number);
        }
        pending = null;
        view = List.of();
        channels.clear();
    }

    private SegmentRange segmentFor(int key) {
        double position = StreamLife.position(key);
        for (SegmentRange segment : view) {
            if (segment.low() <= position && position < segment.high()) {
                return segment;
            }
        }
        throw world.simulation.violation("no segment for key " + key + " in " + view);
    }

    private void write(StreamLife now, Pending event, SegmentRange segment) {
        String name = world.nameOf(cast.name, segment.id());
        Channel channel = channels.computeIfAbsent(segment.id(), s -> new Channel());
        if (channel.connection == 0 || channel.connection != data.connectionTo(name)) {
            setUp(now, event, segment, name, channel);
        } else {
            append(now, event, segment, name, channel);
        }
    }

    private void setUp(StreamLife now, Pending event, SegmentRange segment, String name, Channel channel) {
        long[] connection = new long[1];
        send(
                name,
                line -> {
                    connection[0] = line;
                    return new SegmentCommand.SetupAppend(name, id, line);
                },
                reply -> {
                    if (reply instanceof SegmentReply.AppendReady ready) {
                        channel.connection = connection[0];
                        if (event.segmentId == segment.id() && event.eventNumber <= ready.lastEventNumber()) {
                            now.acknowledge(number, event.key, event.number);
                            pending = null;
                        }
                    } else {
                        gone(now, event);
                    }
                },
                () -> {});
    }

    private void append(StreamLife now, Pending event, SegmentRange segment, String name, Channel channel) {
        if (event.segmentId != segment.id()) {
            event.segmentId = segment.id();
            event.eventNumber = ++channel.last;
        }
        send(
                name,
                line -> new SegmentCommand.Append(
                        name,
                        id,
                        line,
                        event.eventNumber,
                        1,
                        SegmentCommand.UNCONDITIONAL,
                        StreamEvents.encode(number, event.key, event.number)),
                reply -> {
                    if (reply instanceof SegmentReply.Appended) {
                        now.acknowledge(number, event.key, event.number);
                        pending = null;
                    } else if (reply instanceof SegmentReply.Sealed) {
                        follow(now, segment);
                    } else if (reply instanceof SegmentReply.InvalidEventNumber) {
                        data.breakOff(name);
                    } else {
                        gone(now, event);
                    }
                },
                () -> {});
    }

    /** A segment is gone although it was current: it has been truncated, with what was last sent to it or not. */
    private void gone(StreamLife now, Pending event) {
        if (!now.truncates && !now.sealAsked) {
            throw world.simulation.violation(cast.name + " has lost a segment of " + view);
        }
        now.doubt(number, event.key, event.number);
        pending = null;
        view = List.of();
    }

    private void follow(StreamLife now, SegmentRange sealed) {
        ask(new StreamCommand.GetSuccessors(cast.name, sealed.id()), reply -> {
            if (!(reply instanceof Successors successors)) {
                return;
            }
            if (successors.successors().isEmpty()) {
                if (!now.sealAsked) {
                    throw world.simulation.violation(
                            cast.name + " has nothing after " + sealed + " and nobody sealed it");
                }
                return;
            }
            List<SegmentRange> next = new ArrayList<>(view);
            next.remove(sealed);
            for (var successor : successors.successors()) {
                // A merged segment takes the place of the parts that end later, too.
                next.removeIf(other -> other.overlaps(successor.segment()));
                next.add(successor.segment());
            }
            // The view is only needed where it has changed; what is missing is asked for again.
            view = covers(next) ? next : List.of();
        });
    }

    private static boolean covers(List<SegmentRange> segments) {
        double width = 0;
        for (SegmentRange segment : segments) {
            width += segment.high() - segment.low();
        }
        return Math.abs(width - 1) < 1e-9;
    }
}
