/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.benchmarks;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/**
 * One run against one server: everything that is compared, one after the other.
 *
 * <p>Arguments: name of the server; its controller as {@code host:port}; a directory on the servers' disk; the file that
 * gets the results; then the measurements: {@code disk}, {@code writes}, {@code transactions}, {@code scaling},
 * {@code metadata}, or none for all.
 */
public final class Driver {

    private interface Measurement {
        void run() throws Exception;
    }

    private Driver() {}

    public static void main(String[] arguments) {
        try {
            List<String> wanted = Arrays.asList(arguments).subList(4, arguments.length);
            Results results = new Results(arguments[0], Path.of(arguments[3]));
            Client client = new Client(arguments[1]);
            measure("disk", wanted, () -> Disk.measure(Path.of(arguments[2]), results));
            measure("writes", wanted, () -> Writes.measure(client, results));
            measure("transactions", wanted, () -> Transactions.measure(client, results));
            measure("scaling", wanted, () -> Scaling.measure(client, results));
            measure("metadata", wanted, () -> Metadata.measure(client, results));
        } catch (Exception e) {
            e.printStackTrace();
            System.exit(1);
        }
        // The client's pools have threads that are no daemons.
        System.exit(0);
    }

    private static void measure(String name, List<String> wanted, Measurement measurement) throws Exception {
        if (wanted.isEmpty() || wanted.contains(name)) {
            long start = System.nanoTime();
            measurement.run();
            System.out.printf("  (%s took %.0f s)%n", name, (System.nanoTime() - start) / 1e9);
        }
    }
}
