/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.verticles.net;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;

/** Keeps peers from filling the log: some lines per interval are written, the others counted. From any thread. */
public final class LogLimiter {
    private static final long INTERVAL_NANOS = TimeUnit.SECONDS.toNanos(10);

    private final Logger log;
    private final int linesPerInterval;
    private final AtomicLong intervalStart = new AtomicLong(System.nanoTime());
    private final AtomicLong lines = new AtomicLong();

    public LogLimiter(Logger log, int linesPerInterval) {
        this.log = log;
        this.linesPerInterval = linesPerInterval;
    }

    public void warn(String format, Object... arguments) {
        long now = System.nanoTime();
        long start = intervalStart.get();
        if (now - start > INTERVAL_NANOS && intervalStart.compareAndSet(start, now)) {
            long written = lines.getAndSet(0);
            if (written > linesPerInterval) {
                log.warn("{} more connections were closed for errors of their peers", written - linesPerInterval);
            }
        }
        if (lines.incrementAndGet() <= linesPerInterval) {
            log.warn(format, arguments);
        }
    }
}
