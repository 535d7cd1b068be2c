/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.benchmarks;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What can be measured, by name, and which of it is wanted in this run against one server.
 *
 * <p>Arguments of each program: the column of the results; the server's {@code host:port}; a directory on the server's
 * disk; the file that gets the results; then names of measurements, or none for all.
 */
public final class Measurements {
    private static final Logger LOG = LoggerFactory.getLogger(Measurements.class);

    /** Is done whatever is wanted, before all that a server takes part in. */
    private static final String WARM_UP = "warm-up";

    /** One of them. */
    @FunctionalInterface
    public interface Measurement {
        void run() throws Exception;
    }

    private final Results results;
    private final Set<String> wanted;
    private final Map<String, Measurement> all = new LinkedHashMap<>();

    private Measurements(Results results, List<String> wanted) {
        this.results = results;
        this.wanted = new LinkedHashSet<>(wanted);
    }

    /** Those that any client and server can do, as the arguments say. */
    public static Measurements of(Subject subject, String... arguments) {
        Results results = new Results(arguments[0], Path.of(arguments[3]));
        Path directory = Path.of(arguments[2]);
        Measurements measurements =
                new Measurements(results, Arrays.asList(arguments).subList(4, arguments.length));
        Writes writes = new Writes(subject, results);
        measurements.add("disk", () -> Disk.measure(directory, results));
        measurements.add(WARM_UP, writes::warmUp);
        measurements.add("lone", writes::lone);
        measurements.add("small", writes::small);
        measurements.add("medium", writes::medium);
        measurements.add("large", writes::large);
        measurements.addRested("spread", writes::spread);
        measurements.addRested("paced", () -> Paced.measure(subject, results));
        measurements.addRested("history", () -> CatchUp.measure(subject, directory, results));
        return measurements;
    }

    void add(String name, Measurement measurement) {
        all.put(name, measurement);
    }

    /** One that begins when the servers have done what earlier ones have left to them. */
    void addRested(String name, Measurement measurement) {
        add(name, () -> {
            new Servers().awaitQuiet();
            measurement.run();
        });
    }

    Results results() {
        return results;
    }

    /** Makes all that are wanted, also after one that fails, and ends the process: with 0 if none did. */
    public void runAndExit() {
        boolean complete = false;
        try {
            complete = run();
        } catch (Exception e) {
            LOG.error("The run failed", e);
        }
        // Clients have threads that are no daemons.
        System.exit(complete ? 0 : 1);
    }

    private boolean run() throws Exception {
        if (!all.keySet().containsAll(wanted)) {
            throw new IllegalArgumentException("there are measurements " + all.keySet() + ", not all of " + wanted);
        }
        boolean complete = true;
        for (Map.Entry<String, Measurement> each : all.entrySet()) {
            String name = each.getKey();
            if (!wanted.isEmpty() && !wanted.contains(name) && !name.equals(WARM_UP)) {
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
