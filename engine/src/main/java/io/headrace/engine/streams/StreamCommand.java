/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.engine.streams;

import java.util.List;
import java.util.Set;
import java.util.UUID;

/**
 * What can be asked of a {@code streams} partition: the controller's remote procedures, in the words of this package.
 * Each command names the {@link StreamReply} that answers it. Beside that one, any command may be answered with {@link
 * StreamReply.Failed} or {@link StreamReply.NotImplemented}.
 *
 * <p>Every command may be repeated, also while an earlier one like it is still at work: a repeat joins the work.
 */
public sealed interface StreamCommand {

    /** Scope that decides which partition executes the command (see {@link io.headrace.codecs.name.Slots}). */
    String scope();

    /** A command about one stream. */
    sealed interface OfStream extends StreamCommand {
        StreamName stream();

        @Override
        default String scope() {
            return stream().scope();
        }
    }

    // ------------------------------------------------------------------------------------------------ scopes

    /** Answered by {@link StreamReply.CreateScopeStatus}. */
    record CreateScope(String scope) implements StreamCommand {}

    /** Deletes an empty scope. Answered by {@link StreamReply.DeleteScopeStatus}. */
    record DeleteScope(String scope) implements StreamCommand {}

    /** Deletes a scope and all in it. Answered, when all is gone, by {@link StreamReply.DeleteScopeStatus}. */
    record DeleteScopeRecursive(String scope) implements StreamCommand {}

    /** Answered by {@link StreamReply.Exists}. */
    record CheckScopeExists(String scope) implements StreamCommand {}

    /**
     * Lists the scopes of this partition, sorted. Answered by {@link StreamReply.NamePage}.
     *
     * @param token empty at first, then that of the page before; see {@link StreamReply.NamePage}
     * @param limit names per page, 1 to {@link #MAX_PAGE}
     */
    record ListScopes(String token, int limit) implements StreamCommand {
        /** Goes to every partition; the caller joins the pages. */
        @Override
        public String scope() {
            return "";
        }
    }

    /** Most names in a page. */
    int MAX_PAGE = 1_000;

    // ----------------------------------------------------------------------------------------------- streams

    /** Answered, when the stream can be used, by {@link StreamReply.CreateStreamStatus}. */
    record CreateStream(StreamName stream, StreamConfiguration configuration) implements OfStream {}

    /** Answered, when all is in force, by {@link StreamReply.UpdateStreamStatus}. */
    record UpdateStream(StreamName stream, StreamConfiguration configuration) implements OfStream {}

    /** Answered, when the data is gone, by {@link StreamReply.UpdateStreamStatus}. */
    record TruncateStream(StreamName stream, StreamCut cut) implements OfStream {}

    /** Answered, when sealed, by {@link StreamReply.UpdateStreamStatus}. */
    record SealStream(StreamName stream) implements OfStream {}

    /** Answered, when the stream is gone, by {@link StreamReply.DeleteStreamStatus}. */
    record DeleteStream(StreamName stream) implements OfStream {}

    /** Answered by {@link StreamReply.Exists}. */
    record CheckStreamExists(StreamName stream) implements OfStream {}

    /** Answered by {@link StreamReply.Configuration}; NOT_FOUND if there is no such stream. */
    record GetStreamConfiguration(StreamName stream) implements OfStream {}

    /** Lists streams, internal ones too, sorted. Answered by {@link StreamReply.NamePage}; see {@link ListScopes}. */
    record ListStreams(String scope, String token, int limit) implements StreamCommand {}

    /** As {@link ListStreams}, of user streams with a tag. */
    record ListStreamsForTag(String scope, String tag, String token, int limit) implements StreamCommand {}

    // ---------------------------------------------------------------------------------------------- segments

    /** Answered by {@link StreamReply.Segments}, empty if the stream is sealed; NOT_FOUND without the stream. */
    record GetCurrentSegments(StreamName stream) implements OfStream {}

    /**
     * Answered by {@link StreamReply.Segments}, whose ids all carry {@code epoch}, for a transaction of that epoch
     * writes to segments of these names; NOT_FOUND without the stream or the epoch.
     */
    record GetEpochSegments(StreamName stream, int epoch) implements OfStream {}

    /** Where the stream begins. Answered by {@link StreamReply.Cut}; NOT_FOUND without the stream. */
    record GetHead(StreamName stream) implements OfStream {}

    /** Segments immediately following one. Answered by {@link StreamReply.Successors}; NOT_FOUND without the stream. */
    record GetSuccessors(StreamName stream, long segmentId) implements OfStream {}

    /**
     * Answered by {@link StreamReply.Segments}, sorted by id; NOT_FOUND without the stream, INVALID_ARGUMENT if both
     * cuts are unbounded, unknown segments are named, or {@code to} lies before {@code from}.
     */
    record GetSegmentsBetween(StreamName stream, StreamCut from, StreamCut to) implements OfStream {}

    /** Whether appends can go to a segment. Answered by {@link StreamReply.Valid}; NOT_FOUND without the stream. */
    record IsSegmentValid(StreamName stream, long segmentId) implements OfStream {}

