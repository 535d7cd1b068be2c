/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.server.demo;

import io.headrace.server.demo.WikipediaEdits.Edit;
import java.util.Collection;
import java.util.Collections;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;

/** What the edits tell about that day. */
final class EditFacts {
    private EditFacts() {}

    /** A few lines of text about at least one edit. */
    static String of(Collection<Edit> edits) {
        Map.Entry<String, Long> wiki = mostFrequent(edits, Edit::wiki);
        Map.Entry<String, Long> page = mostFrequent(edits, edit -> edit.page() + " in " + edit.wiki());
        Map.Entry<String, Long> minute = mostFrequent(edits, edit -> edit.time().substring(11, 16));
        long robots = edits.stream().filter(Edit::robot).count();
        return String.format(
                Locale.ROOT,
                "  busiest wiki    %s: %,d edits%n"
                        + "  busiest page    %s: %,d edits%n"
                        + "  busiest minute  %s: %,d edits%n"
                        + "  robots          made %,d edits, %.0f %% of all%n"
                        + "  text            %,d bytes added, %,d removed%n",
                wiki.getKey(),
                wiki.getValue(),
                page.getKey(),
                page.getValue(),
                minute.getKey(),
                minute.getValue(),
                robots,
                100.0 * robots / edits.size(),
                edits.stream().mapToLong(Edit::added).sum(),
                edits.stream().mapToLong(Edit::deleted).sum());
    }

    private static Map.Entry<String, Long> mostFrequent(Collection<Edit> edits, Function<Edit, String> property) {
        Map<String, Long> counts =
                edits.stream().collect(Collectors.groupingBy(property, TreeMap::new, Collectors.counting()));
        return Collections.max(counts.entrySet(), Map.Entry.comparingByValue());
    }
}
