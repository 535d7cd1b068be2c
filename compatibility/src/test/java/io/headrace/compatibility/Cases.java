/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.compatibility;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The list of conformance cases and the list of those that the server has not yet reached. */
final class Cases {
    private Cases() {}

    /** Case id to title, in the order of the list. */
    static Map<String, String> titles() {
        return table("cases.tsv");
    }

    /** What the letters before the number of a case stand for, in the order of the list of cases. */
    static Map<String, String> subjects() {
        return table("subjects.tsv");
    }

    static String subjectOf(String id) {
        return id.substring(0, id.indexOf('-'));
    }

    private static Map<String, String> table(String resource) {
        Map<String, String> table = new LinkedHashMap<>();
        for (String line : lines(resource)) {
            int tab = line.indexOf('\t');
            if (tab <= 0 || table.put(line.substring(0, tab), line.substring(tab + 1)) != null) {
                throw new IllegalStateException("Malformed or doubled in " + resource + ": " + line);
            }
        }
        return table;
    }

    /** Ids of cases that are not expected to pass yet. Their tests do not run unless {@code -Dcompat.all} is set. */
    static Set<String> notYetReached() {
        return new LinkedHashSet<>(lines("not-yet-reached.txt"));
    }

    private static List<String> lines(String resource) {
        try (InputStream in = Cases.class.getResourceAsStream("/" + resource)) {
            if (in == null) {
                throw new IllegalStateException("No resource " + resource);
            }
            List<String> lines = new ArrayList<>();
            new String(in.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .map(String::strip)
                    .filter(line -> !line.isEmpty() && !line.startsWith("#"))
                    .forEach(lines::add);
            return lines;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
