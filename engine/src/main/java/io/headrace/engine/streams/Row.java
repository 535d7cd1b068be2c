/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.engine.streams;

import io.headrace.engine.calls.CallStamp.Progress;
import java.util.SortedMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A unit of durable state. The log holds the new value of each row that changed; rows are small, so that a change of a
 * stream with a long history or many transactions stays cheap.
 */
sealed interface Row {

    /**
     * A scope.
     *
     * @param id differs from that of a former scope of the same name
     * @param removing it is being removed with all its content
     */
    record ScopeRow(String scope, UUID id, long createdMillis, boolean removing) implements Row {}

    /** A stream; to remove it removes all rows of the stream but {@link RetiredRow} and {@link CompletedRow}. */
    record StreamRow(StreamName name, StreamState state, long createdMillis, int currentEpoch, long nextOrder)
            implements Row {
        StreamRow with(StreamState newState) {
            return new StreamRow(name, newState, createdMillis, currentEpoch, nextOrder);
        }

        StreamRow withEpoch(int epoch) {
            return new StreamRow(name, state, createdMillis, epoch, nextOrder);
        }

        StreamRow withNextOrder(long order) {
            return new StreamRow(name, state, createdMillis, currentEpoch, order);
        }
    }

    /** The states of a stream's life. */
    enum StreamState {
        CREATING,
        ACTIVE,
        UPDATING,
        SCALING,
        TRUNCATING,
        COMMITTING_TXN,
        /** Waits for its transactions to end, then seals its segments. */
        SEALING,
        SEALED
    }

    record ConfigurationRow(StreamName name, StreamConfiguration configuration) implements Row {}

    /** Logged before the epoch becomes the current one. */
    record EpochRow(StreamName name, Epoch epoch) implements Row {}

    /** Final lengths of the segments that ended with an epoch. */
    record SealedSizesRow(StreamName name, int epoch, SortedMap<Long, Long> sizes) implements Row {}

    /**
     * Where a truncated stream begins.
     *
     * @param sizeBefore bytes from the beginning up to the cut
     */
    record TruncationRow(StreamName name, StreamCut cut, long sizeBefore) implements Row {}

    /** Outlives a stream, so that no segment name is ever used again. */
    record RetiredRow(StreamName name, int nextNumber) implements Row {}

    /** Work on a stream, reader group, table or scope that is not done. */
    record WorkRow(Work.Subject subject, Work work) implements Row {}

    /**
     * An open transaction, or one that is being committed or aborted.
     *
     * @param epoch reference epoch that was current when it was created
     * @param lastMillis its lease never goes beyond
     * @param order place in the order of commits of the stream; 0 if not committing
     * @param writer empty if none
     * @param timestamp {@link Long#MIN_VALUE} if none
     */
    record TransactionRow(
            StreamName name,
            UUID id,
            StreamReply.TransactionState state,
            int epoch,
            long createdMillis,
            long lastMillis,
            long order,
            String writer,
            long timestamp)
            implements Row {}

    record CompletedRow(StreamName name, UUID id, boolean committed, long atMillis) implements Row {}

    /** Number of the next transaction of this partition. */
    record CounterRow(long next) implements Row {}

    record GroupRow(String scope, String group, GroupState state, ReaderGroupConfiguration configuration)
            implements Row {}

    enum GroupState {
        CREATING,
        ACTIVE,
        UPDATING,
        DELETING
    }

    /**
     * A reader group that keeps a stream from being truncated.
     *
     * @param subscriber {@code scope/group}
     * @param cut unbounded until the group has reported one
     */
    record SubscriberRow(StreamName name, String subscriber, UUID groupId, long generation, StreamCut cut)
            implements Row {}

    /**
     * The state of a stream at some time, to truncate at later.
     *
     * @param size bytes from the beginning up to the cut
     */
    record SampleRow(StreamName name, long atMillis, StreamCut cut, long size) implements Row {}

    /** The segment had so little load until then that it may be merged; {@link Long#MAX_VALUE} for ever. */
    record ColdRow(StreamName name, long segmentId, long untilMillis) implements Row {
        static final long FOR_EVER = Long.MAX_VALUE;

        boolean isForEver() {
            return untilMillis == FOR_EVER;
        }
    }

    /**
     * A decision of automatic scaling that had an effect. A stream keeps the newest {@link StreamData#MAX_VERDICTS}.
     *
     * @param number consecutive for the life of the stream
     */
    record VerdictRow(StreamName name, long number, Verdict verdict) implements Row {}

    /** What a writer noted last. */
    record WriterRow(StreamName name, String writer, long timestamp, StreamCut position, boolean alive)
            implements Row {}

    /**
     * How far the watermarks of a stream have come. Between passes {@code next} is null. Else it is to be appended to the
     * mark stream, if {@code written} is false; when that is done, {@code last} is to become the mark of that stream.
     *
     * @param segmentId the segment of the mark stream
     * @param last the newest watermark that is done with; null before the first
     * @param attribute what the mark of the mark stream was before
     * @param startOffset where the segment began before
     * @param milestones see {@link Milestones}
     */
    record MarkRow(
            StreamName name,
            long segmentId,
            @Nullable Emitted last,
            @Nullable Emitted next,
            boolean written,
            long attribute,
            long startOffset,
            SortedMap<Long, Long> milestones)
            implements Row {

        MarkRow asWritten(SortedMap<Long, Long> newMilestones) {
            return new MarkRow(name, segmentId, last, next, true, attribute, startOffset, newMilestones);
        }

        MarkRow endedWith(@Nullable Emitted newest) {
            return new MarkRow(name, segmentId, newest, null, false, attribute, startOffset, milestones);
        }
    }

    /**
     * A watermark and its place in the mark stream.
     *
     * @param offset -1 if that is in a segment of old
     */
    record Emitted(Watermark watermark, long offset) {}

    record TableRow(String scope, String table, TableState state, int firstNumber, TableConfiguration configuration)
            implements Row {}

    enum TableState {
        CREATING,
        ACTIVE,
        DELETING
    }

    /** As {@link RetiredRow}, of tables. */
    record RetiredTableRow(String scope, String table, int nextNumber) implements Row {}

    /** Number of the newest owner of this partition, from 1. */
    record OwnerRow(long number) implements Row {}

    /** How far the calls of a {@code streams} partition to a slot have come; see {@link io.headrace.engine.calls.CallOrder}. */
    record CallerRow(int slot, int caller, long owner, Progress progress) implements Row {}
}
