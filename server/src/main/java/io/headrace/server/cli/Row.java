/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.server.cli;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One thing that is shown: named values in their order, each for programs and for people. */
final class Row {

    /**
     * A value.
     *
     * @param json for programs; null if it is not known
     * @param text for people
     * @param rows a table of its own in place of the text; null if it is none
     */
    record Cell(
            @Nullable Object json, String text, @Nullable List<Row> rows) {}

    private final Map<String, Cell> cells = new LinkedHashMap<>();

    /** Adds a value that both see alike; people see {@code -} for null. */
    Row with(String name, @Nullable Object value) {
        return with(name, value, value == null ? "-" : value.toString());
    }

    /** Adds a value that people see as {@code text}. */
    Row with(String name, @Nullable Object value, String text) {
        cells.put(name, new Cell(value, text, null));
        return this;
    }

    /** Adds rows of their own. */
    Row with(String name, List<Row> rows) {
        cells.put(name, new Cell(rows, "", rows));
        return this;
    }

    /** Adds a number of bytes; null if it is not known. */
    Row withBytes(String name, @Nullable Long bytes) {
        return with(name, bytes, bytes == null ? "-" : Units.bytes(bytes));
    }

    Map<String, Cell> cells() {
        return cells;
    }

    JsonObject toJson() {
        JsonObject json = new JsonObject();
        cells.forEach((name, cell) -> json.put(name, json(cell.json())));
        return json;
    }

    private static @Nullable Object json(@Nullable Object value) {
        if (value instanceof List<?> list) {
            JsonArray array = new JsonArray();
            list.forEach(item -> array.add(json(item)));
            return array;
        }
        if (value instanceof Row row) {
            return row.toJson();
        }
        if (value == null || value instanceof Number || value instanceof Boolean) {
            return value;
        }
        return value.toString();
    }
}
