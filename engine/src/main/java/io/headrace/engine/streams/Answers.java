/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.engine.streams;

import io.headrace.engine.segments.SegmentCommand;
import io.headrace.engine.segments.SegmentReply;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The calls of a step, all of them answered. */
record Answers(List<Call> calls, List<@Nullable SegmentReply> replies) {

    /** Lengths of the segments that were asked for, by name; those that do not exist are left out. */
    SortedMap<String, Long> lengths() {
        SortedMap<String, Long> lengths = new TreeMap<>();
        for (int i = 0; i < calls.size(); i++) {
            if (calls.get(i) instanceof Call.ToSegment call
                    && call.command() instanceof SegmentCommand.GetInfo
                    && replies.get(i) instanceof SegmentReply.Info info) {
                lengths.put(call.command().segment(), info.length());
            }
        }
        return lengths;
    }
}
