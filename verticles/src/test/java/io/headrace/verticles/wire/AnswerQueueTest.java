/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.verticles.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.verticles.wire.AnswerQueue.Answer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

final class AnswerQueueTest {
    private final AnswerQueue queue = new AnswerQueue();
    private final List<Integer> delivered = new ArrayList<>();
    private final AtomicInteger discarded = new AtomicInteger();

    private class Numbered extends Answer {
        private final int value;

        Numbered(int value) {
            this.value = value;
        }

        @Override
        void deliver() {
            delivered.add(value);
        }

        @Override
        void discard() {
            discarded.incrementAndGet();
        }
    }

    private void deliverAll() {
        queue.deliverAll(e -> {
            throw new AssertionError(e);
        });
    }

    @Test
    void onlyTheFirstAnswerWakesTheTaker() {
        assertThat(queue.add(new Numbered(1))).isTrue();
        assertThat(queue.add(new Numbered(2))).isFalse();
        deliverAll();
        assertThat(delivered).containsExactly(1, 2);
        assertThat(queue.add(new Numbered(3))).isTrue();
    }

    @Test
    void manyProducersKeepTheirOrderAndNothingIsMissed() {
        int producers = 4;
        int each = 20_000;
        Semaphore wakeUps = new Semaphore(0);
        List<CompletableFuture<Void>> running = new ArrayList<>();
        for (int p = 0; p < producers; p++) {
            int producer = p;
            running.add(CompletableFuture.runAsync(() -> {
                for (int i = 0; i < each; i++) {
                    if (queue.add(new Numbered(producer * each + i))) {
                        wakeUps.release();
                    }
                }
            }));
        }
        while (delivered.size() < producers * each) {
            wakeUps.acquireUninterruptibly();
            deliverAll();
        }
        running.forEach(CompletableFuture::join);
        for (int p = 0; p < producers; p++) {
            int producer = p;
            assertThat(delivered.stream().filter(value -> value / each == producer))
                    .isSorted();
        }
    }

    @Test
    void aClosedQueueDiscards() {
        queue.add(new Numbered(1));
        queue.close();
        queue.add(new Numbered(2));
        deliverAll();
        assertThat(delivered).isEmpty();
        assertThat(discarded).hasValue(2);
    }

    @Test
    void whatIsLeftWhenADeliveryClosesTheQueueIsDiscarded() {
        queue.add(new Numbered(1) {
            @Override
            void deliver() {
                queue.close();
            }
        });
        queue.add(new Numbered(2));
        deliverAll();
        assertThat(delivered).isEmpty();
        assertThat(discarded).hasValue(1);
    }

    @Test
    void aFailingDeliveryDoesNotStopTheOthers() {
        IllegalStateException failure = new IllegalStateException("no");
        queue.add(new Numbered(1) {
            @Override
            void deliver() {
                throw failure;
            }
        });
        queue.add(new Numbered(2));
        List<RuntimeException> failures = new ArrayList<>();
        queue.deliverAll(failures::add);
        assertThat(failures).containsExactly(failure);
        assertThat(delivered).containsExactly(2);
    }
}