    /** Answered by {@link StreamReply.Valid}; NOT_FOUND without the stream. */
    record IsStreamCutValid(StreamName stream, StreamCut cut) implements OfStream {}

    // ----------------------------------------------------------------------------------------------- scaling

    /**
     * Replaces segments. Answered by {@link StreamReply.ScaleStarted} when the change is decided; it goes on in the
     * background.
     *
     * @param ranges of the new segments; ids are of no meaning
     */
    record Scale(StreamName stream, Set<Long> sealedSegments, List<SegmentRange> ranges) implements OfStream {
        public Scale {
            sealedSegments = Set.copyOf(sealedSegments);
            ranges = List.copyOf(ranges);
        }
    }

    /** Answered by {@link StreamReply.CheckScaleStatus}. */
    record CheckScale(StreamName stream, int epoch) implements OfStream {}

    /**
     * What automatic scaling has done to a stream and why, and what it would do now. Answered by {@link
     * StreamReply.Scaling}; NOT_FOUND without the stream.
     */
    record GetScaling(StreamName stream) implements OfStream {}

    // ------------------------------------------------------------------------------------------ transactions

    /**
     * Answered by {@link StreamReply.TransactionCreated}; NOT_FOUND without the stream, INVALID_ARGUMENT if the lease is
     * out of range or the stream is sealed.
     *
     * @param leaseMillis 10 s to 600 s
     */
    record CreateTransaction(StreamName stream, long leaseMillis) implements OfStream {}

    /** Answered by {@link StreamReply.PingStatus}. */
    record PingTransaction(StreamName stream, UUID transaction, long leaseMillis) implements OfStream {}

    /**
     * Answered by {@link StreamReply.TransactionStatus} when the outcome is decided, before data can be seen.
     *
     * @param timestamp {@link Long#MIN_VALUE} for none
     */
    record CommitTransaction(StreamName stream, UUID transaction, String writer, long timestamp) implements OfStream {}

    /** Answered by {@link StreamReply.TransactionStatus} when the outcome is decided. */
    record AbortTransaction(StreamName stream, UUID transaction) implements OfStream {}

    /** Answered by {@link StreamReply.TransactionState}, about a second later if it is and stays COMMITTING. */
    record GetTransactionState(StreamName stream, UUID transaction) implements OfStream {}

    /** The latest 500. Answered by {@link StreamReply.CompletedTransactions}, empty without the stream. */
    record ListCompletedTransactions(StreamName stream) implements OfStream {}

    // ------------------------------------------------------------------------------------------- watermarks

    /** Answered by {@link StreamReply.NoteTimestampStatus}; NOT_FOUND without the stream. */
    record NoteTimestamp(StreamName stream, String writer, long timestamp, StreamCut position) implements OfStream {}

    /** Answered by {@link StreamReply.RemoveWriterStatus}. */
    record RemoveWriter(StreamName stream, String writer) implements OfStream {}

    // ----------------------------------------------------------------------------------------- reader groups

    /** Answered, with what is stored, by {@link StreamReply.ReaderGroupCreated}. */
    record CreateReaderGroup(String scope, String group, ReaderGroupConfiguration configuration)
            implements StreamCommand {}

    /** Answered by {@link StreamReply.ReaderGroup}; NOT_FOUND without the scope. */
    record GetReaderGroup(String scope, String group) implements StreamCommand {}

    /**
     * Answered by {@link StreamReply.ReaderGroupUpdated}.
     *
     * @param configuration carries the id and the generation that must be in force
     */
    record UpdateReaderGroup(String scope, String group, ReaderGroupConfiguration configuration)
            implements StreamCommand {}

    /** Answered by {@link StreamReply.DeleteReaderGroupStatus}. */
    record DeleteReaderGroup(String scope, String group, UUID id) implements StreamCommand {}

    /** Answered by {@link StreamReply.Subscribers}. */
    record ListSubscribers(StreamName stream) implements OfStream {}

    /**
     * A reader group needs nothing before a cut any more. Answered by {@link StreamReply.UpdateSubscriberStatus}.
     *
     * @param subscriber {@code scope/group}
     */
    record UpdateSubscriberCut(StreamName stream, String subscriber, UUID groupId, long generation, StreamCut cut)
            implements OfStream {}

    // -------------------------------------------------------------------------------------- key-value tables

    /** Answered by {@link StreamReply.CreateTableStatus}; INVALID_ARGUMENT if the configuration makes no sense. */
    record CreateTable(String scope, String table, TableConfiguration configuration) implements StreamCommand {}

    /** Answered by {@link StreamReply.Table}. */
    record GetTableConfiguration(String scope, String table) implements StreamCommand {}

    /** Answered by {@link StreamReply.Segments}; NOT_FOUND without the table. */
    record GetTableSegments(String scope, String table) implements StreamCommand {}

    /** Answered by {@link StreamReply.NamePage}; see {@link ListScopes}. */
    record ListTables(String scope, String token, int limit) implements StreamCommand {}

    /** Answered by {@link StreamReply.DeleteTableStatus}. */
    record DeleteTable(String scope, String table) implements StreamCommand {}

    // ---------------------------------------------------------------- between partitions and within this one

    /** A command that no client sends. */
    sealed interface Internal extends StreamCommand permits InternalCommand {}
}
