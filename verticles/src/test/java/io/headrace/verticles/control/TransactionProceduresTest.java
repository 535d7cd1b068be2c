/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.verticles.control;

import static io.headrace.verticles.control.Messages.MISSING;
import static io.headrace.verticles.control.Messages.STREAM;
import static io.headrace.verticles.control.Messages.id;
import static io.headrace.verticles.control.Messages.seal;
import static io.headrace.verticles.control.Messages.withStream;
import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.codecs.control.CreateTxnRequest;
import io.headrace.codecs.control.CreateTxnResponse;
import io.headrace.codecs.control.ListCompletedTxnRequest;
import io.headrace.codecs.control.ListCompletedTxnResponse;
import io.headrace.codecs.control.PingTxnRequest;
import io.headrace.codecs.control.PingTxnStatus;
import io.headrace.codecs.control.StreamInfo;
import io.headrace.codecs.control.TxnId;
import io.headrace.codecs.control.TxnRequest;
import io.headrace.codecs.control.TxnResponse;
import io.headrace.codecs.control.TxnState;
import io.headrace.codecs.control.TxnStatus;
import io.vertx.grpc.common.GrpcStatus;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class TransactionProceduresTest {
    private static final TxnId UNKNOWN =
            TxnId.newBuilder().setHighBits(-1).setLowBits(99).build();

    private final TestController controller = withStream(2);

    @AfterEach
    void close() {
        controller.close();
    }

    @Test
    void create() {
        CreateTxnResponse created = begin();
        assertThat(created.getTxnId().getHighBits() >> 32).isZero();
        assertThat(created.getActiveSegmentsList())
                .extracting(range -> range.getSegmentId().getSegmentId())
                .containsExactly(id(0, 0), id(1, 0));
        assertThat(begin().getTxnId()).isNotEqualTo(created.getTxnId());
        for (long lease : new long[] {0, -1, 9_999, 600_001, Long.MAX_VALUE}) {
            controller.refused(
                    GrpcStatus.INVALID_ARGUMENT,
                    "createTransaction",
                    request(STREAM, lease),
                    CreateTxnResponse.getDefaultInstance());
        }
        for (StreamInfo stream : List.of(MISSING, StreamInfo.getDefaultInstance())) {
            controller.refused(
                    GrpcStatus.NOT_FOUND,
                    "createTransaction",
                    request(stream, 10_000),
                    CreateTxnResponse.getDefaultInstance());
        }
        seal(controller, STREAM);
        controller.refused(
                GrpcStatus.INVALID_ARGUMENT,
                "createTransaction",
                request(STREAM, 10_000),
                CreateTxnResponse.getDefaultInstance());
    }

    @Test
    void commit() {
        TxnId id = begin().getTxnId();
        assertThat(state(STREAM, id)).isEqualTo(TxnState.State.OPEN);
        assertThat(end("commitTransaction", STREAM, id)).isEqualTo(TxnStatus.Status.SUCCESS);
        awaitState(id, TxnState.State.COMMITTED);
        assertThat(end("commitTransaction", STREAM, id)).isEqualTo(TxnStatus.Status.SUCCESS);
        assertThat(end("abortTransaction", STREAM, id)).isEqualTo(TxnStatus.Status.FAILURE);
        assertThat(ping(STREAM, id, 10_000)).isEqualTo(PingTxnStatus.Status.COMMITTED);
        assertThat(completed(STREAM))
                .containsExactly(TxnResponse.newBuilder()
                        .setTxnId(id)
                        .setStatus(TxnResponse.Status.COMMITTED)
                        .build());
    }

    @Test
    void abort() {
        TxnId id = begin().getTxnId();
        assertThat(end("abortTransaction", STREAM, id)).isEqualTo(TxnStatus.Status.SUCCESS);
        awaitState(id, TxnState.State.ABORTED);
        assertThat(end("abortTransaction", STREAM, id)).isEqualTo(TxnStatus.Status.SUCCESS);
        assertThat(end("commitTransaction", STREAM, id)).isEqualTo(TxnStatus.Status.FAILURE);
        assertThat(ping(STREAM, id, 10_000)).isEqualTo(PingTxnStatus.Status.ABORTED);
        assertThat(completed(STREAM)).extracting(TxnResponse::getStatus).containsExactly(TxnResponse.Status.ABORTED);
    }

    @Test
    void ping() {
        TxnId id = begin().getTxnId();
        assertThat(ping(STREAM, id, 600_000)).isEqualTo(PingTxnStatus.Status.OK);
        assertThat(ping(STREAM, id, 600_001)).isEqualTo(PingTxnStatus.Status.LEASE_TOO_LARGE);
        assertThat(ping(STREAM, id, Long.MAX_VALUE)).isEqualTo(PingTxnStatus.Status.LEASE_TOO_LARGE);
        assertThat(state(STREAM, id)).isEqualTo(TxnState.State.OPEN);
    }

    @Test
    void unknownOnes() {
        for (StreamInfo stream : List.of(STREAM, MISSING, StreamInfo.getDefaultInstance())) {
            for (TxnId id : List.of(UNKNOWN, TxnId.getDefaultInstance())) {
                assertThat(end("commitTransaction", stream, id)).isEqualTo(TxnStatus.Status.FAILURE);
                assertThat(end("abortTransaction", stream, id)).isEqualTo(TxnStatus.Status.FAILURE);
                assertThat(ping(stream, id, -1)).isEqualTo(PingTxnStatus.Status.UNKNOWN);
                assertThat(state(stream, id)).isEqualTo(TxnState.State.UNKNOWN);
            }
            assertThat(completed(stream)).isEmpty();
        }
    }

    private CreateTxnResponse begin() {
        return controller.ask("createTransaction", request(STREAM, 60_000), CreateTxnResponse.getDefaultInstance());
    }

    private static CreateTxnRequest request(StreamInfo stream, long lease) {
        return CreateTxnRequest.newBuilder()
                .setStreamInfo(stream)
                .setLease(lease)
                .build();
    }

    private TxnStatus.Status end(String procedure, StreamInfo stream, TxnId id) {
        TxnRequest request = TxnRequest.newBuilder()
                .setStreamInfo(stream)
                .setTxnId(id)
                .setTimestamp(Long.MIN_VALUE)
                .build();
        return controller
                .ask(procedure, request, TxnStatus.getDefaultInstance())
                .getStatus();
    }

    private TxnState.State state(StreamInfo stream, TxnId id) {
        TxnRequest request =
                TxnRequest.newBuilder().setStreamInfo(stream).setTxnId(id).build();
        return controller
                .ask("checkTransactionState", request, TxnState.getDefaultInstance())
                .getState();
    }

    private void awaitState(TxnId id, TxnState.State expected) {
        long deadline = System.nanoTime() + Duration.ofSeconds(30).toNanos();
        while (state(STREAM, id) != expected) {
            assertThat(System.nanoTime()).as("%s", expected).isLessThan(deadline);
        }
    }

    private PingTxnStatus.Status ping(StreamInfo stream, TxnId id, long lease) {
        PingTxnRequest request = PingTxnRequest.newBuilder()
                .setStreamInfo(stream)
                .setTxnId(id)
                .setLease(lease)
                .build();
        return controller
                .ask("pingTransaction", request, PingTxnStatus.getDefaultInstance())
                .getStatus();
    }

    private List<TxnResponse> completed(StreamInfo stream) {
        return controller
                .ask(
                        "listCompletedTransactions",
                        ListCompletedTxnRequest.newBuilder()
                                .setStreamInfo(stream)
                                .build(),
                        ListCompletedTxnResponse.getDefaultInstance())
                .getResponseList();
    }
}
