/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.engine.streams;

import io.headrace.engine.segments.SegmentCommand;
import io.headrace.engine.segments.SegmentReply;
import io.netty.buffer.ByteBufUtil;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;

/**
 * Segments in memory: content is a list of events, each of them one byte long. What the server appends itself is split
 * into bytes, in hexadecimal digits.
 */
final class FakeStore {
    final TreeMap<String, Segment> segments = new TreeMap<>();

    /** Names of all segments that ever existed, to see that none is used twice. */
    final SortedSet<String> everCreated = new TreeSet<>();

    /** Number of commands so far. */
    int executed;

    static final class Segment {
        final List<String> events = new ArrayList<>();
        final Map<UUID, Long> attributes = new HashMap<>();
        final long rolloverBytes;
        int scaleType;
        int targetRate;
        int keyLength;
        long startOffset;
        boolean sealed;

        Segment(int scaleType, int targetRate, long rolloverBytes) {
            this.scaleType = scaleType;
            this.targetRate = targetRate;
            this.rolloverBytes = rolloverBytes;
        }
    }

    Segment get(String name) {
        Segment segment = segments.get(name);
        if (segment == null) {
            throw new AssertionError("no segment " + name + " in " + segments.keySet());
        }
        return segment;
    }

    void append(String name, String... events) {
        if (get(name).sealed) {
            throw new AssertionError(name + " is sealed");
        }
        get(name).events.addAll(List.of(events));
    }

    List<String> events(String name) {
        return get(name).events;
    }

    SegmentReply execute(SegmentCommand command) {
        if (command instanceof SegmentCommand.Called called) {
            return execute(called.command());
        }
        executed++;
        String name = command.segment();
        if (command instanceof SegmentCommand.Create create) {
            if (segments.containsKey(name)) {
                return new SegmentReply.AlreadyExists();
            }
            segments.put(name, new Segment(create.scaleType(), create.targetRate(), create.rolloverBytes()));
            everCreated.add(name);
            return SegmentReply.Ok.INSTANCE;
        }
        if (command instanceof SegmentCommand.CreateTable create) {
            if (segments.containsKey(name)) {
                return new SegmentReply.AlreadyExists();
            }
            Segment table = new Segment(0, 0, create.rolloverBytes());
            table.keyLength = create.keyLength();
            segments.put(name, table);
            everCreated.add(name);
            return SegmentReply.Ok.INSTANCE;
        }
        Segment segment = segments.get(name);
        if (segment == null) {
            return new SegmentReply.NoSuchSegment(name);
        }
        if (command instanceof SegmentCommand.GetInfo) {
            return new SegmentReply.Info(segment.sealed, 0, segment.events.size(), segment.startOffset);
        } else if (command instanceof SegmentCommand.Delete) {
            segments.remove(name);
            return SegmentReply.Ok.INSTANCE;
        } else if (command instanceof SegmentCommand.Truncate truncate) {
            if (truncate.offset() > segment.events.size()) {
                return new SegmentReply.BadArgument("beyond the end");
            }
            segment.startOffset = Math.max(segment.startOffset, truncate.offset());
            return SegmentReply.Ok.INSTANCE;
        } else if (command instanceof SegmentCommand.GetAttribute get) {
            return new SegmentReply.Attribute(attribute(segment, get.attribute()));
        } else if (command instanceof SegmentCommand.AppendAt append
                && attribute(segment, append.writer()) >= append.offset()) {
            return SegmentReply.Ok.INSTANCE;
        } else if (segment.sealed) {
            return new SegmentReply.Sealed(name);
        } else if (command instanceof SegmentCommand.AppendAt append) {
            if (append.offset() != segment.events.size()) {
                return new SegmentReply.ConditionFailed(append.writer(), append.offset());
            }
            segment.attributes.put(append.writer(), append.offset());
            for (byte value : ByteBufUtil.getBytes(append.data())) {
                segment.events.add(HexFormat.of().toHexDigits(value));
            }
            return SegmentReply.Ok.INSTANCE;
        } else if (command instanceof SegmentCommand.UpdateAttribute update) {
            boolean equal = attribute(segment, update.attribute()) == update.expected();
            if (equal) {
                segment.attributes.put(update.attribute(), update.value());
            }
            return new SegmentReply.AttributeUpdated(equal);
        } else if (command instanceof SegmentCommand.Seal) {
            segment.sealed = true;
            return SegmentReply.Ok.INSTANCE;
        } else if (command instanceof SegmentCommand.UpdatePolicy policy) {
            segment.scaleType = policy.scaleType();
            segment.targetRate = policy.targetRate();
            return SegmentReply.Ok.INSTANCE;
        } else if (command instanceof SegmentCommand.MergeBatch merge) {
            List<Long> lengths = new ArrayList<>();
            for (String source : merge.sources()) {
                Segment merged = segments.remove(source);
                if (merged != null) {
                    segment.events.addAll(merged.events);
                }
                lengths.add((long) segment.events.size());
            }
            return new SegmentReply.Merged(lengths);
        }
        throw new AssertionError("not expected: " + command);
    }

    private static long attribute(Segment segment, UUID id) {
        return segment.attributes.getOrDefault(id, SegmentCommand.NO_VALUE);
    }
}
