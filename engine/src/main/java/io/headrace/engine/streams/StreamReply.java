/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.engine.streams;

import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What a {@code streams} partition answers to a {@link StreamCommand}. Constants of the status types have the names
 * that the Pravega controller's protocol gives them.
 */
public sealed interface StreamReply {

    // ------------------------------------------------------------------------------------------- any command

    /** Why a command has no answer of its own kind; each code stands for the gRPC status of the same name. */
    enum Code {
        NOT_FOUND,
        INVALID_ARGUMENT,
        FAILED_PRECONDITION,
        /** Too much is waiting; try again later. */
        RESOURCE_EXHAUSTED,
        /** The work goes on, but the caller has waited long enough. */
        DEADLINE_EXCEEDED,
        /** Not now; try again. */
        INTERNAL
    }

    /**
     * The command failed in a way that its own reply cannot say.
     *
     * @param message what was wrong, for people
     */
    record Failed(Code code, String message) implements StreamReply {}

    /** The command is known but not built yet. */
    record NotImplemented(String what) implements StreamReply {}

    /** To a signal that wants no answer. */
    record Accepted() implements StreamReply {
        public static final Accepted INSTANCE = new Accepted();
    }

    /** To a call of a workflow that has gone on, or whose partition has a newer owner; it has no effect (any more). */
    record Outdated() implements StreamReply {
        public static final Outdated INSTANCE = new Outdated();
    }

    record Exists(boolean exists) implements StreamReply {}

    record Valid(boolean valid) implements StreamReply {}

    enum ListStatus {
        SUCCESS,
        FAILURE,
        SCOPE_NOT_FOUND
    }

    /**
     * Part of a sorted list of names.
     *
     * @param names without the scope; empty if there are no more
     * @param token asks for the names after these; never empty if {@code names} is not empty
     */
    record NamePage(ListStatus status, List<String> names, String token) implements StreamReply {}

    // ------------------------------------------------------------------------------------------------ scopes

    enum CreateScopeStatus implements StreamReply {
        SUCCESS,
        FAILURE,
        SCOPE_EXISTS,
        INVALID_SCOPE_NAME
    }

    enum DeleteScopeStatus implements StreamReply {
        SUCCESS,
        FAILURE,
        SCOPE_NOT_FOUND,
        SCOPE_NOT_EMPTY
    }

    // ----------------------------------------------------------------------------------------------- streams

    enum CreateStreamStatus implements StreamReply {
        SUCCESS,
        FAILURE,
        STREAM_EXISTS,
        SCOPE_NOT_FOUND,
        INVALID_STREAM_NAME
    }

    /** To update, truncate and seal; the last one never answers STREAM_SEALED. */
    enum UpdateStreamStatus implements StreamReply {
        SUCCESS,
        FAILURE,
        STREAM_NOT_FOUND,
        SCOPE_NOT_FOUND,
        STREAM_SEALED
    }

    enum DeleteStreamStatus implements StreamReply {
        SUCCESS,
        FAILURE,
        STREAM_NOT_FOUND,
        STREAM_NOT_SEALED
    }

    record Configuration(StreamName stream, StreamConfiguration configuration) implements StreamReply {}

    // ---------------------------------------------------------------------------------------------- segments

    record Segments(List<SegmentRange> segments) implements StreamReply {}

    record Cut(StreamCut cut) implements StreamReply {}

    record Successors(List<Successor> successors) implements StreamReply {}

    /**
     * A segment that follows another one.
     *
     * @param predecessors ids of all segments whose end it continues, sorted
     */
    record Successor(SegmentRange segment, List<Long> predecessors) {}

    // ----------------------------------------------------------------------------------------------- scaling

    enum ScaleStatus {
        STARTED,
        FAILURE,
        PRECONDITION_FAILED
    }

    /**
     * To a scale.
     *
     * @param segments the new ones, empty unless STARTED
     * @param epoch that was current when the scale was accepted
     */
    record ScaleStarted(ScaleStatus status, List<SegmentRange> segments, int epoch) implements StreamReply {}

    enum CheckScaleStatus implements StreamReply {
        IN_PROGRESS,
        SUCCESS,
        INVALID_INPUT,
        INTERNAL_ERROR
    }

    /**
     * How a stream follows its load.
     *
     * @param epoch the current one
     * @param busy what would change segments waits until other work on the stream has ended
     * @param segments the current ones, sorted by key; empty if the stream is sealed
     * @param verdicts the latest that had an effect, oldest first
     */
    record Scaling(
            StreamName stream,
            ScalingPolicy policy,
            ScaleLimits limits,
            int epoch,
            boolean busy,
            List<SegmentScaling> segments,
            List<Verdict> verdicts)
            implements StreamReply {}

