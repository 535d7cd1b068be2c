/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.engine.streams;

import io.headrace.engine.streams.Row.ColdRow;
import io.headrace.engine.streams.Row.MarkRow;
import io.headrace.engine.streams.Row.SampleRow;
import io.headrace.engine.streams.Row.SealedSizesRow;
import io.headrace.engine.streams.Row.StreamRow;
import io.headrace.engine.streams.Row.StreamState;
import io.headrace.engine.streams.Row.SubscriberRow;
import io.headrace.engine.streams.Row.TransactionRow;
import io.headrace.engine.streams.Row.TruncationRow;
import io.headrace.engine.streams.Row.VerdictRow;
import io.headrace.engine.streams.Row.WriterRow;
import io.headrace.engine.streams.StreamReply.TransactionState;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.NavigableMap;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** All rows of one stream, arranged for use. Changed by {@link State} only. */
final class StreamData {
    /** Decisions of automatic scaling that are kept. */
    static final int MAX_VERDICTS = 16;

    StreamRow row;
    StreamConfiguration configuration = StreamConfiguration.of(ScalingPolicy.fixed(1));
    final EpochGraph graph = new EpochGraph();
    final Map<Integer, SealedSizesRow> sizeRows = new TreeMap<>();
    final Map<Long, Long> sealedSizes = new HashMap<>();

    @Nullable
    TruncationRow truncation;

    @Nullable
    Work work;

    final Map<UUID, TransactionRow> transactions = new LinkedHashMap<>();
    /** Transactions that are being committed, by epoch, then order. */
    final NavigableMap<Integer, NavigableMap<Long, UUID>> committing = new TreeMap<>();

    private int open;

    final SortedMap<String, SubscriberRow> subscribers = new TreeMap<>();
    final NavigableMap<Long, SampleRow> samples = new TreeMap<>();
    final Map<Long, ColdRow> cold = new TreeMap<>();
    final SortedMap<String, WriterRow> writers = new TreeMap<>();
    final NavigableMap<Long, VerdictRow> verdicts = new TreeMap<>();

    @Nullable
    MarkRow mark;

    StreamData(StreamRow row) {
        this.row = row;
    }

    StreamName name() {
        return row.name();
    }

    StreamState state() {
        return row.state();
    }

    boolean isSealed() {
        return row.state() == StreamState.SEALED;
    }

    /** Whether a change must wait. */
    boolean isBusy() {
        return work != null || row.state() == StreamState.SEALING || row.state() == StreamState.CREATING;
    }

    Epoch current() {
        return graph.epoch(row.currentEpoch());
    }

    /** Where the stream begins. */
    StreamCut head() {
        return truncation == null ? StreamCuts.beginning(graph) : truncation.cut();
    }

    long sizeBeforeHead() {
        return truncation == null ? 0 : truncation.sizeBefore();
    }

    /** Number of transactions in the state OPEN. */
    int openTransactions() {
        return open;
    }

    void put(VerdictRow verdict) {
        verdicts.put(verdict.number(), verdict);
        while (verdicts.size() > MAX_VERDICTS) {
            verdicts.pollFirstEntry();
        }
    }

    void put(TransactionRow transaction) {
        remove(transaction.id());
        if (transaction.state() == TransactionState.OPEN) {
            open++;
        }
        transactions.put(transaction.id(), transaction);
        if (transaction.state() == TransactionState.COMMITTING) {
            committing
                    .computeIfAbsent(transaction.epoch(), e -> new TreeMap<>())
                    .put(transaction.order(), transaction.id());
        }
    }

    void remove(UUID transaction) {
        TransactionRow former = transactions.remove(transaction);
        if (former != null && former.state() == TransactionState.OPEN) {
            open--;
        }
        if (former != null && former.state() == TransactionState.COMMITTING) {
            NavigableMap<Long, UUID> orders = committing.get(former.epoch());
            if (orders != null) {
                orders.remove(former.order());
                if (orders.isEmpty()) {
                    committing.remove(former.epoch());
                }
            }
        }
    }
}
