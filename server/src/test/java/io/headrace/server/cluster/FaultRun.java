/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.server.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.server.cluster.Party.Kind;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** Makes faults in a cluster with traffic on, one after the other, and tells what came of each. */
final class FaultRun {
    private final TestCluster cluster;
    private final Traffic traffic;
    private final Consumer<String> report;

    /** @param report gets a line of a table for each fault: what, seconds, the longest pauses in milliseconds */
    FaultRun(TestCluster cluster, Traffic traffic, Consumer<String> report) {
        this.cluster = cluster;
        this.traffic = traffic;
        this.report = report;
    }

    /** One fault, from its beginning until all is as before. */
    void befall(Fault fault, Party victim) throws Exception {
        long begun = System.nanoTime();
        traffic.count();
        String what = fault.name().toLowerCase(Locale.ROOT).replace('_', ' ') + " " + victim.number();
        try {
            fault.begin(cluster, victim);
            fault.last(traffic);
            String pauses = traffic.pauses();
            fault.end(cluster, victim);
            traffic.awaitProgress();
            report.accept(line(what, begun, pauses));
        } catch (Exception | AssertionError e) {
            report.accept(line(what, begun, e.toString()));
            throw e;
        }
        assertAllRun();
    }

    /** Each node is stopped and started once, so that all of them are new and nobody has noticed. */
    void restartAllNodes() throws Exception {
        long begun = System.nanoTime();
        traffic.count();
        for (Party node : Party.all(Kind.NODE).toList()) {
            cluster.process(node).terminate();
            cluster.process(node).awaitEnd();
            cluster.start(node);
            traffic.awaitProgress();
        }
        report.accept(line("all nodes restarted, one after the other", begun, traffic.pauses()));
        traffic.assertNothingFailedTwice();
    }

    private static String line(String what, long begun, String outcome) {
        return "| " + what + " | " + TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - begun) + " | " + outcome + " |";
    }

    /** Nobody ends for a fault of another. */
    private void assertAllRun() {
        Party.all().forEach(party -> assertThat(cluster.process(party).isAlive())
                .as("%s runs", party)
                .isTrue());
    }
}
