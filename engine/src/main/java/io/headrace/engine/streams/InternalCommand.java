/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.engine.streams;

import io.headrace.codecs.name.SegmentName;
import io.headrace.engine.calls.CallStamp;
import io.headrace.engine.segments.Load;
import io.headrace.engine.segments.SegmentReply;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** What {@code streams} partitions say to each other and to themselves. All of it may be repeated at will. */
public sealed interface InternalCommand extends StreamCommand.Internal {

    /**
     * Creates a stream that belongs to something that exists or is being created, even if its scope is being removed.
     * Answered by {@link StreamReply.CreateStreamStatus}.
     */
    record EnsureStream(StreamName stream, StreamConfiguration configuration) implements InternalCommand {
        @Override
        public String scope() {
            return stream.scope();
        }
    }

    /**
     * Makes a reader group a subscriber of a stream, or raises its generation. Answered by {@link
     * StreamReply.UpdateSubscriberStatus}.
     */
    record AddSubscriber(StreamName stream, String subscriber, UUID groupId, long generation)
            implements InternalCommand {
        @Override
        public String scope() {
            return stream.scope();
        }
    }

    /** Answered by {@link StreamReply.UpdateSubscriberStatus}; a missing stream or subscriber is success. */
    record RemoveSubscriber(StreamName stream, String subscriber, UUID groupId) implements InternalCommand {
        @Override
        public String scope() {
            return stream.scope();
        }
    }

    /** The load of a segment. Answered by {@link StreamReply.Accepted}, whatever comes of it. */
    record ReportLoad(StreamName stream, long segmentId, Load load) implements InternalCommand {

        /** The report of a segment's owner to that of its stream; empty if the segment is none of a stream. */
        public static Optional<ReportLoad> of(String segment, Load load) {
            return SegmentName.parse(segment)
                    .map(name -> new ReportLoad(new StreamName(name.scope(), name.stream()), name.id(), load));
        }

        @Override
        public String scope() {
            return stream.scope();
        }
    }

    /**
     * A command of a workflow. Answered by {@link StreamReply.Outdated} if it comes too late; see {@link CallStamp}.
     */
    record Called(CallStamp stamp, StreamCommand command) implements InternalCommand {
        @Override
        public String scope() {
            return command.scope();
        }
    }

    /**
     * A call that this owner of the partition made has come back. No reply.
     *
     * @param run number of the run of a step that made the call
     * @param call index of the call within the run
     * @param segmentReply of a call to a {@code segments} partition
     * @param streamReply of a call to a {@code streams} partition; if both are null the call was lost
     */
    record CallDone(
            long run,
            int call,
            @Nullable SegmentReply segmentReply,
            @Nullable StreamReply streamReply) implements InternalCommand {
        @Override
        public String scope() {
            return "";
        }
    }
}
