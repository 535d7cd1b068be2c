/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.compatibility;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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
        Totals totals = new Totals();
        StringBuilder cases = new StringBuilder("| case | behaviour | outcome |\n|---|---|---|\n");
        titles.forEach((id, title) -> {
            Outcome outcome = outcomes.getOrDefault(id, Outcome.NOT_YET_REACHED);
            totals.add(Cases.subjectOf(id), outcome);
            cases.append("| %s | %s | %s |\n".formatted(id, title, outcome.text));
        });
        StringBuilder unknown = new StringBuilder();
        outcomes.keySet().stream()
                .filter(id -> !titles.containsKey(id))
                .sorted()
                .forEach(id -> unknown.append("\nNot in the list of cases: ")
                        .append(id)
                        .append('\n'));
        return """
                # Compatibility with the published Pravega client 0.13.0

                Written by the tests of this module at the end of a full run. "Not yet reached": the server does not do it \
                yet, or no test covers it yet.

                %s
                %s%s""".formatted(totals.render(), cases, unknown);
    }

    /** Outcomes counted for each subject. */
    private static final class Totals {
        private final Map<String, Map<Outcome, Integer>> bySubject = new HashMap<>();
        private final Map<Outcome, Integer> all = new EnumMap<>(Outcome.class);

        void add(String subject, Outcome outcome) {
            bySubject
                    .computeIfAbsent(subject, s -> new EnumMap<>(Outcome.class))
                    .merge(outcome, 1, Integer::sum);
            all.merge(outcome, 1, Integer::sum);
        }

        String render() {
            StringBuilder table = new StringBuilder("| subject | |");
            StringBuilder line = new StringBuilder("|---|---|");
            for (Outcome outcome : columns()) {
                table.append(" %s |".formatted(outcome.text.replace("*", "")));
                line.append("--:|");
            }
            table.append('\n').append(line).append('\n');
            Cases.subjects()
                    .forEach((subject, title) ->
                            table.append(row(subject, title, bySubject.getOrDefault(subject, Map.of()))));
            return table.append(row("**all**", "", all)).toString();
        }

        /** What has happened never need not be shown, but for failures: their absence is worth a column. */
        private List<Outcome> columns() {
            return Arrays.stream(Outcome.values())
                    .filter(outcome -> outcome != Outcome.NOT_RUN || all.containsKey(outcome))
                    .toList();
        }

        private String row(String subject, String title, Map<Outcome, Integer> counts) {
            StringBuilder row = new StringBuilder("| %s | %s |".formatted(subject, title));
            for (Outcome outcome : columns()) {
                row.append(" %s |".formatted(counts.containsKey(outcome) ? counts.get(outcome) : ""));
            }
            return row.append('\n').toString();
        }
    }
}
