/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.benchmarks;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One run against one server: everything that is compared, one after the other.
 *
 * <p>Arguments: name of the server; its controller as {@code host:port}; a directory on the servers' disk; the file that
 * gets the results; then the measurements: {@code disk}, {@code writes}, {@code history},
 * {@code transactions}, {@code scaling}, {@code metadata}, {@code tables}, or none for all of these; or {@code untiered}.
 */
public final class Driver {

    private interface Measurement {
        void run() throws Exception;
    }

    /** Not for every server: one without long-term storage. */
    private static final String UNTIERED = "untiered";

    private static final Logger LOG = LoggerFactory.getLogger(Driver.class);

    private Driver() {}

    public static void main(String[] arguments) {
        boolean complete = false;
        try {
            complete = run(arguments);
        } catch (Exception e) {
            LOG.error("The run failed", e);
        }
        // The client's pools have threads that are no daemons.
        System.exit(complete ? 0 : 1);
    }

    /** Makes all measurements, also after one that fails; false if one did. */
    private static boolean run(String[] arguments) throws Exception {
        List<String> wanted = Arrays.asList(arguments).subList(4, arguments.length);
        Results results = new Results(arguments[0], Path.of(arguments[3]));
        Client client = new Client(arguments[1]);
        Map<String, Measurement> all = new LinkedHashMap<>();
        all.put("disk", () -> Disk.measure(Path.of(arguments[2]), results));
        all.put("writes", () -> Writes.measure(client, results));
        all.put("history", () -> CatchUp.measure(client, Path.of(arguments[2]), results));
        all.put("transactions", () -> Transactions.measure(client, results));
        all.put("scaling", () -> Scaling.measure(client, results));
        all.put("metadata", () -> Metadata.measure(client, results));
        all.put("tables", () -> Tables.measure(client, results));
        all.put(UNTIERED, () -> Writes.measureUntiered(client, results));
        boolean complete = true;
        for (Map.Entry<String, Measurement> each : all.entrySet()) {
            String name = each.getKey();
            if (wanted.isEmpty() ? name.equals(UNTIERED) : !wanted.contains(name)) {
                continue;
            }
            long start = System.nanoTime();
            try {
                each.getValue().run();
            } catch (Exception e) {
                LOG.error("{} failed", name, e);
                results.addFailure(name, e);
                complete = false;
            }
            System.out.printf("  (%s took %.0f s)%n", name, (System.nanoTime() - start) / 1e9);
        }
        return complete;
    }
}
