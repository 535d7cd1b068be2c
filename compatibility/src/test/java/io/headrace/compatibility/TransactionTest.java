/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.compatibility;

import static io.headrace.compatibility.Client.next;
import static io.headrace.compatibility.Client.nothing;
import static io.headrace.compatibility.Failures.assertStatus;
import static io.headrace.compatibility.SegmentIds.id;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.grpc.Status;
import io.pravega.client.stream.EventStreamReader;
import io.pravega.client.stream.EventWriterConfig;
import io.pravega.client.stream.PingFailedException;
import io.pravega.client.stream.Transaction;
import io.pravega.client.stream.TransactionInfo;
import io.pravega.client.stream.TransactionalEventStreamWriter;
import io.pravega.client.stream.TxnFailedException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayName;

@DisplayName("Transactions")
class TransactionTest {
    @Case({"TXN-01", "TXN-02", "TXN-03"})
    void eventsAppearWithTheCommit(Client client) throws Exception {
        client.stream("a", 1);
        client.group("g", "a");
        EventStreamReader<String> reader = client.reader("r", "g");
        Transaction<String> transaction = client.transactions("a").beginTxn();
        assertThat(transaction.checkStatus()).isEqualTo(Transaction.Status.OPEN);
        transaction.writeEvent("k", "inside 1");
        client.write("a", "outside 1");
        transaction.writeEvent("k", "inside 2");
        transaction.flush();
        client.write("a", "outside 2");
        assertThat(next(reader, 2)).containsExactly("outside 1", "outside 2");
        nothing(reader);
        transaction.commit();
        assertThat(transaction.checkStatus()).isIn(Transaction.Status.COMMITTING, Transaction.Status.COMMITTED);
        assertThat(next(reader, 2)).containsExactly("inside 1", "inside 2");
        awaitStatus(client, transaction.getTxnId(), Transaction.Status.COMMITTED);
        client.write("a", "after");
        assertThat(next(reader)).isEqualTo("after");
        nothing(reader);
    }

    @Case({"TXN-04", "TXN-05", "TXN-06"})
    void nothingAfterTheCommit(Client client) throws Exception {
        client.stream("a", 1);
        Transaction<String> transaction = client.transactions("a").beginTxn();
        transaction.writeEvent("k", "1");
        transaction.commit();
        assertThatThrownBy(transaction::commit).isInstanceOf(TxnFailedException.class);
        assertThatThrownBy(() -> transaction.writeEvent("k", "2")).isInstanceOf(TxnFailedException.class);
        transaction.abort();
        assertThat(client.readAll(1, "a")).containsExactly("1");
    }

    @Case({"TXN-07", "TXN-08"})
    void nothingAfterTheAbort(Client client) throws Exception {
        client.stream("a", 1);
        Transaction<String> transaction = client.transactions("a").beginTxn();
        transaction.writeEvent("k", "1");
        transaction.abort();
        assertThatThrownBy(() -> transaction.writeEvent("k", "2")).isInstanceOf(TxnFailedException.class);
        assertThatThrownBy(transaction::commit).isInstanceOf(TxnFailedException.class);
        assertThat(transaction.checkStatus()).isIn(Transaction.Status.ABORTING, Transaction.Status.ABORTED);
        transaction.abort();
        awaitStatus(client, transaction.getTxnId(), Transaction.Status.ABORTED);
        client.write("a", "plain");
        assertThat(client.readAll(1, "a")).containsExactly("plain");
    }

    @Case({"TXN-09", "TXN-10"})
    void abortedByAnother(Client client) throws Exception {
        client.stream("a", 1);
        Transaction<String> transaction = client.transactions("a").beginTxn();
        client.twin().transactions("a").getTxn(transaction.getTxnId()).abort();
        awaitStatus(client, transaction.getTxnId(), Transaction.Status.ABORTED);
        assertThatThrownBy(() -> {
                    transaction.writeEvent("k", "1");
                    transaction.flush();
                })
                .isInstanceOf(TxnFailedException.class);
        assertThatThrownBy(transaction::commit).isInstanceOf(TxnFailedException.class);
        List<TransactionInfo> completed = client.streams().listCompletedTransactions(client.named("a"));
        assertThat(completed).hasSize(1);
        assertThat(completed.get(0).getTransactionId()).isEqualTo(transaction.getTxnId());
        assertThat(completed.get(0).getTransactionStatus()).isEqualTo(Transaction.Status.ABORTED);
    }