    /**
     * The load of a segment and what comes of it.
     *
     * @param coldUntilMillis until when the segment counts as cold: 0 if it does not, {@link Long#MAX_VALUE} for ever
     * @param latest verdict on the latest report to this owner of the partition; null if there was none
     * @param next what would be decided now
     */
    record SegmentScaling(
            SegmentRange segment,
            long coldUntilMillis,
            @Nullable Verdict latest,
            Decision next) {}

    // ------------------------------------------------------------------------------------------ transactions

    /**
     * A transaction is open.
     *
     * @param segments ids carry the transaction's epoch
     */
    record TransactionCreated(UUID transaction, List<SegmentRange> segments) implements StreamReply {}

    /** To commit and abort. */
    enum TransactionStatus implements StreamReply {
        SUCCESS,
        FAILURE,
        STREAM_NOT_FOUND,
        TRANSACTION_NOT_FOUND
    }

    enum PingStatus implements StreamReply {
        OK,
        LEASE_TOO_LARGE,
        MAX_EXECUTION_TIME_EXCEEDED,
        SCALE_GRACE_TIME_EXCEEDED,
        DISCONNECTED,
        COMMITTED,
        ABORTED,
        UNKNOWN
    }

    enum TransactionState implements StreamReply {
        UNKNOWN,
        OPEN,
        COMMITTING,
        COMMITTED,
        ABORTING,
        ABORTED
    }

    /**
     * The latest completed transactions.
     *
     * @param transactions id to true if committed, false if aborted
     */
    record CompletedTransactions(Map<UUID, Boolean> transactions) implements StreamReply {}

    // -------------------------------------------------------------------------------------------- watermarks

    enum NoteTimestampStatus implements StreamReply {
        SUCCESS,
        INVALID_TIME,
        INVALID_POSITION,
        INTERNAL_ERROR
    }

    enum RemoveWriterStatus implements StreamReply {
        SUCCESS,
        UNKNOWN_WRITER,
        STREAM_DOES_NOT_EXIST,
        INTERNAL_ERROR
    }

    // ----------------------------------------------------------------------------------------- reader groups

    enum CreateReaderGroupStatus {
        SUCCESS,
        FAILURE,
        SCOPE_NOT_FOUND,
        INVALID_RG_NAME
    }

    /**
     * To a creation.
     *
     * @param configuration what is stored; null unless SUCCESS
     */
    record ReaderGroupCreated(
            CreateReaderGroupStatus status, @Nullable ReaderGroupConfiguration configuration) implements StreamReply {}

    enum ReaderGroupStatus {
        SUCCESS,
        FAILURE,
        RG_NOT_FOUND
    }

    /**
     * A reader group's configuration.
     *
     * @param configuration null unless SUCCESS
     */
    record ReaderGroup(ReaderGroupStatus status, @Nullable ReaderGroupConfiguration configuration)
            implements StreamReply {}

    enum UpdateReaderGroupStatus {
        SUCCESS,
        FAILURE,
        RG_NOT_FOUND,
        INVALID_CONFIG
    }

    /**
     * To an update.
     *
     * @param generation the new one, 0 unless SUCCESS
     */
    record ReaderGroupUpdated(UpdateReaderGroupStatus status, long generation) implements StreamReply {}

    enum DeleteReaderGroupStatus implements StreamReply {
        SUCCESS,
        FAILURE,
        RG_NOT_FOUND
    }

    enum SubscribersStatus {
        SUCCESS,
        FAILURE,
        STREAM_NOT_FOUND
    }

    /**
     * The subscribers of a stream.
     *
     * @param subscribers {@code scope/group}, sorted
     */
    record Subscribers(SubscribersStatus status, List<String> subscribers) implements StreamReply {}

    enum UpdateSubscriberStatus implements StreamReply {
        SUCCESS,
        FAILURE,
        STREAM_NOT_FOUND,
        SUBSCRIBER_NOT_FOUND,
        STREAM_CUT_NOT_VALID,
        GENERATION_MISMATCH
    }

    // -------------------------------------------------------------------------------------- key-value tables

    enum CreateTableStatus implements StreamReply {
        SUCCESS,
        FAILURE,
        TABLE_EXISTS,
        SCOPE_NOT_FOUND,
        INVALID_TABLE_NAME
    }

    enum TableStatus {
        SUCCESS,
        FAILURE,
        TABLE_NOT_FOUND
    }

    /**
     * A table's configuration.
     *
     * @param configuration null unless SUCCESS
     */
    record Table(TableStatus status, @Nullable TableConfiguration configuration) implements StreamReply {}

    enum DeleteTableStatus implements StreamReply {
        SUCCESS,
        FAILURE,
        TABLE_NOT_FOUND
    }
}
