/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.server.cli;

import java.util.ArrayList;
import java.util.List;

/** Draws numbers with characters. */
final class Chart {
    private static final String[] EIGHTHS = {" ", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};
    private static final int HEIGHT = 5;
    private static final int MOST_COLUMNS = 60;
    private static final int BAR = 40;

    private Chart() {}

    /** Columns from 0 to the largest value, one for each; where there are too many, neighbours share one. */
    static List<String> columns(List<Double> values) {
        List<Double> shown = fewer(values);
        double most = shown.stream().mapToDouble(Double::doubleValue).max().orElse(0);
        int width = Units.count(most).length();
        List<String> lines = new ArrayList<>();
        for (int row = HEIGHT - 1; row >= 0; row--) {
            StringBuilder line = new StringBuilder(row == HEIGHT - 1 ? Units.count(most) : " ".repeat(width));
            line.append(" │");
            for (double value : shown) {
                double eighths = most == 0 ? 0 : value / most * HEIGHT * 8 - row * 8;
                line.append(EIGHTHS[(int) Math.round(Math.max(0, Math.min(8, eighths)))]);
            }
            lines.add(line.toString().stripTrailing());
        }
        lines.add(" ".repeat(width - 1) + "0 └" + "─".repeat(shown.size()));
        return lines;
    }

    private static List<Double> fewer(List<Double> values) {
        int each = (values.size() + MOST_COLUMNS - 1) / MOST_COLUMNS;
        if (each <= 1) {
            return values;
        }
        List<Double> fewer = new ArrayList<>();
        for (int i = 0; i < values.size(); i += each) {
            fewer.add(values.subList(i, Math.min(values.size(), i + each)).stream()
                    .mapToDouble(Double::doubleValue)
                    .average()
                    .orElse(0));
        }
        return fewer;
    }

    /** A bar as long as the value is compared to the largest one. */
    static String bar(double value, double most) {
        int eighths = most == 0 ? 0 : (int) Math.round(value / most * BAR * 8);
        return EIGHTHS[8].repeat(eighths / 8) + (eighths % 8 == 0 ? "" : left(eighths % 8));
    }

    /** The left part of a block. */
    private static String left(int eighths) {
        return String.valueOf((char) ('█' + 8 - eighths));
    }
}
