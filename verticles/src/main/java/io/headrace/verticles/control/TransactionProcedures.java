/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.verticles.control;

import static io.headrace.verticles.control.Procedure.command;

import io.headrace.codecs.control.CreateTxnRequest;
import io.headrace.codecs.control.CreateTxnResponse;
import io.headrace.codecs.control.ListCompletedTxnRequest;
import io.headrace.codecs.control.ListCompletedTxnResponse;
import io.headrace.codecs.control.PingTxnRequest;
import io.headrace.codecs.control.PingTxnStatus;
import io.headrace.codecs.control.TxnRequest;
import io.headrace.codecs.control.TxnResponse;
import io.headrace.codecs.control.TxnState;
import io.headrace.codecs.control.TxnStatus;
import io.headrace.engine.streams.StreamCommand;
import io.headrace.engine.streams.StreamReply;
import java.util.List;

/** Procedures about transactions. */
final class TransactionProcedures {
    private TransactionProcedures() {}

    static List<Procedure<?, ?>> all(Procedure.Target target) {
        TxnRequest transaction = TxnRequest.getDefaultInstance();
        TxnStatus outcome = TxnStatus.getDefaultInstance();
        return List.of(
                command(
                        target,
                        "createTransaction",
                        CreateTxnRequest.getDefaultInstance(),
                        CreateTxnResponse.getDefaultInstance(),
                        request -> new StreamCommand.CreateTransaction(
                                FromProto.stream(request.getStreamInfo()), request.getLease()),
                        StreamReply.TransactionCreated.class,
                        TransactionProcedures::created),
                command(
                        target,
                        "commitTransaction",
                        transaction,
                        outcome,
                        request -> new StreamCommand.CommitTransaction(
                                FromProto.stream(request.getStreamInfo()),
                                FromProto.transaction(request.getTxnId()),
                                request.getWriterId(),
                                request.getTimestamp()),
                        StreamReply.TransactionStatus.class,
                        (request, status) -> outcome(status)),
                command(
                        target,
                        "abortTransaction",
                        transaction,
                        outcome,
                        request -> new StreamCommand.AbortTransaction(
                                FromProto.stream(request.getStreamInfo()), FromProto.transaction(request.getTxnId())),
                        StreamReply.TransactionStatus.class,
                        (request, status) -> outcome(status)),
                command(
                        target,
                        "pingTransaction",
                        PingTxnRequest.getDefaultInstance(),
                        PingTxnStatus.getDefaultInstance(),
                        request -> new StreamCommand.PingTransaction(
                                FromProto.stream(request.getStreamInfo()),
                                FromProto.transaction(request.getTxnId()),
                                request.getLease()),
                        StreamReply.PingStatus.class,
                        (request, status) -> PingTxnStatus.newBuilder()
                                .setStatus(PingTxnStatus.Status.valueOf(status.name()))
                                .build()),
                command(
                        target,
                        "checkTransactionState",
                        transaction,
                        TxnState.getDefaultInstance(),
                        request -> new StreamCommand.GetTransactionState(
                                FromProto.stream(request.getStreamInfo()), FromProto.transaction(request.getTxnId())),
                        StreamReply.TransactionState.class,
                        (request, state) -> TxnState.newBuilder()
                                .setState(TxnState.State.valueOf(state.name()))
                                .build()),
                command(
                        target,
                        "listCompletedTransactions",
                        ListCompletedTxnRequest.getDefaultInstance(),
                        ListCompletedTxnResponse.getDefaultInstance(),
                        request ->
                                new StreamCommand.ListCompletedTransactions(FromProto.stream(request.getStreamInfo())),
                        StreamReply.CompletedTransactions.class,
                        (request, reply) -> completed(reply)));
    }

    private static TxnStatus outcome(StreamReply.TransactionStatus status) {
        return TxnStatus.newBuilder()
                .setStatus(TxnStatus.Status.valueOf(status.name()))
                .build();
    }

    private static CreateTxnResponse created(CreateTxnRequest request, StreamReply.TransactionCreated reply) {
        CreateTxnResponse.Builder response =
                CreateTxnResponse.newBuilder().setTxnId(ToProto.transaction(reply.transaction()));
        reply.segments()
                .forEach(segment -> response.addActiveSegments(ToProto.range(request.getStreamInfo(), segment)));
        return response.build();
    }

    private static ListCompletedTxnResponse completed(StreamReply.CompletedTransactions reply) {
        ListCompletedTxnResponse.Builder response = ListCompletedTxnResponse.newBuilder();
        reply.transactions().forEach((id, committed) -> response.addResponseBuilder()
                .setTxnId(ToProto.transaction(id))
                .setStatus(committed ? TxnResponse.Status.COMMITTED : TxnResponse.Status.ABORTED));
        return response.build();
    }
}
