/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.testkit.streams;

import io.headrace.engine.segments.SegmentCommand;
import io.headrace.engine.segments.SegmentReply;
import io.headrace.engine.streams.StreamCommand;
import io.headrace.engine.streams.StreamCut;
import io.headrace.engine.streams.StreamReply.Cut;
import io.headrace.engine.streams.StreamReply.Successors;
import io.headrace.engine.streams.StreamReply.UpdateStreamStatus;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Reads a stream from its head on, segment after segment, a segment only when all that it follows have been read to
 * their ends. Events of one writer and key must come in order, without gaps, whatever was scaled in between.
 */
final class StreamReader extends Actor {
    private final StreamCast cast;
    private final double truncates;
    private @Nullable StreamLife life;
    private boolean started;
    private boolean fromBeginning;

    /** Where it is in the segments that it reads. */
    private final SortedMap<Long, Long> offsets = new TreeMap<>();

    /** Segments that were read to their ends, where these are, and whose successors are not known yet. */
    private final NavigableMap<Long, Long> ended = new TreeMap<>();

    /** Segments whose successors are known. */
    private final Set<Long> passed = new HashSet<>();

    /** Segments that follow ones that were read, and what else they follow. */
    private final Map<Long, List<Long>> next = new HashMap<>();

    private final Map<String, Long> last = new HashMap<>();
    private final Map<Long, ByteBuf> rests = new HashMap<>();

    /** @param truncates probability that it gives up, at some moment, what it has read */
    StreamReader(StreamsWorld world, StreamCast cast, int paceMicros, double truncates) {
        super(world, paceMicros);
        this.cast = cast;
        this.truncates = truncates;
    }

    @Override
    boolean isIdle() {
        return true;
    }

    @Override
    void proceed() {
        StreamLife now = cast.life;
        if (now == null || now != life || now.deleted) {
            life = now;
            restart();
            return;
        }
        if (!started) {
            begin(now);
        } else if (now.truncates && next.isEmpty() && !now.sealAsked && world.simulation.chance(truncates)) {
            truncate(now);
        } else if (!ended.isEmpty()) {
            succeed(now, ended.firstKey());
        } else if (!offsets.isEmpty()) {
            read(now);
        } else if (!now.sealAsked && next.isEmpty()) {
            throw world.simulation.violation("a reader came to the end of " + cast.name + ", which nobody sealed");
        }
    }

    private void restart() {
        started = false;
        offsets.clear();
        ended.clear();
        passed.clear();
        next.clear();
        last.clear();
        rests.clear();
    }

    private void begin(StreamLife now) {
        if (!now.open && !now.sealAsked) {
            return;
        }
        ask(new StreamCommand.GetHead(cast.name), reply -> {
            if (reply instanceof Cut cut && now == life) {
                started = true;
                fromBeginning = !now.truncates;
                cut.cut().offsets().forEach((id, offset) -> {
                    if (offset >= 0) {
                        offsets.put(id, offset);
                    }
                });
            }
        });
    }

    private void truncate(StreamLife now) {
        SortedMap<Long, Long> cut = new TreeMap<>(ended);
        offsets.forEach((id, offset) -> {
            ByteBuf rest = rests.get(id);
            cut.put(id, offset - (rest == null ? 0 : rest.readableBytes()));
        });
        ask(new StreamCommand.TruncateStream(cast.name, new StreamCut(cut)), reply -> {
            if (reply != UpdateStreamStatus.SUCCESS && !now.sealAsked) {
                throw world.simulation.violation(cast.name + " is not truncated at " + cut + ": " + reply);
            }
        });
    }

    private void succeed(StreamLife now, long segment) {
        ask(new StreamCommand.GetSuccessors(cast.name, segment), reply -> {
            if (reply instanceof Successors successors && now == life) {
                ended.remove(segment);
                passed.add(segment);
                successors.successors().forEach(s -> next.put(s.segment().id(), s.predecessors()));
                next.entrySet().removeIf(entry -> {
                    boolean ready = passed.containsAll(entry.getValue());
                    if (ready) {
                        offsets.put(entry.getKey(), 0L);
                    }
                    return ready;
                });
            }
        });
    }

    private void read(StreamLife now) {
        List<Long> ids = List.copyOf(offsets.keySet());
        long id = ids.get(world.random.nextInt(ids.size()));
        long offset = offsets.getOrDefault(id, 0L);
        String segment = world.nameOf(cast.name, id);
        int most = 1 + world.random.nextInt(400);
        boolean[] answered = new boolean[1];
        send(
                segment,
                line -> new SegmentCommand.Read(segment, offset, most, line),
                reply -> {
                    answered[0] = true;
                    if (now != life) {
                        return;
                    }
                    if (reply instanceof SegmentReply.Data data) {
                        offsets.put(id, offset + data.data().readableBytes());
                        take(now, id, offset, data.data());
                        if (data.endOfSegment()) {
                            end(id, offset + data.data().readableBytes());
                        }
                    } else if (now.truncates || now.sealAsked) {
                        restart();
                    } else {
                        throw world.simulation.violation(segment + " cannot be read at " + offset + ": " + reply);
                    }
                },
                () -> answered[0] = true);
        // At the tail there may be nothing for ever.
        world.simulation.after(20_000 + world.random.nextInt(200_000), () -> {
            if (!answered[0]) {
                data.breakOff(segment);
            }
        });
    }

    private void end(long id, long offset) {
        offsets.remove(id);
        ended.put(id, offset);
        ByteBuf rest = rests.remove(id);
        if (rest != null && rest.isReadable()) {
            throw world.simulation.violation(cast.name + ": segment " + id + " ends inside an event");
        }
    }

    /** Takes the whole events that have been read. */
    private void take(StreamLife now, long id, long offset, ByteBuf data) {
        ByteBuf all = rests.computeIfAbsent(id, i -> Unpooled.buffer());
        all.writeBytes(data.duplicate());
        int whole = StreamEvents.wholeEvents(all);
        ByteBuf events = all.readSlice(whole);
        for (StreamEvents.Found event : StreamEvents.parse(events.slice(), offset, world.simulation)) {
            String line = event.writer() + ":" + event.key();
            Long before = last.put(line, event.number());
            long expected = before == null ? 1 : before + 1;
            if (before == null && !fromBeginning) {
                continue;
            }
            while (expected < event.number() && now.isDoubtful(event.writer(), event.key(), expected)) {
                expected++;
            }
            if (event.number() != expected) {
                throw world.simulation.violation("a reader of " + cast.name + " finds " + event + " in segment " + id
                        + " where number " + expected + " was expected");
            }
        }
        all.discardReadBytes();
    }
}
