/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.server.cli;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Prints answers in the form that was asked for. */
final class Printer {
    /** The widths of columns are those of so many rows; a longer listing is not held back for what may come. */
    private static final int PAGE = 500;

    private static final String GAP = "  ";

    private final Console console;
    private final Output output;

    Printer(Console console, Output output) {
        this.console = console;
        this.output = output;
    }

    Output output() {
        return output;
    }

    /** A listing, of whatever length; says on standard error if there is nothing in it. */
    void list(Iterable<Row> rows, String nothing) {
        Iterator<Row> left = rows.iterator();
        if (!left.hasNext() && output == Output.TABLE) {
            console.note(nothing);
        }
        if (output == Output.JSON) {
            left.forEachRemaining(row -> print(row.toJson().encode()));
            return;
        }
        boolean first = true;
        while (left.hasNext()) {
            List<Row> page = new ArrayList<>();
            while (page.size() < PAGE && left.hasNext()) {
                page.add(left.next());
            }
            table(page, first, "");
            first = false;
        }
    }

    /** One thing, with all that is known of it. */
    void show(Row row) {
        if (output == Output.JSON) {
            print(row.toJson().encode());
            return;
        }
        int width = row.cells().entrySet().stream()
                .filter(cell -> cell.getValue().rows() == null)
                .mapToInt(cell -> cell.getKey().length() + 1)
                .max()
                .orElse(0);
        row.cells().forEach((name, cell) -> {
            List<Row> rows = cell.rows();
            if (rows != null) {
                print("");
                print(rows.isEmpty() ? words(name) + ": none" : words(name) + ":");
                if (!rows.isEmpty()) {
                    table(rows, true, GAP);
                }
            } else {
                print(pad(words(name), width + 2, false) + cell.text());
            }
        });
    }

    /** Something has been done: a sentence for people, its facts for programs. */
    void done(Row facts, String sentence) {
        print(output == Output.JSON ? facts.toJson().encode() : sentence);
    }

    private void table(List<Row> rows, boolean header, String indent) {
        List<String> names = List.copyOf(rows.get(0).cells().keySet());
        int[] widths = new int[names.size()];
        boolean[] numbers = new boolean[names.size()];
        for (int i = 0; i < widths.length; i++) {
            String name = names.get(i);
            widths[i] = Math.max(
                    words(name).length(),
                    rows.stream()
                            .mapToInt(row -> text(row, name).length())
                            .max()
                            .orElse(0));
            numbers[i] = rows.stream().map(row -> row.cells().get(name)).allMatch(Printer::isNumber);
        }
        if (header) {
            List<String> titles = names.stream()
                    .map(name -> words(name).toUpperCase(Locale.ROOT))
                    .toList();
            print(indent + line(titles, widths, numbers));
        }
        for (Row row : rows) {
            print(indent + line(names.stream().map(name -> text(row, name)).toList(), widths, numbers));
        }
    }

    private static boolean isNumber(Row.@Nullable Cell cell) {
        return cell == null || cell.json() == null || cell.json() instanceof Number;
    }

    private static String text(Row row, String name) {
        Row.Cell cell = row.cells().get(name);
        return cell == null ? "" : cell.text();
    }

    private static String line(List<String> texts, int[] widths, boolean[] right) {
        StringBuilder line = new StringBuilder();
        for (int i = 0; i < widths.length; i++) {
            line.append(i == 0 ? "" : GAP).append(pad(texts.get(i), widths[i], right[i]));
        }
        return line.toString().stripTrailing();
    }

    private static String pad(String text, int width, boolean right) {
        String spaces = " ".repeat(Math.max(0, width - text.length()));
        return right ? spaces + text : text + spaces;
    }

    /** {@code fromOffset} as words. */
    private static String words(String name) {
        return name.replaceAll("([A-Z])", " $1").toLowerCase(Locale.ROOT);
    }

    private void print(String line) {
        console.out().println(line);
        console.checkOpen();
    }
}
