/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.benchmarks;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Processor time of this process without the threads that compile: how much they do in a run this short depends on how
 * busy the machine is, and is over in the long run.
 */
final class ClientCpu {
    private static final Pattern COMPILER = Pattern.compile("C[12] Compiler");

    private ClientCpu() {}

    static long nanos() throws IOException {
        long all = ((com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
                .getProcessCpuTime();
        try (Stream<Path> threads = Files.list(Path.of("/proc/self/task"))) {
            return all - threads.mapToLong(ClientCpu::compilerNanos).sum();
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
}
