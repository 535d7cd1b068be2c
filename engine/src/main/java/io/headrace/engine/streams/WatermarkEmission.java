/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.engine.streams;

import io.headrace.engine.segments.SegmentCommand;
import io.headrace.engine.segments.SegmentReply;
import io.headrace.engine.streams.Row.Emitted;
import io.headrace.engine.streams.Row.MarkRow;
import io.headrace.engine.streams.Work.Subject;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Writes watermarks into mark streams, in three steps: ask where the mark stream ends, which is then remembered with the
 * watermark; append it there, if that is still the end, once; move the stream's revision mark to the watermark before,
 * and drop watermarks of old. Nothing is remembered of a first step: it is made again in the next period. If others have
 * written to the mark stream meanwhile the watermark is given up.
 */
final class WatermarkEmission implements Procedure {
    /** What appends watermarks to mark streams. */
    static final UUID WRITER = new UUID(0x6865_6164_7261_6365L, 1);

    /** The attribute that clients of revisioned streams know as the stream's mark. */
    static final UUID REVISION_MARK = UUID.fromString("7df9a874-246c-c9d6-9397-cdd19ead68c5");

    /** Emissions that run at a time. */
    private static final int MAX_RUNNING = 64;

    // Volatile.
    private final Set<StreamName> running = new HashSet<>();
    /** What the first step is made for. */
    private final Map<StreamName, Watermark> decided = new HashMap<>();

    boolean isRunning(StreamName stream) {
        return running.contains(stream);
    }

    boolean isFull() {
        return running.size() >= MAX_RUNNING;
    }

    /** Begins to emit a watermark; none of the stream may be running. */
    void begin(StreamName stream, Watermark watermark, Context c) {
        decided.put(stream, watermark);
        running.add(stream);
        c.start(new Subject.OfMark(stream));
    }

    /** Goes on with what a former owner has begun. */
    void recovered(StreamData stream, Context c) {
        if (stream.mark != null && stream.mark.next() != null) {
            running.add(stream.name());
            c.start(new Subject.OfMark(stream.name()));
        }
    }

    @Override
    public List<Call> calls(Subject subject, Context c) {
        StreamName name = ((Subject.OfMark) subject).stream();
        StreamData stream = c.state().stream(name);
        if (stream == null) {
            return List.of();
        }
        MarkRow row = stream.mark;
        if (row != null && row.next() != null) {
            return row.written() ? conclude(row) : append(stream, row, row.next());
        }
        Long segmentId = segmentOf(name, c);
        if (segmentId == null) {
            return List.of();
        }
        String segment = SegmentNames.segment(name.mark(), segmentId);
        return List.of(
                new Call.ToSegment(new SegmentCommand.GetInfo(segment)),
                new Call.ToSegment(new SegmentCommand.GetAttribute(segment, REVISION_MARK)));
    }

    /** The segment that watermarks go to; null if there is none. */
    private static @Nullable Long segmentOf(StreamName stream, Context c) {
        StreamData marks = c.state().stream(stream.mark());
        return marks == null || marks.isSealed()
                ? null
                : marks.current().segments().get(0).id();
    }

    private static List<Call> append(StreamData stream, MarkRow row, Emitted next) {
        return List.of(new Call.ToSegment(new SegmentCommand.AppendAt(
                segment(row), WRITER, next.offset(), WatermarkEntry.write(next.watermark(), stream.graph))));
    }

    private static List<Call> conclude(MarkRow row) {
        List<Call> calls = new ArrayList<>();
        if (row.last() != null && row.last().offset() >= 0) {
            calls.add(new Call.ToSegment(new SegmentCommand.UpdateAttribute(
                    segment(row), REVISION_MARK, row.last().offset(), row.attribute())));
        }
        long oldest = Milestones.start(row.milestones());
        if (oldest > row.startOffset()) {
            calls.add(new Call.ToSegment(new SegmentCommand.Truncate(segment(row), oldest)));
        }
        return calls;
    }

    private static String segment(MarkRow row) {
        return SegmentNames.segment(row.name().mark(), row.segmentId());
    }

    @Override
    public void completed(Subject subject, Answers answers, Context c) {
        StreamName name = ((Subject.OfMark) subject).stream();
        Watermark wanted = decided.remove(name);
        StreamData stream = c.state().stream(name);
        MarkRow next = null;
        if (stream != null && stream.mark != null && stream.mark.next() != null) {
            next = stream.mark.written()
                    ? concluded(stream.mark)
                    : appended(stream.mark, stream.mark.next(), answers, c);
        } else if (stream != null && wanted != null) {
            next = measured(stream, wanted, answers, c);
        }
        if (next != null) {
            c.put(next);
        }
        if (next != null && next.next() != null) {
            c.start(subject);
        } else {
            running.remove(name);
        }
    }

    /** The row to go on with; null if nothing can be written there. */
    private static @Nullable MarkRow measured(StreamData stream, Watermark watermark, Answers answers, Context c) {
        Long segmentId = segmentOf(stream.name(), c);
        // The answers may be of another life of the stream.
        if (segmentId == null
                || answers.replies().size() != 2
                || !(answers.calls().get(0) instanceof Call.ToSegment call)
                || !call.command()
                        .segment()
                        .equals(SegmentNames.segment(stream.name().mark(), segmentId))
                || !(answers.replies().get(0) instanceof SegmentReply.Info info)
                || !(answers.replies().get(1) instanceof SegmentReply.Attribute attribute)) {
            return null;
        }
        Emitted last = stream.mark == null ? null : stream.mark.last();
        SortedMap<Long, Long> milestones =
                stream.mark == null ? Collections.emptySortedMap() : stream.mark.milestones();
        if (last != null && stream.mark != null && stream.mark.segmentId() != segmentId) {
            last = new Emitted(last.watermark(), -1);
            milestones = Collections.emptySortedMap();
        }
        return new MarkRow(
                stream.name(),
                segmentId,
                last,
                new Emitted(watermark, info.length()),
                false,
                attribute.value(),
                info.startOffset(),
                milestones);
    }

    private static MarkRow appended(MarkRow row, Emitted next, Answers answers, Context c) {
        if (!(answers.replies().get(0) instanceof SegmentReply.Ok)) {
            return row.endedWith(row.last());
        }
        long end = next.offset() + WatermarkEntry.length(next.watermark());
        return row.asWritten(Milestones.after(row.milestones(), c.now(), next.offset(), end));
    }

    private static MarkRow concluded(MarkRow row) {
        return row.endedWith(row.next());
    }
}
