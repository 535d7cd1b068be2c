/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.server.debug;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryUsage;
import java.lang.management.RuntimeMXBean;
import java.time.Instant;
import java.util.List;
import java.util.stream.Collectors;
import javax.management.JMException;
import javax.management.ObjectName;

/** What this process is and does, for people. Each method may take a moment. */
final class Diagnosis {
    private static final int CLASSES = 100;

    private Diagnosis() {}

    /** The process, its JVM and the system. */
    static JsonObject process(String version) {
        RuntimeMXBean runtime = ManagementFactory.getRuntimeMXBean();
        var memory = ManagementFactory.getMemoryMXBean();
        JsonArray options = new JsonArray();
        runtime.getInputArguments().forEach(option -> options.add(Secrets.masked(option)));
        return new JsonObject()
                .put("version", version)
                .put("pid", runtime.getPid())
                .put("started", Instant.ofEpochMilli(runtime.getStartTime()).toString())
                .put(
                        "jvm",
                        new JsonObject()
                                .put("name", runtime.getVmName())
                                .put("vendor", runtime.getVmVendor())
                                .put("version", runtime.getVmVersion())
                                .put("options", options))
                .put(
                        "system",
                        new JsonObject()
                                .put("name", System.getProperty("os.name"))
                                .put("version", System.getProperty("os.version"))
                                .put("architecture", System.getProperty("os.arch"))
                                .put("processors", Runtime.getRuntime().availableProcessors())
                                .put(
                                        "load",
                                        ManagementFactory.getOperatingSystemMXBean()
                                                .getSystemLoadAverage()))
                .put("heap", memory(memory.getHeapMemoryUsage()))
                .put("outsideHeap", memory(memory.getNonHeapMemoryUsage()))
                .put("threads", ManagementFactory.getThreadMXBean().getThreadCount());
    }

    private static JsonObject memory(MemoryUsage usage) {
        return new JsonObject()
                .put("usedBytes", usage.getUsed())
                .put("committedBytes", usage.getCommitted())
                .put("maxBytes", usage.getMax());
    }

    /** The stacks of all threads. */
    static String threads() {
        return ask("threadPrint", List.of("-l"));
    }

    /** How full the heap is, and of which classes most of it is, garbage included: nothing is collected for this. */
    static String heap() {
        String histogram = ask("gcClassHistogram", List.of("-all"));
        return ask("gcHeapInfo", List.of()) + "\n"
                + histogram.lines().limit(CLASSES).collect(Collectors.joining("\n")) + "\n"
                + histogram.lines().skip(CLASSES).reduce("", (before, line) -> line) + "\n";
    }

    /** As {@code jcmd} answers it. */
    private static String ask(String command, List<String> arguments) {
        try {
            Object answer = ManagementFactory.getPlatformMBeanServer()
                    .invoke(
                            new ObjectName("com.sun.management:type=DiagnosticCommand"),
                            command,
                            arguments.isEmpty() ? new Object[0] : new Object[] {arguments.toArray(String[]::new)},
                            arguments.isEmpty() ? new String[0] : new String[] {String[].class.getName()});
            return String.valueOf(answer);
        } catch (JMException e) {
            return "this JVM does not say it: " + e.getMessage() + "\n";
        }
    }
}
