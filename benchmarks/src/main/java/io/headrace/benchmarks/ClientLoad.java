/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.benchmarks;

import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;

/**
 * What is asked of a client, whichever it is: as many writes as it can do, then a thousand a second that are read at once.
 * Depends on no client, so that the program of each can be compiled with it. Prints a line for each number.
 */
public final class ClientLoad {
    private static final int BYTES_UNACKNOWLEDGED = 20_000_000;
    private static final int WARM_UP_SECONDS = 5;
    private static final int MEASURED_SECONDS = 8;
    private static final int EVENTS_PER_SECOND = 1_000;
    private static final int SLOW_WARM_UP_EVENTS = 5_000;
    private static final int SLOW_EVENTS = 10_000;
    private static final long PATIENCE_SECONDS = 60;

    /** A client, with one stream at a time. */
    public interface Subject {
        /** Makes a stream of one segment, which is written from now on. */
        void open(String stream) throws Exception;

        /** Writes an event. */
        void write(byte[] event, Runnable acknowledged);

        /** Begins to give all events of the stream to somebody, on a thread of the client's or of its own. */
        void read(Consumer<byte[]> events) throws Exception;
    }

    private final String name;
    private final Subject subject;

    private ClientLoad(String name, Subject subject) {
        this.name = name;
        this.subject = subject;
    }

    /** Makes all measurements. */
    public static void measure(String name, Subject subject) throws Exception {
        ClientLoad load = new ClientLoad(name, subject);
        load.writes(100);
        load.writes(1_024);
        load.endToEnd();
    }

    private void print(String what, double value, String unit) {
        System.out.printf("%s\t%s\t%.2f\t%s%n", name, what, value, unit);
    }

    private void writes(int eventBytes) throws Exception {
        subject.open("writes-" + eventBytes);
        int most = BYTES_UNACKNOWLEDGED / eventBytes;
        Semaphore room = new Semaphore(most);
        AtomicLong acknowledged = new AtomicLong();
        byte[] event = new byte[eventBytes];
        Runnable onAcknowledged = () -> {
            acknowledged.incrementAndGet();
            room.release();
        };
        long start = System.nanoTime();
        long measured = start + TimeUnit.SECONDS.toNanos(WARM_UP_SECONDS);
        long end = measured + TimeUnit.SECONDS.toNanos(MEASURED_SECONDS);
        writeUntil(measured, room, event, onAcknowledged);
        long from = System.nanoTime();
        long events = acknowledged.get();
        long cpu = cpuNanos();
        writeUntil(end, room, event, onAcknowledged);
        events = acknowledged.get() - events;
        cpu = cpuNanos() - cpu;
        double seconds = (System.nanoTime() - from) / 1e9;
        if (!room.tryAcquire(most, PATIENCE_SECONDS, TimeUnit.SECONDS)) {
            throw new IllegalStateException("events are not acknowledged");
        }
        print("writes of " + eventBytes + " B", events / seconds, "events/s");
        print("writes of " + eventBytes + " B, processor time of the client", cpu / 1e3 / events, "us/event");
    }

    private void writeUntil(long end, Semaphore room, byte[] event, Runnable acknowledged) throws InterruptedException {
        for (long left = end - System.nanoTime(); left > 0; left = end - System.nanoTime()) {
            if (room.tryAcquire(left, TimeUnit.NANOSECONDS)) {
                subject.write(event, acknowledged);
            }
        }
    }

    /** From before an event is written until it has been read. */
    private void endToEnd() throws Exception {
        subject.open("end-to-end");
        long[] nanos = new long[SLOW_WARM_UP_EVENTS + SLOW_EVENTS];
        AtomicInteger read = new AtomicInteger();
        subject.read(event -> {
            int number = read.get();
            nanos[number] = System.nanoTime() - ByteBuffer.wrap(event).getLong();
            read.set(number + 1);
        });
        long start = System.nanoTime();
        long cpu = 0;
        for (int i = 0; i < nanos.length; i++) {
            if (i == SLOW_WARM_UP_EVENTS) {
                cpu = cpuNanos();
            }
            long due = start + TimeUnit.SECONDS.toNanos(i) / EVENTS_PER_SECOND;
            for (long early = due - System.nanoTime(); early > 0; early = due - System.nanoTime()) {
                LockSupport.parkNanos(early);
            }
            subject.write(ByteBuffer.allocate(100).putLong(0, System.nanoTime()).array(), () -> {});
        }
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        while (read.get() < nanos.length) {
            if (System.nanoTime() > end) {
                throw new IllegalStateException("only " + read.get() + " events were read");
            }
            TimeUnit.MILLISECONDS.sleep(1);
        }
        cpu = cpuNanos() - cpu;
        long[] measured = Arrays.copyOfRange(nanos, SLOW_WARM_UP_EVENTS, nanos.length);
        Arrays.sort(measured);
        print("1,000 events/s, written to read, median", measured[SLOW_EVENTS / 2] / 1e6, "ms");
        print("1,000 events/s, written to read, p99", measured[SLOW_EVENTS * 99 / 100] / 1e6, "ms");
        print("1,000 events/s, processor time of the client", cpu / 1e3 / SLOW_EVENTS, "us/event");
    }

    private static long cpuNanos() {
        return ((com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
                .getProcessCpuTime();
    }
}
