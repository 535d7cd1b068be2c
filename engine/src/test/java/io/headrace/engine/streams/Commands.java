/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.engine.streams;

import io.headrace.codecs.name.SegmentName;
import io.headrace.engine.streams.StreamReply.Segments;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Short words for what tests say often. */
final class Commands {
    static final StreamName S = new StreamName("s", "a");

    private Commands() {}

    static StreamConfiguration fixed(int segments) {
        return StreamConfiguration.of(ScalingPolicy.fixed(segments));
    }

    static StreamCommand.CreateStream createStream(StreamName stream, int segments) {
        return new StreamCommand.CreateStream(stream, fixed(segments));
    }

    /** A rig with the scope {@code s} and the stream {@code s/a}. */
    static Rig withStream(int segments) {
        Rig rig = new Rig();
        rig.ask(new StreamCommand.CreateScope("s"));
        rig.ask(createStream(S, segments));
        return rig;
    }

    static long id(int number, int epoch) {
        return SegmentName.id(epoch, number);
    }

    static String segment(int number, int epoch) {
        return SegmentNames.segment(S, id(number, epoch));
    }

    /** {@code number@epoch} of each, in order. */
    static List<String> names(List<SegmentRange> segments) {
        List<String> names = new ArrayList<>();
        segments.forEach(s -> names.add(SegmentName.numberOf(s.id()) + "@" + SegmentName.epochOf(s.id())));
        return names;
    }

    static List<String> current(Rig rig, StreamName stream) {
        return names(((Segments) rig.ask(new StreamCommand.GetCurrentSegments(stream))).segments());
    }

    static List<SegmentRange> ranges(double... bounds) {
        List<SegmentRange> ranges = new ArrayList<>();
        for (int i = 0; i < bounds.length; i += 2) {
            ranges.add(new SegmentRange(-1, bounds[i], bounds[i + 1]));
        }
        return ranges;
    }

    /** A cut from segment id, offset, segment id, offset … */
    static StreamCut cut(long... pairs) {
        Map<Long, Long> offsets = new TreeMap<>();
        for (int i = 0; i < pairs.length; i += 2) {
            offsets.put(pairs[i], pairs[i + 1]);
        }
        return StreamCut.of(offsets);
    }
}
