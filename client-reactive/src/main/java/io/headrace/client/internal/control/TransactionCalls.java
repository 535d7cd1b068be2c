/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.client.internal.control;

import static io.headrace.client.internal.control.StreamCalls.toProto;

import io.headrace.client.ConflictException;
import io.headrace.client.NotFoundException;
import io.headrace.client.StreamName;
import io.headrace.client.StreamSegment;
import io.headrace.client.Transaction;
import io.headrace.codecs.control.CreateTxnRequest;
import io.headrace.codecs.control.CreateTxnResponse;
import io.headrace.codecs.control.ListCompletedTxnRequest;
import io.headrace.codecs.control.ListCompletedTxnResponse;
import io.headrace.codecs.control.PingTxnRequest;
import io.headrace.codecs.control.PingTxnStatus;
import io.headrace.codecs.control.TxnId;
import io.headrace.codecs.control.TxnRequest;
import io.headrace.codecs.control.TxnResponse;
import io.headrace.codecs.control.TxnState;
import io.headrace.codecs.control.TxnStatus;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;

/** Transactions, as the controller knows them. On the controller's loop. */
public final class TransactionCalls {

    /**
     * A transaction that was begun.
     *
     * @param segments those that it writes beside, with the ids that its own segments are named by
     */
    public record Begun(UUID id, List<StreamSegment> segments) {
        public Begun {
            segments = List.copyOf(segments);
        }
    }

    private final Controller controller;

    public TransactionCalls(Controller controller) {
        this.controller = controller;
    }

    public Future<Begun> begin(StreamName stream, Duration lease) {
        CreateTxnRequest request = CreateTxnRequest.newBuilder()
                .setStreamInfo(toProto(stream))
                .setLease(lease.toMillis())
                .build();
        return controller
                .call("createTransaction", request, CreateTxnResponse.getDefaultInstance())
                .map(reply -> new Begun(
                        new UUID(
                                reply.getTxnId().getHighBits(), reply.getTxnId().getLowBits()),
                        StreamCalls.segments(reply.getActiveSegmentsList())))
                .recover(cause -> StreamCalls.missing(cause, stream));
    }

    /** Decides for it: what it wrote will be seen. Succeeds also if that was decided before. */
    public Future<Void> commit(StreamName stream, UUID id, String writer, long timeMillis) {
        TxnRequest request =
                request(stream, id).setWriterId(writer).setTimestamp(timeMillis).build();
        return decide("commitTransaction", request, stream, id);
    }

    /** Decides against it. Succeeds also if that was decided before. */
    public Future<Void> abort(StreamName stream, UUID id) {
        return decide("abortTransaction", request(stream, id).build(), stream, id);
    }

    private Future<Void> decide(String method, TxnRequest request, StreamName stream, UUID id) {
        return controller
                .call(method, request, TxnStatus.getDefaultInstance())
                .compose(reply -> switch (reply.getStatus()) {
                    case SUCCESS -> Future.succeededFuture();
                    case STREAM_NOT_FOUND -> Future.failedFuture(new NotFoundException("there is no stream " + stream));
                    default ->
                        Future.failedFuture(new ConflictException(
                                method + ": the transaction " + id + " of " + stream + " has ended before"));
                });
    }

    /** Prolongs its lease; false if it is not open any more. */
    public Future<Boolean> ping(StreamName stream, UUID id, Duration lease) {
        PingTxnRequest request = PingTxnRequest.newBuilder()
                .setStreamInfo(toProto(stream))
                .setTxnId(txnId(id))
                .setLease(lease.toMillis())
                .build();
        return controller
                .call("pingTransaction", request, PingTxnStatus.getDefaultInstance())
                .map(reply -> reply.getStatus() == PingTxnStatus.Status.OK
                        || reply.getStatus() == PingTxnStatus.Status.DISCONNECTED);
    }

    public Future<Transaction.Status> status(StreamName stream, UUID id) {
        return controller
                .call("checkTransactionState", request(stream, id).build(), TxnState.getDefaultInstance())
                .compose(reply -> switch (reply.getState()) {
                    case OPEN -> Future.succeededFuture(Transaction.Status.OPEN);
                    case COMMITTING -> Future.succeededFuture(Transaction.Status.COMMITTING);
                    case COMMITTED -> Future.succeededFuture(Transaction.Status.COMMITTED);
                    case ABORTING -> Future.succeededFuture(Transaction.Status.ABORTING);
                    case ABORTED -> Future.succeededFuture(Transaction.Status.ABORTED);
                    default ->
                        Future.failedFuture(
                                new NotFoundException("nothing is known of a transaction " + id + " of " + stream));
                });
    }

    /** What became of the transactions that have ended, as far back as the controller remembers. */
    public Future<SortedMap<UUID, Transaction.Status>> completed(StreamName stream) {
        ListCompletedTxnRequest request = ListCompletedTxnRequest.newBuilder()
                .setStreamInfo(toProto(stream))
                .build();
        return controller
                .call("listCompletedTransactions", request, ListCompletedTxnResponse.getDefaultInstance())
                .recover(cause -> StreamCalls.missing(cause, stream))
                .map(reply -> {
                    SortedMap<UUID, Transaction.Status> ended = new TreeMap<>();
                    for (TxnResponse one : reply.getResponseList()) {
                        UUID id = new UUID(
                                one.getTxnId().getHighBits(), one.getTxnId().getLowBits());
                        boolean committed = one.getStatus() == TxnResponse.Status.COMMITTED;
                        ended.put(id, committed ? Transaction.Status.COMMITTED : Transaction.Status.ABORTED);
                    }
                    return ended;
                });
    }

    private static TxnRequest.Builder request(StreamName stream, UUID id) {
        return TxnRequest.newBuilder().setStreamInfo(toProto(stream)).setTxnId(txnId(id));
    }

    private static TxnId txnId(UUID id) {
        return TxnId.newBuilder()
                .setHighBits(id.getMostSignificantBits())
                .setLowBits(id.getLeastSignificantBits())
                .build();
    }
}
