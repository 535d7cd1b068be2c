/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.testkit.streams;

import io.headrace.engine.segments.SegmentCommand;
import io.headrace.engine.segments.SegmentReply;
import io.headrace.engine.streams.SegmentRange;
import io.headrace.engine.streams.StreamsView;
import io.headrace.testkit.sim.SegmentHistory;
import io.headrace.testkit.streams.StreamLife.Transaction;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;

/** In the end, reads every segment that exists and holds all of it against what clients know. */
final class StreamsAudit extends Actor {
    private final Deque<String> left = new ArrayDeque<>();
    private final SortedMap<String, List<StreamEvents.Found>> found = new TreeMap<>();
    private final ByteBuf content = Unpooled.buffer();
    private long start;
    private long length = -1;
    private boolean begun;

    StreamsAudit(StreamsWorld world) {
        super(world, 200);
    }

    void begin() {
        begun = true;
        world.history.all().forEach((SegmentHistory segment) -> left.add(segment.name));
        start();
    }

    boolean isComplete() {
        return begun && left.isEmpty();
    }

    @Override
    boolean isIdle() {
        return isComplete();
    }

    @Override
    void proceed() {
        String segment = left.getFirst();
        if (length < 0) {
            send(segment, line -> new SegmentCommand.GetInfo(segment), this::begin, this::again);
        } else if (start + content.readableBytes() < length) {
            long offset = start + content.readableBytes();
            send(
                    segment,
                    line -> new SegmentCommand.Read(segment, offset, 1 << 20, line),
                    reply -> content.writeBytes(
                            ((SegmentReply.Data) reply).data().duplicate()),
                    this::again);
        } else {
            found.put(segment, isInternal(segment) ? List.of() : StreamEvents.parse(content, start, world.simulation));
            next();
        }
    }

    /** Whether it belongs to a stream that the controller keeps for itself: its events have another form. */
    private static boolean isInternal(String segment) {
        return segment.contains("/_");
    }

    private void begin(SegmentReply reply) {
        if (reply instanceof SegmentReply.Info info) {
            start = info.startOffset();
            length = info.length();
            content.clear();
        } else {
            next();
        }
    }

    private void next() {
        left.removeFirst();
        length = -1;
    }

    private void again() {
        length = -1;
    }

    /** The events of all segments that exist. */
    @Override
    public String toString() {
        return found.toString();
    }

    /** Segments exist if they are needed, and only then. */
    void checkSegments(List<StreamsView> views) {
        SortedSet<String> needed = new TreeSet<>();
        views.forEach(view -> needed.addAll(view.segments()));
        SortedSet<String> lost = new TreeSet<>(needed);
        lost.removeAll(found.keySet());
        SortedSet<String> orphans = new TreeSet<>(found.keySet());
        orphans.removeAll(needed);
        if (!lost.isEmpty() || !orphans.isEmpty()) {
            throw world.simulation.violation("segments without a use: " + orphans + ", missing segments: " + lost);
        }
    }

    /** Holds the events of a stream against what its clients know. */
    void checkEvents(StreamLife life, StreamsView.Stream stream) {
        Set<String> present = new HashSet<>();
        Map<Integer, List<Integer>> merged = new HashMap<>();
        for (int key = 0; key < StreamLife.KEYS; key++) {
            checkKey(life, stream, key, present, merged);
        }
        if (!life.truncates) {
            for (String event : life.acknowledged()) {
                require(present.contains(event), life, "the acknowledged event " + event + " is lost");
            }
        }
        for (Transaction t : life.transactions.values()) {
            int events = merged.getOrDefault(t.writer, List.of()).size();
            boolean in = Boolean.TRUE.equals(t.in);
            boolean out = Boolean.FALSE.equals(t.in);
            require(!out || events == 0, life, "transaction " + t.id + " is out, but there are " + events + " of it");
            boolean whole = events == t.keys.size();
            boolean cut = life.truncates && events < t.keys.size();
            require(!in || whole || cut, life, "of transaction " + t.id + " there are " + events + " of " + t.keys);
            require(in || events == 0 || whole || cut, life, "transaction " + t.id + " is partly in");
        }
        stream.present().keySet().forEach(id -> checkOrder(life, world.nameOf(life.name, id)));
    }

    /** Events of one writer for one key follow each other, over all segments that served the key. */
    private void checkKey(
            StreamLife life,
            StreamsView.Stream stream,
            int key,
            Set<String> present,
            Map<Integer, List<Integer>> merged) {
        Map<Integer, Long> last = new HashMap<>();
        for (SegmentRange segment : stream.chain(StreamLife.position(key))) {
            String name = world.nameOf(life.name, segment.id());
            for (StreamEvents.Found event : found.getOrDefault(name, List.of())) {
                if (event.key() != key) {
                    continue;
                }
                Long before = last.put(event.writer(), event.number());
                require(before == null || before < event.number(), life, event + " follows number " + before);
                require(
                        present.add(StreamLife.event(event.writer(), key, event.number())),
                        life,
                        event + " is there twice");
                if (life.transactions.containsKey(event.writer())) {
                    merged.computeIfAbsent(event.writer(), w -> new ArrayList<>())
                            .add(key);
                }
            }
        }
    }

    /** In a segment transactions stand one after the other, those of an epoch in the order of their commits. */
    private void checkOrder(StreamLife life, String segment) {
        Map<Long, Long> newestSent = new HashMap<>();
        Set<UUID> passed = new HashSet<>();
        UUID current = null;
        for (StreamEvents.Found event : found.getOrDefault(segment, List.of())) {
            Transaction t = life.transactions.get(event.writer());
            if (t == null) {
                current = null;
            } else if (!t.id.equals(current)) {
                require(passed.add(t.id), life, "transaction " + t.id + " is torn apart in " + segment);
                long epoch = t.id.getMostSignificantBits();
                long newest = newestSent.merge(epoch, t.commitSent, Math::max);
                require(t.commitTold >= newest, life, "transaction " + t.id + " comes too late in " + segment);
                current = t.id;
            }
        }
    }

    private void require(boolean condition, StreamLife life, String what) {
        if (!condition) {
            throw world.simulation.violation("in " + life.name + " " + what);
        }
    }
}
