/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.benchmarks;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * What is asked of a client, whichever it is: as many writes as it can do, then so many a second that are read at once.
 * Depends on no client, so that the program of each can be compiled with it. Prints a line for each number.
 */
public final class ClientLoad {
    private static final int BYTES_UNACKNOWLEDGED = 20_000_000;
    private static final int WARM_UP_SECONDS = 8;
    private static final int MEASURED_SECONDS = 10;

    private static final int PACED_EVENT_BYTES = 100;
    private static final int PACED_WARM_UP_SECONDS = 5;
    private static final int PACED_SECONDS = 10;
    private static final long PATIENCE_SECONDS = 60;
    private static final Pattern COMPILER = Pattern.compile("C[12] Compiler");

    /** A client, with one stream at a time. */
    public interface Subject {
        /** Makes a stream of one segment, which is written from now on; the one before is not read any more. */
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
        load.writes("100_B", 100);
        load.writes("1_KB", 1_024);
        load.paced(1_000);
        load.paced(10_000);
        load.paced(100_000);
    }

    /** A line as {@link Report} wants it. */
    private void print(String metric, double value) {
        System.out.println(String.format(Locale.ROOT, "%s\tCLIENT_%s\t%f", name, metric, value));
    }

    /** As many events as the client can write, with a bound on what is not acknowledged. */
    private void writes(String size, int eventBytes) throws Exception {
        subject.open("events-of-" + eventBytes);
        Flood flood = new Flood(subject, eventBytes);
        long start = System.nanoTime();
        flood.writeUntil(start + TimeUnit.SECONDS.toNanos(WARM_UP_SECONDS));
        List<Long> perSecond = new ArrayList<>();
        long from = flood.acknowledged.get();
        long counted = from;
        long cpuNanos = cpuNanos();
        for (int second = 1; second <= MEASURED_SECONDS; second++) {
            flood.writeUntil(start + TimeUnit.SECONDS.toNanos(WARM_UP_SECONDS + second));
            long now = flood.acknowledged.get();
            perSecond.add(now - counted);
            counted = now;
        }
        cpuNanos = cpuNanos() - cpuNanos;
        flood.finish();
        perSecond.sort(null);
        print(size, perSecond.get(perSecond.size() / 2));
        print(size + "_WORST", perSecond.get(0));
        print(size + "_CPU", cpuNanos / 1e3 / (counted - from));
    }

    /**
     * Events at their times, whatever becomes of those before: what is told is the time from when an event was due, so that
     * a client that falls behind is not spared.
     */
    private void paced(int perSecond) throws Exception {
        subject.open("events-at-" + perSecond);
        int warmUp = perSecond * PACED_WARM_UP_SECONDS;
        int all = warmUp + perSecond * PACED_SECONDS;
        Times acknowledged = new Times(all);
        Times read = new Times(all);
        subject.read(event -> read.set(
                read.count(), System.nanoTime() - ByteBuffer.wrap(event).getLong()));
        long start = System.nanoTime();
        long cpuNanos = 0;
        for (int i = 0; i < all; i++) {
            if (i == warmUp) {
                cpuNanos = cpuNanos();
            }
            long due = start + TimeUnit.SECONDS.toNanos(i) / perSecond;
            for (long early = due - System.nanoTime(); early > 0; early = due - System.nanoTime()) {
                LockSupport.parkNanos(early);
            }
            byte[] event = ByteBuffer.allocate(PACED_EVENT_BYTES).putLong(due).array();
            int number = i;
            subject.write(event, () -> acknowledged.set(number, System.nanoTime() - due));
        }
        acknowledged.await(all);
        read.await(all);
        cpuNanos = cpuNanos() - cpuNanos;
        acknowledged.forget(warmUp);
        read.forget(warmUp);
        print(perSecond + "_ACKNOWLEDGED_P50", acknowledged.millis(50));
        print(perSecond + "_ACKNOWLEDGED_P99", acknowledged.millis(99));
        print(perSecond + "_READ_P50", read.millis(50));
        print(perSecond + "_READ_P99", read.millis(99));
        print(perSecond + "_CPU", cpuNanos / 1e3 / (all - warmUp));
    }

    /**
     * Processor time of this process without the threads that compile: how much they do in a run this short depends on how
     * busy the machine is, and is over in the long run.
     */
    private static long cpuNanos() throws IOException {
        long all = ((com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
                .getProcessCpuTime();
        try (Stream<Path> threads = Files.list(Path.of("/proc/self/task"))) {
            return all - threads.mapToLong(ClientLoad::compilerNanos).sum();
        }
    }

    private static long compilerNanos(Path thread) {
        try {
            if (!COMPILER.matcher(Files.readString(thread.resolve("comm"))).lookingAt()) {
                return 0;
            }
            String times = Files.readString(thread.resolve("schedstat"));
            return Long.parseLong(times, 0, times.indexOf(' '), 10);
        } catch (IOException e) {
            return 0; // it has ended
        }
    }

    /** Events of one size, with a bound on the bytes that are not acknowledged. */
    private static final class Flood {
        final AtomicLong acknowledged = new AtomicLong();
        private final Subject subject;
        private final byte[] event;
        private final int most;
        private final Semaphore room;
        private final Runnable onAcknowledged = this::onAcknowledged;

        Flood(Subject subject, int eventBytes) {
            this.subject = subject;
            this.event = new byte[eventBytes];
            this.most = BYTES_UNACKNOWLEDGED / eventBytes;
            this.room = new Semaphore(most);
        }

        void writeUntil(long end) throws InterruptedException {
            for (long left = end - System.nanoTime(); left > 0; left = end - System.nanoTime()) {
                if (room.tryAcquire(left, TimeUnit.NANOSECONDS)) {
                    subject.write(event, onAcknowledged);
                }
            }
        }

        void finish() throws InterruptedException {
            if (!room.tryAcquire(most, PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                throw new IllegalStateException("events are not acknowledged");
            }
        }

        private void onAcknowledged() {
            acknowledged.incrementAndGet();
            room.release();
        }
    }

    /** Nanoseconds of each event. */
    private static final class Times {
        private final long[] nanos;
        private final AtomicInteger count = new AtomicInteger();
        private int first;

        Times(int events) {
            nanos = new long[events];
        }

        /** By any thread, once for each event. */
        void set(int event, long value) {
            nanos[event] = value;
            count.incrementAndGet();
        }

        int count() {
            return count.get();
        }

        /** Leaves out all before this one. */
        void forget(int number) {
            first = number;
        }

        void await(int number) throws InterruptedException {
            long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
            while (count.get() < number) {
                if (System.nanoTime() - end > 0) {
                    throw new IllegalStateException("only " + count.get() + " of " + number + " events came");
                }
                TimeUnit.MILLISECONDS.sleep(1);
            }
        }

        double millis(int percentile) {
            long[] sorted = Arrays.copyOfRange(nanos, first, nanos.length);
            Arrays.sort(sorted);
            return sorted[(int) ((sorted.length - 1) * (long) percentile / 100)] / 1e6;
        }
    }
}
