/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.compatibility;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.TestExecutionResult.Status;
import org.junit.platform.engine.support.descriptor.MethodSource;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.TestPlan;

/**
 * Writes the table of all cases and their outcomes when a test run ends: {@code REPORT.md} after a full run, a file in
 * {@code target} after a run of selected tests. A case with several tests passes when all of them do.
 */
public final class ReportListener implements TestExecutionListener {
    /** Outcomes of a case, the worst last. */
    private enum Outcome {
        PASS("pass"),
        NOT_RUN("not run"),
        NOT_YET_REACHED("not yet reached"),
        FAIL("**fail**");

        private final String text;

        Outcome(String text) {
            this.text = text;
        }

        Outcome worse(Outcome other) {
            return compareTo(other) >= 0 ? this : other;
        }
    }

    private final Map<String, Outcome> outcomes = new ConcurrentHashMap<>();

    @Override
    public void executionFinished(TestIdentifier test, TestExecutionResult result) {
        Outcome outcome =
                switch (result.getStatus()) {
                    case SUCCESSFUL -> Outcome.PASS;
                    case ABORTED -> Outcome.NOT_RUN;
                    case FAILED -> Outcome.FAIL;
                };
        record(test, outcome);
        if (result.getStatus() == Status.FAILED && test.isContainer()) {
            outcomes.merge("(setup)", Outcome.FAIL, Outcome::worse);
        }
    }

    @Override
    public void executionSkipped(TestIdentifier test, String reason) {
        record(test, reason.contains(CaseExtension.NOT_YET_REACHED) ? Outcome.NOT_YET_REACHED : Outcome.NOT_RUN);
    }

    @Override
    public void testPlanExecutionFinished(TestPlan plan) {
        String target = System.getProperty("compat.report");
        if (target == null) {
            return;
        }
        boolean full = System.getProperty("test") == null
                && System.getProperty("compat.server", "headrace").equals("headrace");
        Path file = full ? Path.of(target) : Path.of("target", "REPORT-partial.md");
        try {
            Files.createDirectories(file.toAbsolutePath().getParent());
            Files.writeString(file, render());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void record(TestIdentifier test, Outcome outcome) {
        for (String id : cases(test)) {
            outcomes.merge(id, outcome, Outcome::worse);
        }
    }

    private static List<String> cases(TestIdentifier test) {
        return test.getSource()
                .filter(MethodSource.class::isInstance)
                .map(MethodSource.class::cast)
                .flatMap(source -> Optional.ofNullable(source.getJavaMethod().getAnnotation(Case.class)))
                .map(annotation -> Arrays.asList(annotation.value()))
                .orElse(List.of());
    }

    private String render() {
        Map<String, String> titles = Cases.titles();
        Map<Outcome, Integer> counts = new TreeMap<>();
        StringBuilder table = new StringBuilder("| case | behaviour | outcome |\n|---|---|---|\n");
        titles.forEach((id, title) -> {
            Outcome outcome = outcomes.getOrDefault(id, Outcome.NOT_YET_REACHED);
            counts.merge(outcome, 1, Integer::sum);
            table.append("| ")
                    .append(id)
                    .append(" | ")
                    .append(title)
                    .append(" | ")
                    .append(outcome.text)
                    .append(" |\n");
        });
        StringBuilder unknown = new StringBuilder();
        outcomes.keySet().stream()
                .filter(id -> !titles.containsKey(id))
                .sorted()
                .forEach(id -> unknown.append("\nNot in the list of cases: ")
                        .append(id)
                        .append('\n'));
        StringBuilder summary = new StringBuilder();
        counts.forEach((outcome, count) -> summary.append("- ")
                .append(outcome.text.replace("*", ""))
                .append(": ")
                .append(count)
                .append('\n'));
        return """
                # Compatibility with the published Pravega client 0.13.0

                Written by the tests of this module at the end of a full run. "Not yet reached": the server does not do it yet, or no test covers it yet.

                %s
                %s%s""".formatted(summary, table, unknown);
    }
}