    @Case({"TXN-11", "TXN-27"})
    void whatIsNotPingedIsAborted(Client client) throws Exception {
        client.stream("a", 1);
        Transaction<String> pinged = client.transactions("a").beginTxn();
        pinged.writeEvent("k", "pinged");
        TransactionalEventStreamWriter<String> leaving = client.twin().transactions("a");
        Transaction<String> left = leaving.beginTxn();
        left.writeEvent("k", "left");
        left.flush();
        leaving.close();
        awaitStatus(client, left.getTxnId(), Transaction.Status.ABORTED);
        assertThat(pinged.checkStatus()).isEqualTo(Transaction.Status.OPEN);
        pinged.commit();
        assertThat(client.readAll(1, "a")).containsExactly("pinged");
    }

    @Case({"TXN-12", "TXN-13"})
    void leasesAreBounded(Client client) {
        client.stream("a", 1);
        assertThatThrownBy(() ->
                        EventWriterConfig.builder().transactionTimeoutTime(1000).build())
                .isInstanceOf(IllegalArgumentException.class);
        TransactionalEventStreamWriter<String> writer = client.own(client.events()
                .createTransactionalEventWriter(
                        "a",
                        Client.STRINGS,
                        EventWriterConfig.builder()
                                .transactionTimeoutTime(700_000)
                                .build()));
        assertStatus(Status.Code.INVALID_ARGUMENT, writer::beginTxn);
    }

    @Case("TXN-14")
    void anUnknownOne(Client client) {
        client.stream("a", 1);
        assertStatus(Status.Code.NOT_FOUND, () -> client.transactions("a").getTxn(new UUID(0, 12345)));
    }

    @Case("TXN-15")
    void lookedUpAfterAFullScaling(Client client) throws Exception {
        client.stream("a", 1);
        client.write("a", "old");
        UUID id = client.transactions("a").beginTxn().getTxnId();
        SegmentIds.scaleQuickly(client, "a", List.of(0L), Set.of(id(1, 1), id(2, 1)), 0.0, 0.5, 1.0);
        Transaction<String> transaction = client.twin().transactions("a").getTxn(id);
        transaction.writeEvent("k", "inside");
        transaction.commit();
        awaitStatus(client, id, Transaction.Status.COMMITTED);
        client.write("a", "later");
        client.checkpointedGroup("g", "a");
        assertThat(next(client.reader("r", "g"), 3)).containsExactly("old", "inside", "later");
    }

    @Case({"TXN-16", "TXN-17", "TXN-18"})
    void openOverScalings(Client client) throws Exception {
        client.stream("a", 1);
        TransactionalEventStreamWriter<String> writer = client.transactions("a");
        Transaction<String> late = writer.beginTxn();
        late.writeEvent("k", "inside");
        SegmentIds.scaleQuickly(client, "a", List.of(0L), Set.of(id(1, 1), id(2, 1), id(3, 1)), 0.0, 0.3, 0.6, 1.0);
        client.write("a", "outside 1");
        SegmentIds.scaleQuickly(
                client, "a", List.of(id(1, 1), id(2, 1)), Set.of(id(3, 1), id(4, 2), id(5, 2)), 0.0, 0.4, 0.6);
        client.write("a", "outside 2");
        Transaction<String> present = writer.beginTxn();
        present.writeEvent("k", "present");

        late.commit();
        awaitStatus(client, late.getTxnId(), Transaction.Status.COMMITTED);
        assertThat(SegmentIds.current(client, "a")).containsExactly(id(3, 4), id(4, 4), id(5, 4));
        assertThat(SegmentIds.successors(client, "a", id(4, 2))).containsExactly(id(0, 3));
        assertThat(SegmentIds.successors(client, "a", id(0, 3))).containsExactly(id(3, 4), id(4, 4), id(5, 4));

        present.commit();
        awaitStatus(client, present.getTxnId(), Transaction.Status.COMMITTED);
        assertThat(SegmentIds.current(client, "a")).containsExactly(id(3, 4), id(4, 4), id(5, 4));
        client.write("a", "outside 3");
        client.checkpointedGroup("g", "a");
        assertThat(next(client.reader("r", "g"), 5))
                .containsExactly("outside 1", "outside 2", "inside", "present", "outside 3");
    }

