/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.verticles.gateway.data;

import io.headrace.client.KeyValueTable;
import io.headrace.client.TableEntry;
import io.headrace.client.TableKey;
import io.headrace.client.TableRange;
import io.headrace.verticles.gateway.ProblemException;
import io.reactivex.rxjava3.core.Single;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.RoutingContext;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Entries of a table in the order of their keys, from one primary key to another, or behind the end of the page before.
 *
 * @param after nothing of what comes up to this key is in the page; null if it is the first
 */
record TablePage(String from, String to, @Nullable TableKey after, int limit) {
    private static final int MAX_ENTRIES = 1_000;
    private static final int DEFAULT_ENTRIES = 100;

    /** A page ends with the entry that goes beyond it. */
    private static final long MAX_PAGE_BYTES = 256 << 10;

    static TablePage of(RoutingContext context) {
        String prefix = parameter(context, "prefix");
        boolean isPrefix = !prefix.isEmpty();
        return new TablePage(
                isPrefix ? prefix : parameter(context, "from"),
                isPrefix ? prefix : parameter(context, "to"),
                after(parameter(context, "after")),
                limit(parameter(context, "limit")));
    }

    private static String parameter(RoutingContext context, String name) {
        return context.queryParams().contains(name) ? context.queryParams().get(name) : "";
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static int limit(String text) {
        try {
            int limit = text.isEmpty() ? DEFAULT_ENTRIES : Integer.parseInt(text);
            if (limit >= 1 && limit <= MAX_ENTRIES) {
                return limit;
            }
        } catch (NumberFormatException e) {
            // Told below.
        }
        throw ProblemException.badField(
                "limit", "must be a whole number from 1 to " + MAX_ENTRIES + ", not \"" + text + "\"");
    }

    private static @Nullable TableKey after(String text) {
        if (text.isEmpty()) {
            return null;
        }
        int dot = text.indexOf('.');
        try {
            if (dot > 0) {
                Base64.Decoder decoder = Base64.getUrlDecoder();
                return TableKey.of(decoder.decode(text.substring(0, dot)), decoder.decode(text.substring(dot + 1)));
            }
        } catch (IllegalArgumentException e) {
            // Told below.
        }
        throw ProblemException.badField("after", "must be what a page has said is next");
    }

    Single<JsonObject> read(KeyValueTable<TableKey, byte[]> table) {
        TableKey last = after;
        byte[] begin = last == null ? bytes(from) : array(last.primary());
        // A bound is all that begins with it: none is everything.
        return table.entries(TableRange.between(begin, bytes(to)))
                .filter(entry -> last == null || compare(entry.key(), last) > 0)
                .takeUntil(new Full(limit)::isFullWith)
                .toList()
                .map(this::page);
    }

    private JsonObject page(List<TableEntry<TableKey, byte[]>> entries) {
        JsonArray array = new JsonArray();
        entries.forEach(entry -> array.add(json(entry)));
        JsonObject page = new JsonObject().put("entries", array);
        boolean mayHaveMore = new Full(limit).isFullWithAll(entries);
        return mayHaveMore
                ? page.put("next", token(entries.get(entries.size() - 1).key()))
                : page;
    }

    private static JsonObject json(TableEntry<TableKey, byte[]> entry) {
        JsonObject json = new JsonObject();
        put(json, "key", entry.key().primary());
        if (entry.key().secondary().hasRemaining()) {
            put(json, "secondary", entry.key().secondary());
        }
        return EventJson.put(json, entry.value()).put("etag", TableRoutes.tag(entry.version()));
    }

    private static void put(JsonObject json, String name, ByteBuffer part) {
        byte[] bytes = array(part);
        String text = EventJson.text(bytes);
        if (text == null) {
            json.put(name + "Base64", Base64.getEncoder().encodeToString(bytes));
        } else {
            json.put(name, text);
        }
    }

    private static String token(TableKey key) {
        Base64.Encoder encoder = Base64.getUrlEncoder().withoutPadding();
        return encoder.encodeToString(array(key.primary())) + '.' + encoder.encodeToString(array(key.secondary()));
    }

    private static int compare(TableKey one, TableKey other) {
        int primary = Arrays.compareUnsigned(array(one.primary()), array(other.primary()));
        return primary != 0 ? primary : Arrays.compareUnsigned(array(one.secondary()), array(other.secondary()));
    }

    private static byte[] array(ByteBuffer part) {
        byte[] bytes = new byte[part.remaining()];
        part.get(bytes);
        return bytes;
    }

    /** How much of a page there is. */
    private static final class Full {
        private int entries;
        private long bytes;

        Full(int limit) {
            entries = limit;
        }

        boolean isFullWith(TableEntry<TableKey, byte[]> entry) {
            entries--;
            bytes += entry.value().length;
            return entries == 0 || bytes >= MAX_PAGE_BYTES;
        }

        boolean isFullWithAll(List<TableEntry<TableKey, byte[]>> all) {
            boolean isFull = false;
            for (TableEntry<TableKey, byte[]> entry : all) {
                isFull = isFullWith(entry);
            }
            return isFull;
        }
    }
}
