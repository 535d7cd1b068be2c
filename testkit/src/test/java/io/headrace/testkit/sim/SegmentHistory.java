/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.testkit.sim;

import io.headrace.engine.segments.SegmentReply;
import io.netty.buffer.ByteBuf;
import java.util.Arrays;
import java.util.BitSet;

/** All that clients were ever told about one segment, and what they have asked for. Names are never used twice. */
public final class SegmentHistory {
    public final String name;
    private final Simulation simulation;

    // Asked for, with whatever outcome.
    boolean sealAsked;
    boolean endAsked;
    long truncationAsked;

    // Told.
    final Shown created = new Shown();
    final Shown length = new Shown();
    final Shown startOffset = new Shown();
    final Shown sealed = new Shown();
    final Shown ended = new Shown();
    private long finalLength = -1;

    /** A length that the segment had between two changes: an event ends there. */
    long eventEnd;

    private byte[] content = new byte[256];
    private final BitSet known = new BitSet();

    SegmentHistory(String name, Simulation simulation) {
        this.name = name;
        this.simulation = simulation;
    }

    /** What an owner of one epoch must know of the segment when a command is sent to it. */
    public record Floor(long epoch, boolean created, long length, long startOffset, boolean sealed, boolean ended) {}

    public Floor floor(long epoch) {
        return new Floor(
                epoch,
                created.atLeast(epoch) > 0,
                length.atLeast(epoch),
                startOffset.atLeast(epoch),
                sealed.atLeast(epoch) > 0,
                ended.atLeast(epoch) > 0);
    }

    /** The segment exists and has at least this length: some reply says so. */
    void exists(Floor floor, long atLeast) {
        if (floor.ended()) {
            throw violation("was shown after its end");
        }
        created.show(floor.epoch(), 1);
        length.show(floor.epoch(), atLeast);
        if (finalLength >= 0 && atLeast > finalLength) {
            throw violation("has length " + atLeast + " although it was sealed at " + finalLength);
        }
    }

    void info(Floor floor, SegmentReply.Info info) {
        exists(floor, info.length());
        eventEnd = Math.max(eventEnd, info.length());
        if (info.length() < floor.length() || info.startOffset() < floor.startOffset()) {
            throw violation("has shrunk to " + info + " after " + floor);
        }
        if (info.startOffset() > truncationAsked) {
            throw violation("starts at " + info.startOffset() + ", truncation was asked up to " + truncationAsked);
        }
        if (floor.sealed() && !info.sealed()) {
            throw violation("is open again");
        }
        startOffset.show(floor.epoch(), info.startOffset());
        if (info.sealed()) {
            sealedAt(floor, info.length());
        }
    }

    /** The segment says that it is sealed, at an unknown length. */
    void sealed(Floor floor) {
        exists(floor, 0);
        if (!sealAsked) {
            throw violation("is sealed and nobody asked for that");
        }
        sealed.show(floor.epoch(), 1);
    }

    void sealedAt(Floor floor, long at) {
        sealed(floor);
        length.show(floor.epoch(), at);
        if (finalLength >= 0 && at != finalLength) {
            throw violation("is sealed at " + at + " and was sealed at " + finalLength);
        }
        finalLength = at;
        if (at < length.atLeast(floor.epoch())) {
            throw violation("is sealed at " + at + " and was longer before");
        }
    }

    void truncatedTo(Floor floor, long offset) {
        exists(floor, 0);
        if (offset > truncationAsked || offset < floor.startOffset()) {
            throw violation("starts at " + offset + "; asked for up to " + truncationAsked + ", was " + floor);
        }
        startOffset.show(floor.epoch(), offset);
    }

    /** The segment is not there. */
    void missing(Floor floor) {
        if (floor.created() && !endAsked) {
            throw violation("is missing");
        }
        if (floor.created()) {
            ended.show(floor.epoch(), 1);
        }
    }

    /** The segment has these bytes at this offset, now and for ever. */
    void data(long offset, ByteBuf bytes) {
        int from = (int) offset;
        int count = bytes.readableBytes();
        if (from + count > content.length) {
            content = Arrays.copyOf(content, Math.max(from + count, 2 * content.length));
        }
        for (int i = 0; i < count; i++) {
            byte value = bytes.getByte(bytes.readerIndex() + i);
            if (known.get(from + i) && content[from + i] != value) {
                throw violation("has another byte at offset " + (from + i) + " than it had before");
            }
            content[from + i] = value;
        }
        known.set(from, from + count);
    }

    AssertionError violation(String what) {
        return simulation.violation("segment " + name + " " + what);
    }
}
