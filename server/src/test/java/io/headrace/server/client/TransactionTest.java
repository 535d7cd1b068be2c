/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.server.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.headrace.client.ClosedException;
import io.headrace.client.ConflictException;
import io.headrace.client.EventWriter;
import io.headrace.client.KeyRange;
import io.headrace.client.NotFoundException;
import io.headrace.client.Serializers;
import io.headrace.client.StreamName;
import io.headrace.client.Transaction;
import io.headrace.client.WriterOptions;
import io.reactivex.rxjava3.core.Flowable;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

final class TransactionTest extends ClientTest {

    @Test
    void eventsAreSeenWhenTheTransactionIsCommitted() {
        StreamName stream = stream("a", 2);
        EventWriter<String> writer = client.writer(stream, Serializers.utf8());
        Transaction<String> transaction = writer.begin().blockingGet();
        assertThat(transaction.write("k", "1").blockingGet()).isEqualTo("1");
        writer.write("k", "before").ignoreElement().blockingAwait();
        transaction.write("k", "2").ignoreElement().blockingAwait();
        assertThat(transaction.status().blockingGet()).isEqualTo(Transaction.Status.OPEN);
        assertThat(readAll(stream)).containsExactly("before");
        transaction.commit().blockingAwait();
        awaitStatus(transaction, Transaction.Status.COMMITTED);
        transaction
                .commit()
                .onErrorComplete(ConflictException.class::isInstance)
                .blockingAwait();
        assertThat(readAll(stream)).containsExactly("before", "1", "2");
        assertThatThrownBy(() -> transaction.write("k", "3").ignoreElement().blockingAwait())
                .isInstanceOf(ClosedException.class);
    }

    @Test
    void nothingIsSeenOfAnAbortedTransaction() {
        StreamName stream = stream("a", 1);
        EventWriter<String> writer = client.writer(stream, Serializers.utf8());
        Transaction<String> transaction = writer.begin().blockingGet();
        transaction.writeAll(Flowable.just("1", "2"), event -> "k").blockingAwait();
        transaction.abort().blockingAwait();
        awaitStatus(transaction, Transaction.Status.ABORTED);
        assertThat(readAll(stream)).isEmpty();
        assertThatThrownBy(() -> transaction.commit().blockingAwait()).isInstanceOf(ConflictException.class);
        assertThatThrownBy(() -> transaction.write("3").ignoreElement().blockingAwait())
                .isInstanceOf(ConflictException.class);
    }

    @Test
    void aTransactionThatWasAbortedElsewhereFailsItsWriter() {
        StreamName stream = stream("a", 1);
        EventWriter<String> writer = client.writer(stream, Serializers.utf8());
        Transaction<String> transaction = writer.begin().blockingGet();
        transaction.write("k", "1").ignoreElement().blockingAwait();
        Transaction<String> other = writer.resume(transaction.id()).blockingGet();
        other.abort().blockingAwait();
        awaitStatus(other, Transaction.Status.ABORTED);
        assertThatThrownBy(() -> transaction.write("k", "2").ignoreElement().blockingAwait())
                .isInstanceOf(ConflictException.class);
        assertThatThrownBy(() -> transaction.commit().blockingAwait()).isInstanceOf(ConflictException.class);
    }

    @Test
    void aTransactionGoesOnOverScalingAndInAnotherPlace() {
        StreamName stream = stream("a", 1);
        EventWriter<String> writer = client.writer(stream, Serializers.utf8());
        Transaction<String> transaction = writer.begin().blockingGet();
        transaction.write("k", "1").ignoreElement().blockingAwait();
        admin.scale(stream, Set.of(0L), List.of(new KeyRange(0, 0.5), new KeyRange(0.5, 1)))
                .blockingAwait();
        writer.write("k", "between").ignoreElement().blockingAwait();
        Transaction<String> resumed = client.writer(stream, Serializers.utf8())
                .resume(transaction.id())
                .blockingGet();
        resumed.write("k", "2").ignoreElement().blockingAwait();
        resumed.commit().blockingAwait();
        awaitStatus(resumed, Transaction.Status.COMMITTED);
        assertThat(readAll(stream))
                .containsExactlyInAnyOrder("between", "1", "2")
                .containsSubsequence("1", "2");
        assertThatThrownBy(() -> writer.resume(new UUID(0, 77)).ignoreElement().blockingAwait())
                .isInstanceOf(NotFoundException.class);
    }

    @Test
    void pingsKeepATransactionOpen() {
        StreamName stream = stream("a", 1);
        EventWriter<String> writer = client.writer(
                stream, Serializers.utf8(), WriterOptions.defaults().withLease(Duration.ofSeconds(10)));
        Transaction<String> transaction = writer.begin().blockingGet();
        transaction.write("k", "1").delay(15, TimeUnit.SECONDS).ignoreElement().blockingAwait();
        transaction.commit().blockingAwait();
        awaitStatus(transaction, Transaction.Status.COMMITTED);
        assertThat(readAll(stream)).containsExactly("1");
    }

    @Test
    void aFlowIsWrittenAsAWholeOrNotAtAll() {
        StreamName stream = stream("a", 3);
        EventWriter<String> writer = client.writer(stream, Serializers.utf8());
        writer.writeExactlyOnce(Flowable.range(0, 1000).map(i -> i % 10 + "/" + i), e -> e.substring(0, 1))
                .blockingAwait();
        awaitCount(stream, 1000);
        assertOrder(readAll(stream), 10, 1000);
        IllegalStateException failure = new IllegalStateException("mine");
        assertThatThrownBy(() -> writer.writeExactlyOnce(
                                Flowable.just("lost").concatWith(Flowable.error(failure)), e -> "k")
                        .blockingAwait())
                .isSameAs(failure);
        assertThatThrownBy(() -> client.writer(stream, Serializers.bytes())
                        .writeExactlyOnce(Flowable.just(new byte[(8 << 20) + 1]), e -> "k")
                        .blockingAwait())
                .isInstanceOf(IllegalArgumentException.class);
        writer.writeExactlyOnce(Flowable.just("0/1000"), e -> e.substring(0, 1)).blockingAwait();
        awaitCount(stream, 1001);
        assertOrder(readAll(stream), 10, 1001);
    }

    /** What is committed is seen a moment later. */
    private void awaitCount(StreamName stream, int events) {
        client.reader(stream, Serializers.utf8())
                .events()
                .take(events)
                .ignoreElements()
                .blockingAwait();
    }

    private static void awaitStatus(Transaction<String> transaction, Transaction.Status expected) {
        transaction
                .status()
                .repeatWhen(again -> again.delay(50, TimeUnit.MILLISECONDS))
                .takeUntil(status -> status == expected)
                .ignoreElements()
                .timeout(PATIENCE, TimeUnit.SECONDS)
                .blockingAwait();
    }
}
