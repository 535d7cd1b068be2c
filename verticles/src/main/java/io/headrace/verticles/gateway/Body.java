/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.verticles.gateway;

import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.Arrays;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** A JSON object that came from a peer. What is wrong with it is told by the name of the field. */
public final class Body {
    private final JsonObject json;
    private final String path;

    private Body(JsonObject json, String path) {
        this.json = json;
        this.path = path;
    }

    public static Body parse(@Nullable String text) {
        try {
            return new Body(new JsonObject(text == null || text.isBlank() ? "{}" : text), "");
        } catch (DecodeException e) {
            throw ProblemException.badRequest("the body is not a JSON object: " + firstLine(e));
        }
    }

    /** Refuses fields that are none of these: they are likely to be misspelt. */
    public Body only(Set<String> known) {
        for (String name : json.fieldNames()) {
            if (!known.contains(name)) {
                throw ProblemException.badField(
                        path + name, "is not known here; known are " + String.join(", ", new TreeSet<>(known)));
            }
        }
        return this;
    }

    public String text(String name) {
        if (json.getValue(name) instanceof String text) {
            return text;
        }
        throw ProblemException.badField(path + name, "must be a text");
    }

    public String textOr(String name, String otherwise) {
        return has(name) ? text(name) : otherwise;
    }

    public boolean has(String name) {
        return json.containsKey(name);
    }

    /** A whole number within bounds; it need not be given if it may be 0. */
    public long number(String name, long min, long max) {
        Object value = json.getValue(name, 0);
        boolean whole = value instanceof Integer || value instanceof Long;
        if (!whole || ((Number) value).longValue() < min || ((Number) value).longValue() > max) {
            throw ProblemException.badField(
                    path + name, "must be a whole number from " + min + " to " + max + ", not " + json.getValue(name));
        }
        return ((Number) value).longValue();
    }

    /** True or false; false if it is not given. */
    public boolean flag(String name) {
        if (json.getValue(name, false) instanceof Boolean flag) {
            return flag;
        }
        throw ProblemException.badField(path + name, "must be true or false");
    }

    public SortedSet<String> texts(String name) {
        Object value = json.getValue(name);
        SortedSet<String> texts = new TreeSet<>();
        if (value == null) {
            return texts;
        }
        if (!(value instanceof JsonArray array)) {
            throw ProblemException.badField(path + name, "must be a list of texts");
        }
        for (Object element : array) {
            if (!(element instanceof String text)) {
                throw ProblemException.badField(path + name, "must be a list of texts, not " + element);
            }
            texts.add(text);
        }
        return texts;
    }

    /** An object in this one; null if it is not given. */
    public @Nullable Body object(String name) {
        Object value = json.getValue(name);
        if (value == null) {
            return null;
        }
        if (!(value instanceof JsonObject object)) {
            throw ProblemException.badField(path + name, "must be an object");
        }
        return new Body(object, path + name + ".");
    }

    /** The constant that a text names. */
    public <E extends Enum<E>> E constant(String name, Class<E> type) {
        String text = text(name);
        for (E constant : type.getEnumConstants()) {
            if (constant.name().equals(text)) {
                return constant;
            }
        }
        throw ProblemException.badField(
                path + name, "is \"" + text + "\"; it can be " + Arrays.toString(type.getEnumConstants()));
    }

    private static String firstLine(DecodeException e) {
        return String.valueOf(e.getMessage()).lines().findFirst().orElse("");
    }
}
