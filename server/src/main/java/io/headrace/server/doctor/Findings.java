/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.server.doctor;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** What has been found so far. */
public final class Findings {
    private static final String INDENT = " ".repeat(9);

    private final List<Finding> all = new ArrayList<>();

    void ok(String check, String found) {
        all.add(new Finding(Finding.Level.OK, check, found, ""));
    }

    void warning(String check, String found, String advice) {
        all.add(new Finding(Finding.Level.WARNING, check, found, advice));
    }

    void problem(String check, String found, String advice) {
        all.add(new Finding(Finding.Level.PROBLEM, check, found, advice));
    }

    /** In the order in which they were found. */
    public List<Finding> all() {
        return List.copyOf(all);
    }

    /** Whether nothing is a problem; warnings may be among them. */
    public boolean isHealthy() {
        return count(Finding.Level.PROBLEM) == 0;
    }

    private long count(Finding.Level level) {
        return all.stream().filter(finding -> finding.level() == level).count();
    }

    /** For people. */
    public String toTable() {
        StringBuilder out = new StringBuilder();
        int width =
                all.stream().mapToInt(finding -> finding.check().length()).max().orElse(0);
        for (Finding finding : all) {
            out.append(String.format(
                    "%-8s %-" + Math.max(1, width) + "s  %s%n", finding.level(), finding.check(), finding.found()));
            if (!finding.advice().isEmpty()) {
                out.append(INDENT).append("-> ").append(finding.advice()).append(System.lineSeparator());
            }
        }
        return out.append(String.format(
                        "%n%d checks: %d problems, %d warnings%n",
                        all.size(), count(Finding.Level.PROBLEM), count(Finding.Level.WARNING)))
                .toString();
    }

    /** For programs. */
    public JsonObject toJson() {
        JsonArray findings = new JsonArray();
        for (Finding finding : all) {
            findings.add(new JsonObject()
                    .put("level", finding.level().name().toLowerCase(Locale.ROOT))
                    .put("check", finding.check())
                    .put("found", finding.found())
                    .put("advice", finding.advice()));
        }
        return new JsonObject().put("healthy", isHealthy()).put("findings", findings);
    }
}