    @Case({"TXN-19", "TXN-20"})
    void overACarriedOverSegment(Client client) throws Exception {
        client.stream("a", 2);
        SegmentIds.scaleQuickly(client, "a", List.of(0L), Set.of(1L, id(2, 1), id(3, 1)), 0.0, 0.25, 0.5);
        Set<String> expected = new HashSet<>();
        Transaction<String> transaction = client.transactions("a").beginTxn();
        writeToAllSegments(transaction, "first", expected);
        transaction.flush();
        Transaction<String> again = client.twin().transactions("a").getTxn(transaction.getTxnId());
        writeToAllSegments(again, "again", expected);
        again.commit();
        awaitStatus(client, transaction.getTxnId(), Transaction.Status.COMMITTED);
        assertThat(SegmentIds.current(client, "a")).containsExactly(1L, id(2, 1), id(3, 1));
        client.checkpointedGroup("g", "a");
        assertThat(next(client.reader("r", "g"), expected.size())).containsExactlyInAnyOrderElementsOf(expected);
    }

    @Case({"TXN-21", "TXN-22", "TXN-23", "TXN-25"})
    void sealingAbortsWhatIsOpen(Client client) throws Exception {
        client.stream("a", 2);
        TransactionalEventStreamWriter<String> writer = client.transactions("a");
        List<UUID> open = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            Transaction<String> transaction = writer.beginTxn();
            transaction.writeEvent("k", "never seen");
            open.add(transaction.getTxnId());
        }
        assertThat(client.streams().sealStream(client.scope(), "a")).isTrue();
        for (UUID id : open) {
            awaitStatus(client, id, Transaction.Status.ABORTED);
        }
        assertThat(client.streams().listCompletedTransactions(client.named("a")))
                .extracting(TransactionInfo::getTransactionId)
                .containsExactlyInAnyOrderElementsOf(open);
        assertStatus(Status.Code.INVALID_ARGUMENT, writer::beginTxn);
        assertThat(client.streams().deleteStream(client.scope(), "a")).isTrue();
        assertThat(client.streams().listCompletedTransactions(client.named("a")))
                .isEmpty();
    }

    @Case({"TXN-24", "TXN-30"})
    void manyCompletedOnes(Client client) {
        client.stream("a", 1);
        client.stream("b", 1);
        List<UUID> ofA = create(client, "a", 510);
        Set<UUID> all = new HashSet<>(ofA);
        all.addAll(create(client, "b", 20));
        assertThat(all).hasSize(530);
        UUID firstOfAll = ofA.get(0);
        abort(client, "a", List.of(firstOfAll));
        abort(client, "a", ofA.subList(1, ofA.size()));
        List<TransactionInfo> completed = client.streams().listCompletedTransactions(client.named("a"));
        assertThat(completed).hasSize(500).allMatch(info -> info.getTransactionStatus() == Transaction.Status.ABORTED);
        assertThat(completed)
                .extracting(TransactionInfo::getTransactionId)
                .doesNotHaveDuplicates()
                .doesNotContain(firstOfAll)
                .isSubsetOf(ofA);
    }

    /** A day at most, or less if the server says so. */
    @Case("TXN-28")
    void noLeaseForEver() throws Exception {
        assumeThat(Server.isHeadrace()).as("a day is short").isTrue();
        try (HeadraceProcess server = Server.startHeadrace("transaction-life", "--transaction-life", "15s");
                Client client = new Client(server)) {
            client.stream("a", 1);
            Transaction<String> transaction = client.transactions("a").beginTxn();
            transaction.writeEvent("k", "never seen");
            transaction.flush();
            // Its writer goes on pinging; so does this, to see what it is told.
            assertThat(awaitPingFailure(client, transaction.getTxnId())).isInstanceOf(PingFailedException.class);
            awaitStatus(client, transaction.getTxnId(), Transaction.Status.ABORTED);
            assertThatThrownBy(transaction::commit).isInstanceOf(TxnFailedException.class);
            client.write("a", "plain");
            assertThat(client.readAll(1, "a")).containsExactly("plain");
        }
    }

    @Case("TXN-29")
    void committedAfterItsParentsWereTruncated(Client client) throws Exception {
        client.stream("a", 1);
        client.write("a", "gone");
        Transaction<String> transaction = client.transactions("a").beginTxn();
        transaction.writeEvent("k", "inside");
        SegmentIds.scaleQuickly(client, "a", List.of(0L), Set.of(id(1, 1), id(2, 1)), 0.0, 0.5, 1.0);
        assertThat(client.streams()
                        .truncateStream(
                                client.scope(),
                                "a",
                                SegmentIds.cut(client, "a", java.util.Map.of(id(1, 1), 0L, id(2, 1), 0L))))
                .isTrue();
        transaction.commit();
        awaitStatus(client, transaction.getTxnId(), Transaction.Status.COMMITTED);
        client.checkpointedGroup("g", "a");
        EventStreamReader<String> reader = client.reader("r", "g");
        assertThat(next(reader)).isEqualTo("inside");
        nothing(reader);
    }

    /** Pings a transaction of stream {@code a} until that fails; returns how. */
    private static Throwable awaitPingFailure(Client client, UUID transaction) throws InterruptedException {
        long deadline = System.nanoTime() + Client.PATIENCE.toNanos();
        while (true) {
            CompletableFuture<Transaction.PingStatus> ping =
                    client.controller().pingTransaction(client.named("a"), transaction, 10_000);
            Throwable failure = ping.handle((status, error) -> error).join();
            if (failure != null) {
                return failure instanceof CompletionException && failure.getCause() != null
                        ? failure.getCause()
                        : failure;
            }
            assertThat(System.nanoTime()).as("pings are answered %s", ping).isLessThan(deadline);
            TimeUnit.MILLISECONDS.sleep(200);
        }
    }

    private static void writeToAllSegments(Transaction<String> transaction, String prefix, Set<String> written)
            throws TxnFailedException {
        for (int i = 0; i < 20; i++) {
            transaction.writeEvent("key" + i, prefix + i);
            written.add(prefix + i);
        }
    }

    private static List<UUID> create(Client client, String stream, int count) {
        List<CompletableFuture<UUID>> created = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            created.add(client.controller()
                    .createTransaction(client.named(stream), 60_000)
                    .thenApply(transaction -> transaction.getTxnId()));
        }
        return created.stream().map(CompletableFuture::join).toList();
    }

    private static void abort(Client client, String stream, List<UUID> ids) {
        ids.stream()
                .map(id -> client.controller().abortTransaction(client.named(stream), id))
                .toList()
                .forEach(CompletableFuture::join);
        ids.forEach(id -> awaitStatus(client, id, Transaction.Status.ABORTED));
    }

    /** Waits for a state that a transaction of stream {@code a} must come to. */
    private static void awaitStatus(Client client, UUID transaction, Transaction.Status expected) {
        long deadline = System.nanoTime() + Client.PATIENCE.toNanos();
        Transaction.Status status = status(client, transaction);
        while (status != expected) {
            assertThat(System.nanoTime()).as("%s becomes %s", status, expected).isLessThan(deadline);
            status = status(client, transaction);
        }
    }

    private static Transaction.Status status(Client client, UUID transaction) {
        return client.controller()
                .checkTransactionStatus(client.named("a"), transaction)
                .join();
    }
}
