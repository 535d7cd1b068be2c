/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.server.doctor;

import com.sun.management.UnixOperatingSystemMXBean;
import io.headrace.server.settings.Settings;
import io.netty.util.internal.PlatformDependent;
import java.lang.management.ManagementFactory;

/** What the machine and its Java give a server. */
final class MachineChecks {
    private static final int OLDEST_JAVA = 17;
    private static final long MIB = 1L << 20;

    /** Files of the storage: ledgers, tables of rows, chunks. */
    private static final long FILES_BESIDE_CONNECTIONS = 2_048;

    private static final int PORTS = 3;

    /** Direct memory that a server takes beside its caches: what connections have sent and not had answered. */
    private static final long OTHER_DIRECT_BYTES = 256 * MIB;

    private MachineChecks() {}

    static void run(Settings settings, Findings to) {
        java(Runtime.version().feature(), to);
        memory(settings.get(Settings.CACHE_MIB) * MIB, PlatformDependent.estimateMaxDirectMemory(), to);
        if (ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean system) {
            openFiles(system.getMaxFileDescriptorCount(), settings.get(Settings.CONNECTIONS), to);
        }
    }

    static void java(int version, Findings to) {
        if (version < OLDEST_JAVA) {
            to.problem(
                    "java",
                    "this is Java " + version,
                    "install a JDK " + OLDEST_JAVA + " or newer, and set JAVA_HOME to it");
        } else {
            to.ok("java", "this is Java " + version);
        }
    }

    static void memory(long cacheBytes, long directBytes, Findings to) {
        String found = directBytes / MIB + " MiB of direct memory, of which caches may take " + cacheBytes / MIB;
        if (cacheBytes + OTHER_DIRECT_BYTES > directBytes) {
            to.problem(
                    "memory",
                    found + " and connections " + OTHER_DIRECT_BYTES / MIB,
                    "lower --" + Settings.CACHE_MIB.name() + ", or set HEADRACE_JAVA_OPTS to -XX:MaxDirectMemorySize="
                            + (cacheBytes + OTHER_DIRECT_BYTES) / MIB + "m or more");
        } else {
            to.ok("memory", found);
        }
    }

    /** @param connections that each port takes */
    static void openFiles(long limit, int connections, Findings to) {
        String found = "a process may have " + limit + " files and connections open";
        long needed = FILES_BESIDE_CONNECTIONS + (long) PORTS * connections;
        if (limit < FILES_BESIDE_CONNECTIONS) {
            to.problem("open files", found, "raise it to " + needed + " or more, with ulimit -n or LimitNOFILE=");
        } else if (limit < needed) {
            to.warning(
                    "open files",
                    found,
                    "raise it to " + needed + " or more, with ulimit -n or LimitNOFILE=, or lower --"
                            + Settings.CONNECTIONS.name() + " to " + (limit - FILES_BESIDE_CONNECTIONS) / PORTS);
        } else {
            to.ok("open files", found);
        }
    }
}
