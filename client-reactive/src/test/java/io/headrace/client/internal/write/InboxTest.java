/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.client.internal.write;

import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.client.HeadraceException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Semaphore;
import org.junit.jupiter.api.Test;

final class InboxTest {
    private static final int THREADS = 4;
    private static final int EVENTS = 50_000;

    private static final PendingEvent.Outcome NOBODY = new PendingEvent.Outcome() {
        @Override
        public void durable() {}

        @Override
        public void failed(HeadraceException cause) {}
    };

    private final Inbox inbox = new Inbox();

    @Test
    void theLoopIsToldOnceForWhatItTakesTogether() {
        assertThat(inbox.poll()).isNull();
        assertThat(inbox.offer(event(0, 0))).isTrue();
        assertThat(inbox.offer(event(0, 1))).isFalse();
        assertThat(number(Objects.requireNonNull(inbox.poll()))).isZero();
        assertThat(inbox.hasRest()).isTrue();
        assertThat(inbox.offer(event(0, 2))).isTrue();
        assertThat(number(Objects.requireNonNull(inbox.poll()))).isEqualTo(1);
        assertThat(inbox.hasRest()).isFalse();
        assertThat(number(Objects.requireNonNull(inbox.poll()))).isEqualTo(2);
        assertThat(inbox.poll()).isNull();
    }

    @Test
    void eachThreadsEventsComeOnceAndInOrder() throws InterruptedException {
        Semaphore told = new Semaphore(0);
        List<Thread> threads = new ArrayList<>();
        for (int thread = 0; thread < THREADS; thread++) {
            int id = thread;
            threads.add(new Thread(() -> {
                for (int i = 0; i < EVENTS; i++) {
                    if (inbox.offer(event(id, i))) {
                        told.release();
                    }
                }
            }));
        }
        threads.forEach(Thread::start);
        int[] next = new int[THREADS];
        for (int taken = 0; taken < THREADS * EVENTS; ) {
            told.acquire();
            for (PendingEvent event = inbox.poll(); event != null; event = inbox.poll()) {
                assertThat(number(event)).isEqualTo(next[thread(event)]++);
                taken++;
            }
        }
        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(next).containsOnly(EVENTS);
        assertThat(inbox.poll()).isNull();
    }

    private static PendingEvent event(int thread, int number) {
        byte[] payload = ByteBuffer.allocate(8).putInt(thread).putInt(number).array();
        return PendingEvent.of("key", payload, NOBODY);
    }

    private static int thread(PendingEvent event) {
        return ByteBuffer.wrap(event.payload()).getInt();
    }

    private static int number(PendingEvent event) {
        return ByteBuffer.wrap(event.payload()).getInt(4);
    }
}
