/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.engine.streams;

import io.headrace.codecs.name.SegmentName;
import io.headrace.engine.partition.ReplyTo;
import io.headrace.engine.streams.Row.StreamState;
import io.headrace.engine.streams.StreamCuts.Order;
import io.headrace.engine.streams.StreamReply.Code;
import io.headrace.engine.streams.StreamReply.Configuration;
import io.headrace.engine.streams.StreamReply.Cut;
import io.headrace.engine.streams.StreamReply.Exists;
import io.headrace.engine.streams.StreamReply.Segments;
import io.headrace.engine.streams.StreamReply.Successor;
import io.headrace.engine.streams.StreamReply.Successors;
import io.headrace.engine.streams.StreamReply.Valid;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Answers questions about streams, their segments and their history. Changes nothing. */
final class StreamQueries {

    /** Whether the command was one of these. */
    boolean execute(StreamCommand.OfStream command, ReplyTo<? super StreamReply> replyTo, Context c) {
        if (command instanceof StreamCommand.CheckStreamExists) {
            c.reply(replyTo, new Exists(c.state().stream(command.stream()) != null));
            return true;
        }
        StreamReply reply;
        if (command instanceof StreamCommand.GetStreamConfiguration) {
            StreamData stream = c.state().stream(command.stream());
            reply = stream == null ? missing(command) : new Configuration(command.stream(), stream.configuration);
        } else {
            reply = ask(command, c);
        }
        if (reply == null) {
            return false;
        }
        c.reply(replyTo, reply);
        return true;
    }

    private static @Nullable StreamReply ask(StreamCommand.OfStream command, Context c) {
        boolean isQuery = command instanceof StreamCommand.GetCurrentSegments
                || command instanceof StreamCommand.GetEpochSegments
                || command instanceof StreamCommand.GetHead
                || command instanceof StreamCommand.GetSuccessors
                || command instanceof StreamCommand.GetSegmentsBetween
                || command instanceof StreamCommand.IsSegmentValid
                || command instanceof StreamCommand.IsStreamCutValid;
        if (!isQuery) {
            return null;
        }
        StreamData stream = c.state().stream(command.stream());
        if (stream == null) {
            return missing(command);
        }
        if (stream.state() == StreamState.CREATING) {
            return new StreamReply.Failed(Code.INTERNAL, "stream " + command.stream() + " is being created");
        }
        if (command instanceof StreamCommand.GetCurrentSegments) {
            return new Segments(stream.isSealed() ? List.of() : stream.current().segments());
        } else if (command instanceof StreamCommand.GetEpochSegments q) {
            return epochSegments(stream, q.epoch());
        } else if (command instanceof StreamCommand.GetHead) {
            return new Cut(stream.head());
        } else if (command instanceof StreamCommand.GetSuccessors q) {
            return successors(stream, q.segmentId());
        } else if (command instanceof StreamCommand.GetSegmentsBetween q) {
            return between(stream, q.from(), q.to());
        } else if (command instanceof StreamCommand.IsSegmentValid q) {
            return new Valid(!stream.isSealed() && stream.current().contains(q.segmentId()));
        } else {
            StreamCut cut = ((StreamCommand.IsStreamCutValid) command).cut();
            return new Valid(StreamCuts.isValid(stream.graph, cut));
        }
    }

    private static StreamReply missing(StreamCommand.OfStream command) {
        return new StreamReply.Failed(Code.NOT_FOUND, "there is no stream " + command.stream());
    }

    private static StreamReply epochSegments(StreamData stream, int epoch) {
        if (!stream.graph.hasEpoch(epoch)) {
            return new StreamReply.Failed(Code.NOT_FOUND, "stream " + stream.name() + " has no epoch " + epoch);
        }
        return new Segments(withEpoch(stream.graph.epoch(epoch), epoch));
    }

    /** The segments of an epoch as transactions of it name them: whatever their own epoch is, the ids carry this one. */
    static List<SegmentRange> withEpoch(Epoch segments, int epoch) {
        return segments.segments().stream()
                .map(s -> new SegmentRange(SegmentName.id(epoch, SegmentName.numberOf(s.id())), s.low(), s.high()))
                .toList();
    }

    private static Successors successors(StreamData stream, long segmentId) {
        return new Successors(stream.graph.successors(segmentId).stream()
                .map(s -> new Successor(
                        s,
                        stream.graph.predecessors(s).stream()
                                .map(SegmentRange::id)
                                .sorted()
                                .toList()))
                .toList());
    }

    private static StreamReply between(StreamData stream, StreamCut from, StreamCut to) {
        EpochGraph graph = stream.graph;
        if (from.isUnbounded() && to.isUnbounded()) {
            return invalid("at least one of the cuts must be bounded");
        }
        if (!StreamCuts.isKnown(graph, from) || !StreamCuts.isKnown(graph, to)) {
            return invalid("a cut names a segment that stream " + stream.name() + " never had");
        }
        StreamCut start = from.isUnbounded() ? StreamCuts.beginning(graph) : from;
        StreamCut end = to.isUnbounded() ? StreamCuts.cutOf(stream.current(), Long.MAX_VALUE) : to;
        if (!from.isUnbounded() && !to.isUnbounded() && StreamCuts.compare(graph, end, start) != Order.EQUAL_OR_AFTER) {
            return invalid("the end lies before the start");
        }
        return new Segments(StreamCuts.segmentsBetween(graph, start, end));
    }

    private static StreamReply invalid(String message) {
        return new StreamReply.Failed(Code.INVALID_ARGUMENT, message);
    }
}
