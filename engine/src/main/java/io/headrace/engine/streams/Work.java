/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.engine.streams;

import java.util.List;
import java.util.UUID;

/**
 * Unfinished work on something, as it is remembered until it is done. The step says what is to be done next; all of a
 * step may be done again.
 */
sealed interface Work {

    /** Creates the segments of epoch 0 and the mark stream. */
    record CreateStream() implements Work {}

    /**
     * Puts a configuration in force.
     *
     * @param configuration the new one
     */
    record UpdateStream(StreamConfiguration configuration) implements Work {}

    /** The part of an update that replaces all segments. */
    record ResplitStream(Scale.Step step, StreamConfiguration configuration, Transition transition) implements Work {}

    /** Looks whether a cut lies within the data. */
    record VerifyCut(StreamCut cut) implements Work {}

    /** Drops what lies before a cut that has become the head. */
    record TruncateStream(StreamCut former, StreamCut cut) implements Work {}

    record SealStream() implements Work {}

    /** Seals the mark stream, then deletes it and the segments. */
    record DeleteStream(boolean markSealed) implements Work {}

    /** Replaces segments. */
    record ScaleStream(Scale.Step step, Transition transition) implements Work {}

    /**
     * Makes transactions visible.
     *
     * @param epoch of the transactions
     * @param transactions in the order of their commits
     * @param active number of the epoch that was current at the start
     */
    record Commit(TransactionCommit.Step step, int epoch, List<UUID> transactions, int active) implements Work {}

    /** Subscribes a reader group and creates its state stream. */
    record CreateGroup() implements Work {}

    record UpdateGroup(ReaderGroupConfiguration configuration) implements Work {}

    /** Ends subscriptions and seals the state stream, then deletes it. */
    record DeleteGroup(boolean sealed) implements Work {}

    /** Removes whatever is left in a scope, then the scope. */
    record DeleteScope() implements Work {}

    record CreateTable() implements Work {}

    record DeleteTable() implements Work {}

    /** What work is done on: there is never more than one at a time on the same thing. */
    sealed interface Subject {
        record OfStream(StreamName stream) implements Subject {}

        /** An abort or the making of a transaction; both are remembered by its row. */
        record OfTransaction(StreamName stream, UUID transaction) implements Subject {}

        /** A look at the tails of a stream for retention; not remembered. */
        record OfSample(StreamName stream) implements Subject {}

        /** The emission of a watermark; remembered by the row of the stream's marks. */
        record OfMark(StreamName stream) implements Subject {}

        record OfGroup(String scope, String group) implements Subject {}

        record OfTable(String scope, String table) implements Subject {}

        record OfScope(String scope) implements Subject {}
    }
}
