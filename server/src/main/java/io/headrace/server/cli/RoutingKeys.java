/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.server.cli;

import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options that say how to find the routing key in a line. */
final class RoutingKeys {

    /** An event and its key; an empty key if it has none. */
    static final class Keyed {
        private final String key;
        private final byte[] event;

        Keyed(String key, byte[] event) {
            this.key = key;
            this.event = event;
        }

        String key() {
            return key;
        }

        byte[] event() {
            return event;
        }
    }

    @Option(
            names = "--key-field",
            paramLabel = "FIELD",
            description = "Lines are JSON objects; the routing key is this field. a.b is the field b of the field a.")
    @Nullable
    String field;

    @Option(
            names = "--key",
            paramLabel = "REGEX",
            description = "The routing key is what this matches, or its first group.")
    @Nullable
    Pattern pattern;

    @Option(
            names = "--key-separator",
            paramLabel = "TEXT",
            description = "The routing key stands before this text, the event after it. \\t is a tab.")
    @Nullable
    String separator;

    boolean areGiven() {
        return field != null || pattern != null || separator != null;
    }

    /**
     * What makes events with keys of lines.
     *
     * @throws CommandException if the options contradict each other; the function throws one for a line without a key
     */
    Function<byte[], Keyed> extractor() {
        String path = field;
        Pattern regex = pattern;
        String text = separator;
        if ((path == null ? 0 : 1) + (regex == null ? 0 : 1) + (text == null ? 0 : 1) > 1) {
            throw CommandException.badUsage("give one of --key-field, --key and --key-separator");
        }
        if (path != null) {
            return line -> new Keyed(inJson(path, line), line);
        }
        if (regex != null) {
            return line -> new Keyed(matched(regex, line), line);
        }
        if (text != null) {
            String tab = text.replace("\\t", "\t");
            return line -> split(tab, line);
        }
        return line -> new Keyed("", line);
    }

    private static String inJson(String path, byte[] line) {
        Object value;
        try {
            value = new JsonObject(text(line));
        } catch (DecodeException | ClassCastException e) {
            throw without("is no JSON object", line);
        }
        for (String name : path.split("\\.", -1)) {
            value = value instanceof JsonObject json ? json.getValue(name) : null;
        }
        if (value == null) {
            throw without("has no field " + path, line);
        }
        return value.toString();
    }

    private static String matched(Pattern regex, byte[] line) {
        Matcher matcher = regex.matcher(text(line));
        if (!matcher.find()) {
            throw without("does not match " + regex, line);
        }
        String key = matcher.groupCount() > 0 ? matcher.group(1) : matcher.group();
        if (key == null) {
            throw without("does not match the first group of " + regex, line);
        }
        return key;
    }

    private static Keyed split(String separator, byte[] line) {
        String text = text(line);
        int at = text.indexOf(separator);
        if (at < 0) {
            throw without("has no \"" + separator + "\" behind a key", line);
        }
        return new Keyed(
                text.substring(0, at), text.substring(at + separator.length()).getBytes(StandardCharsets.UTF_8));
    }

    private static String text(byte[] line) {
        return new String(line, StandardCharsets.UTF_8);
    }

    private static CommandException without(String problem, byte[] line) {
        String text = text(line);
        int most = 60;
        return CommandException.failed(
                "this line " + problem + ": " + (text.length() > most ? text.substring(0, most) + "..." : text));
    }
}
