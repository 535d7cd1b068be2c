/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.testkit.sim;

import io.headrace.engine.segments.SegmentCommand;
import io.headrace.engine.segments.SegmentReply;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What clients were told by a {@code segments} partition. Every reply is held against all that was told before. */
public final class SegmentsHistory {
    private final Simulation simulation;
    private final Map<String, SegmentHistory> segments = new LinkedHashMap<>();

    /** Where each confirmed event of each writer stands: writer and number to segment and offset. */
    private final Map<String, String> places = new LinkedHashMap<>();

    /** New value by old value, for each attribute that is only changed by compare-and-set. */
    private final Map<String, Long> swaps = new LinkedHashMap<>();

    public long answers;
    public long readBytes;
    public long appends;
    public long merges;

    public SegmentsHistory(Simulation simulation) {
        this.simulation = simulation;
    }

    public SegmentHistory of(String segment) {
        return segments.computeIfAbsent(segment, name -> new SegmentHistory(name, simulation));
    }

    /** Each event must have one place, for all time. */
    public void place(int writer, long number, String segment, long offset) {
        String place = segment + "@" + offset;
        String before = places.putIfAbsent(writer + ":" + number, place);
        if (before != null && !before.equals(place)) {
            throw simulation.violation(
                    "event " + number + " of writer " + writer + " stands at " + before + " and at " + place);
        }
    }

    /** Notes what a command asks for, as it is sent: from here on its effect may be seen. */
    public void asked(SegmentCommand command) {
        SegmentHistory segment = of(command.segment());
        if (command instanceof SegmentCommand.Seal) {
            segment.sealAsked = true;
        } else if (command instanceof SegmentCommand.Truncate truncate) {
            segment.truncationAsked = Math.max(segment.truncationAsked, truncate.offset());
        } else if (command instanceof SegmentCommand.Delete) {
            segment.endAsked = true;
        } else {
            sources(command).forEach(source -> {
                of(source).endAsked = true;
                of(source).sealAsked = true;
            });
        }
    }

    private static List<String> sources(SegmentCommand command) {
        if (command instanceof SegmentCommand.Merge merge) {
            return List.of(merge.source());
        }
        return command instanceof SegmentCommand.MergeBatch batch ? batch.sources() : List.of();
    }

    /** Where a confirmed event stands, as {@code segment@offset}; null if no reply has said so. */
    public @Nullable String place(int writer, long number) {
        return places.get(writer + ":" + number);
    }

    /** All segments that were ever asked about. */
    public Collection<SegmentHistory> all() {
        return segments.values();
    }

    /** Judges a reply at the moment it leaves the partition. */
    public void told(SegmentCommand command, SegmentReply reply, SegmentHistory.Floor floor) {
        answers++;
        SegmentHistory segment = of(command.segment());
        if (reply instanceof SegmentReply.NoSuchSegment missing) {
            boolean itself = missing.segment().equals(command.segment());
            of(missing.segment()).missing(itself ? floor : of(missing.segment()).floor(0));
        } else if (reply instanceof SegmentReply.Sealed) {
            segment.sealed(floor);
        } else if (reply instanceof SegmentReply.Truncated truncated) {
            segment.truncatedTo(floor, truncated.startOffset());
        } else if (reply instanceof SegmentReply.AlreadyExists) {
            segment.exists(floor, 0);
        } else if (reply instanceof SegmentReply.Info info) {
            segment.info(floor, info);
        } else if (reply instanceof SegmentReply.BadArgument bad) {
            throw segment.violation("was refused: " + bad.message());
        } else {
            done(segment, command, reply, floor);
        }
    }

    private void done(SegmentHistory segment, SegmentCommand command, SegmentReply reply, SegmentHistory.Floor floor) {
        if (command instanceof SegmentCommand.Append append && reply instanceof SegmentReply.Appended appended) {
            appends++;
            appended(segment, append, appended, floor);
        } else if (command instanceof SegmentCommand.Read read && reply instanceof SegmentReply.Data data) {
            readBytes += data.data().readableBytes();
            read(segment, read, data, floor);
        } else if (command instanceof SegmentCommand.Seal) {
            segment.sealed(floor);
        } else if (command instanceof SegmentCommand.Truncate truncate) {
            segment.truncatedTo(floor, Math.max(truncate.offset(), floor.startOffset()));
        } else if (command instanceof SegmentCommand.Delete) {
            segment.ended.show(floor.epoch(), 1);
        } else if (reply instanceof SegmentReply.Merged merged) {
            merges++;
            sources(command).forEach(source -> of(source).ended.show(floor.epoch(), 1));
            segment.exists(floor, merged.lengths().get(merged.lengths().size() - 1));
        } else if (command instanceof SegmentCommand.UpdateAttribute update
                && reply.equals(new SegmentReply.AttributeUpdated(true))) {
            Long other = swaps.putIfAbsent(
                    command.segment() + "/" + update.attribute() + "/" + update.expected(), update.value());
            if (other != null && other != update.value()) {
                throw segment.violation("swapped " + update.expected() + " twice, for " + other + " and " + update);
            }
        } else if (!(reply instanceof SegmentReply.ConditionFailed)
                && !(reply instanceof SegmentReply.InvalidEventNumber)) {
            segment.exists(floor, 0);
        }
    }

    private void appended(
            SegmentHistory segment,
            SegmentCommand.Append append,
            SegmentReply.Appended appended,
            SegmentHistory.Floor floor) {
        long offset = appended.length() - append.data().readableBytes();
        if (offset < floor.length() || floor.sealed()) {
            throw segment.violation("took an append at " + offset + " although it was " + floor);
        }
        if (append.expectedLength() >= 0 && append.expectedLength() != offset) {
            throw segment.violation("took an append at " + offset + " for " + append);
        }
        if (appended.eventNumber() != append.eventNumber() || appended.previousEventNumber() >= append.eventNumber()) {
            throw segment.violation("confirms " + append + " with " + appended);
        }
        segment.exists(floor, appended.length());
        segment.eventEnd = Math.max(segment.eventEnd, appended.length());
        segment.data(offset, append.data());
    }

    private void read(
            SegmentHistory segment, SegmentCommand.Read read, SegmentReply.Data data, SegmentHistory.Floor floor) {
        int length = data.data().readableBytes();
        if (length > read.maxLength() || (length == 0 && !data.endOfSegment())) {
            throw segment.violation("answers " + read + " with " + length + " bytes");
        }
        if (length > 0 && read.offset() < floor.startOffset()) {
            throw segment.violation("gives data at " + read.offset() + " although it was " + floor);
        }
        segment.exists(floor, read.offset() + length);
        segment.data(read.offset(), data.data());
        if (data.endOfSegment() && length > 0) {
            segment.sealedAt(floor, read.offset() + length);
        } else if (data.endOfSegment()) {
            segment.sealed(floor);
        }
    }
}
