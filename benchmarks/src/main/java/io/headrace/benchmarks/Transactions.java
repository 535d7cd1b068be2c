/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.benchmarks;

import io.pravega.client.stream.Transaction;
import io.pravega.client.stream.TransactionalEventStreamWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;

/**
 * Transactions of ten events of 1 KB on a stream of one segment, each waited for until it is committed: the client has no
 * other way to know than to ask again and again.
 */
final class Transactions {
    private static final int EVENTS = 10;
    private static final int WARM_UP_SECONDS = 20;
    private static final int MEASURED_SECONDS = 10;

    /** Pause between two questions. */
    private static final long POLL_MILLIS = 1;

    private static final long COMMIT_SECONDS = 30;

    private Transactions() {}

    static void measure(Client client, Results results) throws Exception {
        Histogram one = run(client, 1);
        results.add(Metric.TRANSACTIONS_1, (double) one.getTotalCount() / MEASURED_SECONDS);
        results.addMillis(Metric.TRANSACTION_1_P50, one, 50);
        results.addMillis(Metric.TRANSACTION_1_P99, one, 99);
        Histogram eight = run(client, 8);
        results.add(Metric.TRANSACTIONS_8, (double) eight.getTotalCount() / MEASURED_SECONDS);
        results.addMillis(Metric.TRANSACTION_8_P50, eight, 50);
        results.addMillis(Metric.TRANSACTION_8_P99, eight, 99);
    }

    /** Times, in nanoseconds, of those that ended within the measured seconds. */
    private static Histogram run(Client client, int threads) throws Exception {
        String stream = "transactions-" + threads;
        client.createStream(stream, 1);
        Histogram all = new Histogram(3);
        ExecutorService executor = Executors.newFixedThreadPool(threads);
        try {
            long start = System.nanoTime();
            List<Future<Histogram>> running = new ArrayList<>();
            for (int i = 0; i < threads; i++) {
                running.add(executor.submit(() -> runOne(client, stream, start)));
            }
            for (Future<Histogram> future : running) {
                all.add(future.get(2 * Client.TIMEOUT_SECONDS, TimeUnit.SECONDS));
            }
        } finally {
            executor.shutdownNow();
        }
        return all;
    }

    private static Histogram runOne(Client client, String stream, long start) throws Exception {
        long from = start + TimeUnit.SECONDS.toNanos(WARM_UP_SECONDS);
        long to = from + TimeUnit.SECONDS.toNanos(MEASURED_SECONDS);
        Histogram nanos = new Histogram(3);
        byte[] event = new byte[1_024];
        try (TransactionalEventStreamWriter<byte[]> writer = client.transactionalWriter(stream)) {
            for (long begin = System.nanoTime(); begin < to; begin = System.nanoTime()) {
                Transaction<byte[]> transaction = writer.beginTxn();
                for (int i = 0; i < EVENTS; i++) {
                    transaction.writeEvent("key", event);
                }
                transaction.commit();
                awaitCommitted(transaction);
                long end = System.nanoTime();
                if (end >= from && end < to) {
                    nanos.recordValue(end - begin);
                }
            }
        }
        return nanos;
    }

    private static void awaitCommitted(Transaction<byte[]> transaction) throws InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(COMMIT_SECONDS);
        for (Transaction.Status status = transaction.checkStatus();
                status != Transaction.Status.COMMITTED;
                status = transaction.checkStatus()) {
            if (status != Transaction.Status.COMMITTING || System.nanoTime() > deadline) {
                throw new IllegalStateException("a transaction that was to be committed is " + status);
            }
            TimeUnit.MILLISECONDS.sleep(POLL_MILLIS);
        }
    }
}
